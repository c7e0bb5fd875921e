"""The home page of every role in both colour schemes and widths, and its list by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LOOKS, OpenPage, violations


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_home_page_is_accessible_and_fits(width: int, scheme: str, visit: OpenPage) -> None:
    """ONB-24, USE-04, USE-24: 0 violations, nothing beyond the edge, for each role and language."""
    options = {
        "viewport": {"width": width, "height": 900},
        "color_scheme": scheme,
        "bypass_csp": True,
    }
    found = []
    for host, name in (("nordlys", "jonas"), ("nordlys", "mikael"), ("brueckner", "lena")):
        page = visit(host, f"{name}@{host}.example", **options)
        page.goto("/")
        found += [(name, each["id"], each["nodes"][0]["target"]) for each in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((name, "scrolls sideways", page.evaluate("innerWidth")))
    assert found == []


def test_charts_are_tables_for_screen_readers(visit: OpenPage) -> None:
    """USE-24: whatever they are displayed as, with a row for each week."""
    page = visit("nordlys", "jonas@nordlys.example")
    page.goto("/")
    weeks = page.get_by_role("table", name="Orders placed per week")
    expect(weeks.get_by_role("columnheader")).to_have_count(2)
    expect(weeks.get_by_role("row")).to_have_count(13)
    states = page.get_by_role("table", name="Orders by state")
    expect(states.get_by_role("row", name=re.compile("^Completed"))).to_have_count(1)


def test_a_row_leads_to_where_it_is_done(visit: OpenPage) -> None:
    """ONB-24, USE-03: anywhere in the row by mouse, its link by keyboard, without scripts."""
    page = visit("nordlys", "jonas@nordlys.example", java_script_enabled=False)
    page.goto("/")
    row = page.locator(".k-todo > li", has_text="Returned order").first
    link = row.get_by_role("link", name=re.compile(r"^Correct and place again ?: 2026-"))
    address = link.get_attribute("href")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    page.goto("/")
    row.click(position={"x": 60, "y": 12})
    page.wait_for_url(f"**{address}")
