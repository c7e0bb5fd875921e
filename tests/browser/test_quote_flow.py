"""From a quote to the customer's acceptance to draft orders, in a browser."""

from __future__ import annotations

import random
import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.server import Site

LINK = re.compile(r"http://nordlys\.localhost\S*?/confirm/(\S+)")


def mails_to(site: Site, address: str) -> list[Any]:
    """Return the e-mails to an address, newest last."""
    found = []
    for file in sorted(site.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        if address in message["To"]:
            found.append(message)
    return found


def link_to(site: Site, page: Page, address: str, title: str) -> str:
    """Return the link of the mailed confirmation, once it is there."""
    for _each in range(60):
        for message in reversed(mails_to(site, address)):
            body = message.get_body(("plain",)).get_content()
            found = LINK.search(body)
            if found and title in message["Subject"]:
                # The demo's own mails were written before the server had its port.
                return site.at("nordlys") + "/confirm/" + found[1]
        page.wait_for_timeout(500)
    raise AssertionError(f"no link for {title} to {address}")


def add_product(page: Page, name: str, quantity: str) -> None:
    """Add a product by its name, and say how many."""
    page.get_by_role("combobox", name="Product").press_sequentially(name)
    page.get_by_role("option", name=re.compile(name)).click()
    page.get_by_label(name, exact=True).fill(quantity)


def write_quote(page: Page, title: str, customer: str, typed: str) -> str:
    """Write a quote of five seats and two rooms; return the address of its page."""
    page.get_by_role("link", name="Quotes").first.click()
    page.get_by_role("link", name=re.compile("^New quote")).first.click()
    page.get_by_role("combobox", name="Choose a customer").press_sequentially(typed)
    page.get_by_role("option", name=re.compile(customer)).click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Message to the customer").fill("As we said on the phone.")
    page.get_by_role("button", name="Next: products").click()
    add_product(page, "Flex seat Professional", "2")
    add_product(page, "Meeting room licence", "1")
    page.get_by_label("Discount on Flex seat Professional, in percent").fill("5")
    page.get_by_role("button", name="Save products").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(customer)
    return page.url


def send(page: Page, customer: str) -> None:
    """Choose the first contact, check the preview, send."""
    page.get_by_role("link", name="Send customer confirmation").first.click()
    page.get_by_label("Contact", exact=True).select_option(index=1)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="The page behind the link")).to_be_visible()
    page.get_by_role("button", name=re.compile(f"^Send confirmation to {customer}")).click()
    expect(page.locator(".k-state", has_text="Pending customer approval").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_quote_confirmed_by_link_and_progressed(
    width: int, visit: OpenPage, site: Site, browser: Browser
) -> None:
    """CON-01 to CON-26: the whole flow; the customer's pages work without scripts."""
    title = f"Phones for floor {width}"
    page = visit("nordlys", "jonas@nordlys.example", viewport={"width": width, "height": 900})
    page.goto("/quotes/")
    if width < 600:
        page.goto("/quotes/new/")
        page.get_by_role("combobox", name="Choose a customer").press_sequentially("kvarn")
        page.get_by_role("option", name=re.compile("Kvarnholm Mekaniska AB")).click()
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Next: products").click()
        add_product(page, "Flex seat Professional", "2")
        page.get_by_role("button", name="Save products").click()
        customer, address = "Kvarnholm Mekaniska AB", "kvarnholm.example"
    else:
        customer, address = "Gotlands Kalkbruk AB", "gotlandskalk.example"
        write_quote(page, title, customer, "gotlands kalk")
    quote_url = page.url
    send(page, customer)
    link = link_to(site, page, address, title)

    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 800}
    )
    reader = context.new_page()
    reader.goto(link)
    assert link.rstrip("/").rpartition("/")[2] not in reader.url
    main = reader.locator("main")
    expect(main).to_contain_text(title)
    assert not re.search(r"SEK|\bkr\b|129|199", main.inner_text().split("1.")[0])
    accept = reader.locator("form").filter(has=reader.locator("#id_contact")).locator("button")
    accept.click()
    expect(reader.get_by_role("alert")).to_be_visible()
    reader.wait_for_load_state()
    for box in reader.locator("input[type=checkbox]").all():
        box.check()
    reader.locator("#id_contact").select_option(index=1)
    accept.click()
    expect(reader.locator(".k-done")).to_be_visible()
    reader.goto(link)
    expect(reader.locator(".k-done")).to_be_visible()

    page.goto(quote_url)
    expect(page.locator(".k-state", has_text="Confirmed").first).to_be_visible()
    for _each in range(40):
        copies = [m for m in mails_to(site, address) if list(m.iter_attachments())]
        if copies:
            break
        page.wait_for_timeout(500)
    (attached,) = copies[-1].iter_attachments()
    assert attached.get_content_type() == "application/pdf"

    page.get_by_role("link", name="Progress quote").first.click()
    page.get_by_label("I have checked the address").check()
    page.get_by_label("Purchase order number").fill("PO-77")
    page.get_by_role("button", name=re.compile(f"^Progress for {customer}")).click()
    page.goto(quote_url)
    expect(page.locator(".k-state", has_text="Progressed").first).to_be_visible()
    expect(page.get_by_role("heading", name="Orders from this quote")).to_be_visible()

    # The PDF that was sent, verified by its holder.
    pdf = Path(site.mail) / "attached.bin"
    pdf.write_bytes(attached.get_content())
    reader.goto(f"{site.at('nordlys')}/confirm/verify/")
    reader.locator("input[type=file]").set_input_files(str(pdf))
    reader.locator("main button").click()
    expect(reader.locator("section[role=status]")).to_be_visible()
    context.close()


def test_scanners_that_click_what_they_find_accept_nothing(
    visit: OpenPage, site: Site, browser: Browser
) -> None:
    """INP-08: browsers that open the link, follow links and press buttons change nothing.

    The link still works afterwards.
    """
    page = visit("nordlys", "anna@nordlys.example")
    page.goto("/")
    title = "Scanned proposal"
    write_quote(page, title, "Tranemo Textil AB", "tranemo")
    quote_url = page.url
    send(page, "Tranemo Textil AB")
    link = link_to(site, page, "tranemotextil.example", title)
    chance = random.Random(4)
    for number in range(12):
        context = browser.new_context(java_script_enabled=number % 2 == 0)
        robot = context.new_page()
        robot.goto(link)
        for _click in range(3):
            targets = robot.locator("main a[href^='/'], main button, main summary").all()
            visible = [target for target in targets if target.is_visible()]
            if visible:
                chance.choice(visible).click(timeout=3000)
                robot.wait_for_load_state()
        context.close()
    page.goto(quote_url)
    expect(page.locator(".k-state", has_text="Pending customer approval").first).to_be_visible()
    context = browser.new_context()
    reader = context.new_page()
    reader.goto(link)
    for box in reader.locator("input[type=checkbox]").all():
        box.check()
    reader.locator("#id_contact").select_option(index=1)
    reader.locator("form").filter(has=reader.locator("#id_contact")).locator("button").click()
    expect(reader.locator(".k-done")).to_be_visible()
    context.close()
