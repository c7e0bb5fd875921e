"""E-mail of unknown senders waits for a person, who makes a report or an answer of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, violations


def _waiting(page: Page, subject: str) -> Locator:
    """Open the list of received e-mail from the menu; return the link to one that waits."""
    page.goto("/")
    menu = page.get_by_role("link", name="Menu", exact=True)
    if menu.is_visible():
        menu.click()
    page.get_by_role("link", name=re.compile("^Received e-mail")).click()
    expect(page.get_by_role("heading", name="Received e-mail")).to_be_visible()
    assert violations(page) == []
    return page.get_by_role("link", name=subject)


@pytest.mark.parametrize(
    ("host", "email", "width", "subject", "words"),
    [
        ("harbour", "oliver@harbour.example", 1280, "Headset at the front desk", "cannot hear me"),
        ("nordlys", "anna@nordlys.example", 390, "Nya lokaler i februari", "Kajgatan 4"),
    ],
)
def test_waiting_mail_becomes_a_report(
    host: str, email: str, width: int, subject: str, words: str, visit: OpenPage
) -> None:
    """OUT-38, REG-26: of the customer that a person chooses; it waits no more."""
    page = visit(host, email, viewport={"width": width, "height": 844})
    _waiting(page, subject).click()
    expect(page.get_by_text("The sender is not known.")).to_be_visible()
    expect(page.get_by_text(words).first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Make a new report").click()
    typed, customer = ("avon", "Avonmead") if host == "harbour" else ("nordv", "Nordvik AB")
    page.get_by_role("combobox", name="Choose a customer").press_sequentially(typed)
    page.get_by_role("option", name=re.compile(customer)).click()
    assert violations(page) == []
    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_role("heading", name=subject)).to_be_visible()
    said = page.locator("section", has=page.get_by_role("heading", name="Conversation"))
    expect(said).to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(_waiting(page, subject)).to_have_count(0)


def test_waiting_mail_becomes_an_answer_on_a_phone(visit: OpenPage) -> None:
    """OUT-38: in the sender's name, at the report that a person chooses."""
    page = visit("nordlys", "anna@nordlys.example", viewport={"width": 390, "height": 844})
    subject = "Telefonen i Havsbris reception"
    _waiting(page, subject).click()
    page.get_by_role("link", name="Take over as an answer").click()
    choices = page.get_by_label("Report", exact=True)
    report = choices.locator("option", has_text="Inkommande samtal bryts")
    choices.select_option(value=report.get_attribute("value"))
    page.get_by_role("button", name="Take over", exact=True).click()
    said = page.locator("section", has=page.get_by_role("heading", name="Conversation"))
    expect(said).to_contain_text("Elin Forsberg")
    expect(said).to_contain_text("Telefonen i receptionen ringer inte")
    expect(_waiting(page, subject)).to_have_count(0)
