"""The customers' own portal in Chromium: accessible, narrow and wide, light and dark."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.browser.conftest import LOOKS, Look, OpenPage, wrongs
from tests.browser.test_widths import first

KARIN, EVA = "karin@havsbris.example", "eva@telefonhjalp.example"


@pytest.mark.parametrize("looks", [LOOKS[:2], LOOKS[2:]])
def test_own_portal_is_accessible_and_fits(looks: Sequence[Look], visit: OpenPage) -> None:
    """REG-26, USE-04: WCAG 2.2 AA by axe-core, 0 violations; 390 px; dark mode."""
    page = visit("nordlys", KARIN, bypass_csp=True)
    user = first(page, "/my/users/")
    addresses = [
        *("/my/", "/my/orders/", "/my/orders/?q=zzzz", first(page, "/my/orders/")),
        *("/my/services/", "/my/contacts/", "/my/confirmations/"),
        *(first(page, "/my/confirmations/"), "/my/users/", "/my/users/invite/", user),
        *(f"{user}end/", "/people/me/", "/notices/", "/accounts/2fa/", "/accounts/sessions/"),
        *("/accounts/password/change/", "/my/no-such-page/"),
    ]
    assert wrongs(page, addresses, looks) == []
    asked = visit("nordlys", EVA, bypass_csp=True)
    assert wrongs(asked, ["/place/"], looks) == []
    ours = visit("nordlys", "anna@nordlys.example", bypass_csp=True)
    customer = first(ours, "/customers/?q=10042")
    ours.goto(customer)
    person = str(ours.locator("section:has(#c-users) tbody th a").first.get_attribute("href"))
    theirs = [
        f"{customer}users/invite/",
        person,
        f"{person}end/",
        "/people/roles/new/?for=customers",
    ]
    assert wrongs(ours, theirs, looks) == []


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
