"""Signing out, leaving and coming back in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Dialog, expect

from tests.browser.conftest import OpenPage
from tests.browser.server import PASSWORD


def test_back_after_signing_out_shows_nobody_s_data(visit: OpenPage) -> None:
    """USE-12: the list is gone from the screen, whatever the browser kept."""
    page = visit("nordlys", "anna@nordlys.example")
    page.goto("/customers/")
    expect(page.locator("main")).to_contain_text("Havsbris Konsult AB")
    page.locator("summary.k-user").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    page.go_back()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert "Havsbris" not in page.content()


def test_a_changed_form_is_not_left_unasked(visit: OpenPage) -> None:
    """USE-13: typing and leaving asks; reading and leaving does not, nor does saving."""
    page = visit("nordlys", "anna@nordlys.example")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/people/invite/")
    page.get_by_role("link", name="Dashboard").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good")
    assert asked == []
    page.goto("/people/invite/")
    page.get_by_label("Name").fill("Ebba Lind")
    page.get_by_role("link", name="Dashboard").first.click()
    expect(page.get_by_label("Name")).to_have_value("Ebba Lind")
    assert asked == ["beforeunload"]
    page.get_by_label("E-mail").fill("ebba@nordlys.example")
    page.get_by_role("button", name=re.compile("^(Invite|Send)")).click()
    expect(page.locator("main")).to_contain_text("ebba@nordlys.example")
    assert asked == ["beforeunload"]


def test_a_session_that_ends_leads_back_to_the_filled_form(visit: OpenPage) -> None:
    """USE-10: in a browser, with its cookies and the page's own token."""
    page = visit("nordlys", "anna@nordlys.example")
    page.goto("/people/invite/")
    page.get_by_label("Name").fill("Ebba Lind")
    page.get_by_label("E-mail").fill("ebba.two@nordlys.example")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name=re.compile("^(Invite|Send)")).click()
    expect(page.locator("main")).to_contain_text("What you typed is kept")
    page.get_by_label("E-mail").fill("anna@nordlys.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Name")).to_have_value("Ebba Lind")
    expect(page.get_by_label("E-mail")).to_have_value("ebba.two@nordlys.example")
    expect(page.locator("main")).to_contain_text("It is not saved yet.")
