"""The customers' own portal in Chromium: accessible, narrow and wide, light and dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, take_picture, violations
from tests.browser.test_pages import LOOKS
from tests.browser.test_widths import first

KARIN, EVA = "karin@havsbris.example", "eva@telefonhjalp.example"


def wrongs(page: Page, addresses: list[str], look: str) -> list[str]:
    """Return what is wrong on the pages, and take a picture of each."""
    found: list[str] = []
    for address in addresses:
        page.goto(address)
        for violation in violations(page):
            targets = [node["target"] for node in violation["nodes"][:3]]
            found.append(f"{address} {violation['id']} {targets}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{address} scrolls sideways")
        name = re.sub(r"\W+", "-", re.sub(r"[0-9a-f-]{36}", "x", address).strip("/"))
        take_picture(page, f"{name}-{look}")
    return found


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_own_portal_is_accessible_and_fits(width: int, scheme: str, visit: OpenPage) -> None:
    """REG-26, USE-04: WCAG 2.2 AA by axe-core, 0 violations; 390 px; dark mode."""
    options = {
        "viewport": {"width": width, "height": 900},
        "color_scheme": scheme,
        "bypass_csp": True,
    }
    page = visit("nordlys", KARIN, **options)
    user = first(page, "/my/users/")
    addresses = [
        *("/my/", "/my/orders/", "/my/orders/?q=zzzz", first(page, "/my/orders/")),
        *("/my/services/", "/my/contacts/", "/my/confirmations/"),
        *(first(page, "/my/confirmations/"), "/my/users/", "/my/users/invite/", user),
        *(f"{user}end/", "/people/me/", "/notices/", "/accounts/2fa/", "/accounts/sessions/"),
        *("/accounts/password/change/", "/my/no-such-page/"),
    ]
    look = f"{width}-{scheme}"
    assert wrongs(page, addresses, look) == []
    asked = visit("nordlys", EVA, **options)
    assert wrongs(asked, ["/place/"], look) == []
    ours = visit("nordlys", "anna@nordlys.example", **options)
    customer = first(ours, "/customers/?q=10042")
    ours.goto(customer)
    person = str(ours.locator("section:has(#c-users) tbody th a").first.get_attribute("href"))
    theirs = [
        f"{customer}users/invite/",
        person,
        f"{person}end/",
        "/people/roles/new/?for=customers",
    ]
    assert wrongs(ours, theirs, look) == []


def test_companies_are_changed_by_keyboard(visit: OpenPage) -> None:
    """REG-45: chosen after sign-in, and changed in the menu of the account."""
    page = visit("nordlys", EVA)
    page.get_by_role("button", name="Havsbris Konsult AB").press("Enter")
    page.wait_for_url("**/my/")
    assert page.locator(".k-company").inner_text() == "Havsbris Konsult AB"
    page.locator(".k-user-menu summary").press("Enter")
    page.get_by_role("link", name="Change the company").press("Enter")
    page.get_by_role("button", name="Björkvik Bygg AB").press("Enter")
    page.wait_for_url("**/my/")
    assert page.locator(".k-company").inner_text() == "Björkvik Bygg AB"


def test_the_menu_works_on_a_phone_without_scripts(visit: OpenPage) -> None:
    """REG-26, USE-07: opened and closed by links."""
    page = visit(
        "nordlys", KARIN, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    menu = page.locator("#menu")
    assert not menu.is_visible()
    page.locator(".k-top .k-menu").click()
    menu.locator("a[href='/my/users/']").click()
    assert page.locator("h1").is_visible() and not menu.is_visible()
