"""The customer's page in a browser: its menu, from the keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage

CURRENT = "[data-jump] a[aria-current=location]"


def open_customer(page: Page) -> None:
    page.goto("/customers/?q=10042")
    page.locator("tbody th a").first.click()
    page.locator("[data-jump]").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_menu_stays_in_sight_and_marks_what_is_read(width: int, visit: OpenPage) -> None:
    """REG-44, USE-04: with the keyboard alone; the heading is not covered by the bars above."""
    page = visit(
        "nordlys",
        "anna@nordlys.example",
        viewport={"width": width, "height": 844},
        reduced_motion="reduce",
    )
    open_customer(page)
    assert page.locator(CURRENT).inner_text() == "Overview"
    for label, heading in (("Orders", "Orders"), ("Log", "Log"), ("Services", "Active services")):
        link = page.locator("[data-jump]").get_by_role("link", name=label, exact=True)
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "([selector, label]) => document.querySelector(selector)?.innerText === label",
            arg=[CURRENT, label],
        )
        menu, entry = page.locator("[data-jump]").bounding_box(), link.bounding_box()
        found = page.get_by_role("heading", name=heading, exact=True).bounding_box()
        assert menu and entry and found
        assert found["y"] >= menu["y"] + menu["height"]
        assert 0 <= menu["y"] < 200
        assert entry["x"] >= 0 and entry["x"] + entry["width"] <= width
    page.keyboard.press("Tab")
    inside = "document.activeElement.closest('section')?.getAttribute('aria-labelledby')"
    assert page.evaluate(inside) == "c-services"


def test_the_menu_works_without_scripts(visit: OpenPage) -> None:
    """USE-03, REG-44: its entries are links, and an order is begun by one button (ORD-35)."""
    page = visit("nordlys", "anna@nordlys.example", java_script_enabled=False)
    open_customer(page)
    page.locator("[data-jump]").get_by_role("link", name="Orders", exact=True).click()
    assert page.url.endswith("#c-orders")
    page.get_by_role("button", name="New order for Havsbris Konsult AB, 10042").click()
    chosen = page.locator("[data-picker-chosen]")
    assert "Havsbris Konsult AB" in chosen.inner_text()
    assert page.locator(".k-chip").inner_text().startswith("Havsbris Konsult AB")


def test_the_menu_hides_no_entry_where_words_are_long(visit: OpenPage) -> None:
    """REG-44, USE-22: in German it has two lines, and covers no heading."""
    page = visit("brueckner", "lena@brueckner.example", reduced_motion="reduce")
    page.goto("/customers/")
    page.locator("tbody th a").first.click()
    links = page.locator("[data-jump] a")
    for entry in links.all():
        box = entry.bounding_box()
        assert box and box["x"] + box["width"] <= 1280
    links.last.click()
    page.wait_for_function(
        "() => document.querySelector('[data-jump] li:last-child a[aria-current=location]')"
    )
    links.nth(2).click()
    menu = page.locator("[data-jump]").bounding_box()
    heading = page.locator("#c-orders").bounding_box()
    assert menu and heading and heading["y"] >= menu["y"] + menu["height"]
