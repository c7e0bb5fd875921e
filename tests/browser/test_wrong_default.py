"""The customer of yesterday is still active: an order for the wrong one, and how it is undone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, say_why
from tests.browser.server import Site
from tests.browser.test_order_flow import choose
from tests.browser.test_quote_flow import mails_to

WRONG, RIGHT = "Havsbris Konsult AB", "Björkvik Bygg AB"
WRONG_LABEL, RIGHT_LABEL = f"{WRONG}, 10042", f"{RIGHT}, 10017"
WRONG_CONTACT, RIGHT_CONTACT = "annika.sandell@havsbris.example", "lars.bjork@bjorkvik.example"
# What the person writes for the customer that they have in mind.
REFERENCE = "Site office Västerås"
WRONG_STREET, RIGHT_STREET = "Norra Kungsgatan 14", "Kopparbergsvägen 10"


def number_on(page: Page) -> str:
    """Return the number of the order whose page is open."""
    found = re.search(r"\d{4}-\d{4}", page.get_by_role("heading", level=1).inner_text())
    assert found is not None
    return found.group()


def mails_about(site: Site, page: Page, address: str, number: str, count: int) -> list[Any]:
    """Return the e-mails to an address that name an order, the oldest first, once all are there."""
    found: list[Any] = []
    for _each in range(80):
        everything = mails_to(site, address)
        found = [each for each in everything if number in str(each["Subject"]) + body_of(each)]
        if len(found) >= count:
            break
        page.wait_for_timeout(500)
    assert len(found) == count, [str(each["Subject"]) for each in found]
    return found


def body_of(message: Any) -> str:
    """Return the text of an e-mail on one line."""
    return " ".join(message.get_body(("plain",)).get_content().split())


def html_of(message: Any) -> str:
    return str(message.get_body(("html",)).get_content())


def reads_of_the_mistake(message: Any) -> None:
    """Check every word that the wrong customer reads of what becomes of the order (ORD-52)."""
    assert message["Subject"] == f"En order lades av misstag för {WRONG}"
    assert (
        f"En order från Nordlys Telekom AB lades av misstag för {WRONG_LABEL}. Inget levereras, "
        "och inget debiteras. Du behöver inte göra något." in body_of(message)
    )
    for words in (body_of(message), html_of(message)):
        for part in (RIGHT, "10017", RIGHT_STREET, REFERENCE):
            assert part not in words


def place_for_the_wrong_one(page: Page) -> str:
    """Order for the customer that is active from before, as every page says; return the number."""
    choose(page, "hav", WRONG)
    # The next day: the person comes back, and has another customer in mind.
    page.goto("/")
    chip = page.get_by_role("form", name="Active customer")
    expect(chip).to_contain_text(WRONG)
    expect(chip).to_contain_text("10042")
    order = page.locator("main").get_by_role("link", name=re.compile("^New order")).first
    expect(order).to_have_text(f"New order for {WRONG_LABEL}")
    order.click()
    expect(page.locator("[data-picker-chosen]")).to_contain_text(WRONG)
    page.get_by_role("button", name=re.compile("^Flex")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Flex for {WRONG_LABEL}")
    page.get_by_label("Flex seat Professional").fill("2")
    page.get_by_label("Desk phone D20").fill("1")
    page.get_by_role("button", name="Next: review").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order for {WRONG_LABEL}")
    expect(chip).to_contain_text(WRONG)
    sent_to = page.get_by_role("radio", name=re.compile("Postal address"))
    expect(sent_to).to_be_checked()
    expect(page.locator("label", has=sent_to)).to_contain_text(WRONG_STREET)
    expect(page.get_by_label("Confirmation to")).to_contain_text("Annika Sandell")
    page.get_by_label("Reference").fill(REFERENCE)
    page.get_by_role("button", name=f"Place order for {WRONG_LABEL}").click()
    expect(page.get_by_text(f"for {WRONG_LABEL} was placed.")).to_be_visible()
    return number_on(page)


def choose_right(page: Page) -> None:
    """Choose the right customer on the page that asks who the order is for."""
    page.get_by_role("combobox", name="Choose a customer").press_sequentially("björkv")
    page.get_by_role("option", name=re.compile(RIGHT)).click()


def test_the_form_asks_before_it_changes_the_customer(visit: OpenPage) -> None:
    """D1, ORD-26, ORD-34: who notices in step 1 chooses another customer, and is asked once."""
    page = visit("nordlys", "anna@nordlys.example")
    choose(page, "hav", WRONG)
    page.goto("/orders/new/flex/")
    expect(page.locator("[data-picker-chosen]")).to_contain_text(WRONG)
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_role("combobox", name="Choose another customer").press_sequentially("björkv")
    page.get_by_role("option", name=re.compile(RIGHT)).click()
    page.get_by_role("button", name="Next: products").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f'You are working on "{WRONG}" but this form is for "{RIGHT}". Order for "{RIGHT}"?'
    )
    page.get_by_role("button", name=f"Order for {RIGHT_LABEL}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Flex for {RIGHT_LABEL}")
    expect(page.get_by_role("form", name="Active customer")).to_contain_text(RIGHT)


def test_an_order_for_yesterdays_customer_is_undone(visit: OpenPage, site: Site) -> None:
    """D1, ORD-07, ORD-52, ORD-66: what the portal shows, and what both customers read."""
    page = visit("nordlys", "anna@nordlys.example")
    number = place_for_the_wrong_one(page)
    old = page.url
    (first,) = mails_about(site, page, WRONG_CONTACT, number, 1)
    assert first["Subject"] == f"Nordlys Telekom AB har lagt en order för {WRONG}"
    assert f"Leveransadress: {WRONG}, {WRONG_STREET}, 803 20 Gävle" in body_of(first)

    page.get_by_role("link", name="Cancel the order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Cancel order {number} for {WRONG_LABEL}?"
    )
    expect(page.locator("main")).to_contain_text("Ordered for the wrong customer?")
    page.get_by_role("link", name="Re-create it for the right one instead").click()
    choose_right(page)
    page.get_by_role("button", name=f"Cancel {number} and re-create it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order for {RIGHT_LABEL}")
    expect(page.get_by_role("form", name="Active customer")).to_contain_text(RIGHT)
    sent_to = page.get_by_role("radio", name=re.compile("Postal address"))
    expect(page.locator("label", has=sent_to)).to_contain_text(RIGHT_STREET)
    expect(page.locator("main")).not_to_contain_text(WRONG_STREET)
    review = page.url

    _first, mistake = mails_about(site, page, WRONG_CONTACT, number, 2)
    reads_of_the_mistake(mistake)
    assert mails_about(site, page, RIGHT_CONTACT, number, 0) == []

    page.goto(old)
    expect(page.locator(".k-state", has_text="Cancelled")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Ordered for the wrong customer")
    expect(page.locator("main")).to_contain_text("Re-created as")
    page.locator(".k-note").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("Re-created from")
    made = number_on(page)

    page.goto(review)
    page.get_by_role("button", name=f"Place order for {RIGHT_LABEL}").click()
    expect(page.get_by_text(f"for {RIGHT_LABEL} was placed.")).to_be_visible()
    (told,) = mails_about(site, page, RIGHT_CONTACT, made, 1)
    assert told["Subject"] == f"Nordlys Telekom AB har lagt en order för {RIGHT}"
    assert f"Leveransadress: {RIGHT}, {RIGHT_STREET}, 722 13 Västerås" in body_of(told)
    for words in (told["Subject"], body_of(told), html_of(told)):
        assert WRONG not in words and number not in words and WRONG_STREET not in words
    assert mails_about(site, page, WRONG_CONTACT, made, 0) == []


def test_channel_sales_undoes_what_it_accepted(visit: OpenPage, site: Site) -> None:
    """ORD-07, ORD-52, ORD-54: asked for, granted, and the draft for the right one is linked."""
    page = visit("nordlys", "anna@nordlys.example")
    number = place_for_the_wrong_one(page)
    old = page.url
    staff = visit("", "staff@kontor.example")
    staff.goto("/admin/channel/submittedorder/")
    staff.get_by_role("link", name=number).first.click()
    say_why(staff)
    expect(staff.locator("body")).to_contain_text(WRONG_STREET)
    there = staff.url
    staff.get_by_role("link", name="Accept", exact=True).first.click()
    staff.get_by_role("button", name=re.compile("Accept")).first.click()

    page.goto(old)
    page.get_by_role("link", name="Ask to cancel").click()
    page.get_by_role("link", name="Re-create it for the right one instead").click()
    choose_right(page)
    page.get_by_role("button", name="Ask Channel Sales").click()
    expect(page.locator("main")).to_contain_text("Cancel asked for")

    staff.goto(there)
    expect(staff.locator("body")).to_contain_text(f"It was meant for {RIGHT_LABEL}.")
    staff.get_by_role("link", name="Cancel the order", exact=True).first.click()
    staff.get_by_role("button", name=re.compile("Cancel")).first.click()
    expect(staff.locator("body")).to_contain_text("Cancelled")

    answers = mails_about(site, page, "anna@nordlys.example", number, 3)
    assert f"Order {number} for {WRONG_LABEL} was cancelled" in answers[-1]["Subject"]
    assert f"was made for {RIGHT_LABEL}." in body_of(answers[-1])
    link = re.search(r"http://\S+/orders/[0-9a-f-]{36}/", body_of(answers[-1]))
    assert link is not None and link.group() not in old
    page.goto(link.group())
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"for {RIGHT_LABEL}")
    expect(page.locator("main")).to_contain_text("Re-created from")
    expect(page.locator("main")).to_contain_text(RIGHT_STREET)
    _first, mistake = mails_about(site, page, WRONG_CONTACT, number, 2)
    reads_of_the_mistake(mistake)
