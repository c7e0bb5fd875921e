"""Ordering in a browser, finding everything by its text on the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, say_why


def choose(page: Page, typed: str, name: str) -> None:
    """Type into the search of the top bar and pick a suggestion with the keyboard."""
    box = page.get_by_label("Search customers, orders, quotes and contacts")
    box.press_sequentially(typed)
    option = page.get_by_role("option", name=re.compile(name)).first
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("form", name="Active customer")).to_contain_text(name)


def fill_flex(page: Page, seats: int = 2) -> None:
    """Fill the products of a Flex order: seats only."""
    page.get_by_label("Flex seat Professional").fill(str(seats))
    page.get_by_role("button", name="Next: review").click()


def begin_flex(page: Page) -> None:
    """Go from any page to the first step of a Flex order, by the menu."""
    page.get_by_role("navigation").get_by_role("link", name="Flex", exact=True).click()


def test_a_partner_orders_for_a_customer_and_channel_sales_accepts(visit: OpenPage) -> None:
    """ORD-04, ORD-17, ORD-18, ORD-20, ORD-21, ORD-29: the whole flow of an order."""
    page = visit("nordlys", "anna@nordlys.example")
    choose(page, "hav", "Havsbris Konsult AB")
    begin_flex(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who is this Flex order for?")
    expect(page.locator("[data-picker-chosen]")).to_contain_text("Havsbris Konsult AB")
    page.get_by_role("button", name="Next: products").click()
    fill_flex(page)
    page.get_by_label("Reference").fill("Browser test")
    page.get_by_role("button", name="Place order for Havsbris Konsult AB, 10042").click()
    expect(page.get_by_text("was placed. The confirmation is on its way")).to_be_visible()
    heading = page.get_by_role("heading", level=1).inner_text()
    found = re.search(r"\d{4}-\d{4}", heading)
    assert found is not None
    number = found.group()

    expect(page.locator(".k-state", has_text="Submitted")).to_be_visible()
    page.goto("/outbox/")
    page.get_by_role(
        "link", name=f"Order {number} for Havsbris Konsult AB, 10042 is placed"
    ).first.click()
    expect(page.locator("main")).to_contain_text("anna@nordlys.example")

    staff = visit("", "staff@kontor.example")
    staff.goto("/admin/channel/submittedorder/")
    staff.get_by_role("link", name=number).first.click()
    say_why(staff)
    expect(staff.locator("body")).to_contain_text("Havsbris Konsult AB")
    staff.get_by_role("link", name="Accept", exact=True).first.click()
    staff.get_by_role("button", name=re.compile("Accept")).first.click()
    expect(staff.locator("body")).to_contain_text("Accepted")

    page.goto("/outbox/")
    expect(
        page.get_by_role("link", name=f"Order {number} for Havsbris Konsult AB, 10042 was accepted")
    ).to_be_visible()


def test_stale_tab_is_asked_and_orders_for_its_own_customer(visit: OpenPage) -> None:
    """ORD-26: tab A is for X, tab B switches to Y; submitting A asks first."""
    a = visit("nordlys", "anna@nordlys.example")
    choose(a, "10042", "Havsbris Konsult AB")
    begin_flex(a)
    a.get_by_role("button", name="Next: products").click()
    fill_flex(a)
    b = a.context.new_page()
    b.goto("/")
    choose(b, "björkvik", "Björkvik Bygg AB")

    a.get_by_role("button", name="Place order for Havsbris Konsult AB, 10042").click()

    question = (
        'You are working on "Björkvik Bygg AB" but this form is for "Havsbris Konsult AB". '
        'Order for "Havsbris Konsult AB"?'
    )
    expect(a.get_by_role("heading", level=1)).to_have_text(question)
    a.get_by_role("button", name="Order for Havsbris Konsult AB, 10042").click()
    expect(a.get_by_role("heading", level=1)).to_contain_text("for Havsbris Konsult AB, 10042")
    expect(a.locator(".k-state", has_text="Submitted")).to_be_visible()


def test_order_for_the_own_company_is_recreated_in_three_clicks(visit: OpenPage) -> None:
    """ORD-05, ORD-07: an order placed for the own company by mistake is re-created."""
    page = visit("nordlys", "anna@nordlys.example")
    begin_flex(page)
    page.get_by_role("button", name="Next: products").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "You are ordering for your own company. Confirm this, or choose a customer."
    )
    page.get_by_label("This order is for our own company").check()
    page.get_by_role("button", name="Next: products").click()
    fill_flex(page, 1)
    page.get_by_role("button", name="Place order for Nordlys Telekom AB, 10001").click()
    old = page.url

    page.get_by_role("link", name="Re-create for another customer").click()  # 1
    page.get_by_role("combobox", name="Choose a customer").press_sequentially("fjäll")
    page.get_by_role("option", name=re.compile("Fjällbäck Logistik AB")).click()  # 2
    page.get_by_role("button", name=re.compile("^Cancel .* and re-create it")).click()  # 3

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Order for Fjällbäck Logistik AB, 10023"
    )
    page.goto(old)
    expect(page.locator(".k-state", has_text="Cancelled")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Re-created as")
    page.locator(".k-note").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("Re-created from")


def test_ordering_works_without_scripts(visit: OpenPage) -> None:
    """USE-03, ORD-22: the picker returns radio buttons."""
    page = visit("nordlys", "anna@nordlys.example", java_script_enabled=False)
    page.goto("/orders/new/flex/")
    page.get_by_label("Or choose a customer").fill("kvarn")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Kvarnholm Mekaniska AB").check()
    page.get_by_role("button", name="Next: products").click()
    fill_flex(page, 1)
    page.get_by_role("button", name="Place order for Kvarnholm Mekaniska AB, 10047").click()
    expect(page.locator(".k-state", has_text="Submitted")).to_be_visible()


COUNT_CLICKS = """
addEventListener("click", (event) => {
  /* Not those that the browser makes of Enter. */
  if (event.isTrusted && event.detail) {
    sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
  }
}, true);
"""


@pytest.mark.parametrize("begins", ["/", "/orders/"])
def test_first_order_takes_at_most_six_clicks(visit: OpenPage, begins: str) -> None:
    """USE-09, ORD-34: by the primary button, with the clicks into fields counted, too."""
    page = visit("nordlys", "jonas@nordlys.example")
    page.goto(begins)
    page.add_init_script(COUNT_CLICKS)
    page.reload()
    page.locator("main").get_by_role("link", name="New order", exact=True).click()  # 1
    # The box has the focus; without waiting for it, the letters would go to the page before.
    expect(page.get_by_role("combobox", name=re.compile("[Cc]hoose a customer"))).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.type("nordv")
    page.get_by_role("option", name=re.compile("Nordvik AB")).click()  # 2
    page.get_by_role("button", name=re.compile("^Flex")).click()  # 3
    expect(page.get_by_role("heading", level=1)).to_have_text("Flex for Nordvik AB, 10058")
    page.get_by_label("Flex seat Professional").click()  # 4
    page.keyboard.type("1")
    page.get_by_role("button", name="Next: review").click()  # 5
    page.get_by_role("button", name="Place order for Nordvik AB, 10058").click()  # 6
    expect(page.locator(".k-state", has_text="Submitted")).to_be_visible()
    assert page.evaluate("Number(sessionStorage.clicks)") == 6


def test_one_page_asks_for_customer_and_family_without_scripts(visit: OpenPage) -> None:
    """ORD-34, USE-03, ORD-05: what was found is chosen, the own company needs its tick."""
    page = visit("nordlys", "jonas@nordlys.example", java_script_enabled=False)
    page.goto("/orders/new/")
    page.get_by_role("button", name=re.compile("^Flex")).click()
    expect(page.get_by_role("alert")).to_contain_text("You are ordering for your own company.")
    page.get_by_label("Or choose a customer").fill("kvarn")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Kvarnholm Mekaniska AB").check()
    page.get_by_role("button", name=re.compile("^Flex")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Flex for Kvarnholm Mekaniska AB")


LIST = """Name\tE-post\tPlats
Åsa Öberg\tasa@a.example\tBasic
Bo Berg\tbo@a.example\tProfessional
Cilla\tnonsense\t
"""


@pytest.mark.parametrize("scripts", [True, False])
def test_users_are_pasted_from_a_spreadsheet(visit: OpenPage, scripts: bool) -> None:
    """ORD-31: typed rows stay, the list is shown, then added; with and without scripts."""
    page = visit("nordlys", "jonas@nordlys.example", java_script_enabled=scripts)
    page.goto("/orders/new/flex/")
    page.get_by_label("Or choose a customer").fill("nordv")
    if scripts:
        page.get_by_label("Or choose a customer").press_sequentially("i")
        page.get_by_role("option", name=re.compile("Nordvik AB")).click()
    else:
        page.get_by_role("button", name="Find").click()
        page.get_by_label("Nordvik AB").check()
    page.get_by_role("button", name="Next: products").click()
    page.get_by_label("Name").first.fill("Typed Person")
    page.get_by_label("E-mail").first.fill("typed@a.example")
    page.get_by_text("Paste a list", exact=True).click()
    page.get_by_label("List of users").fill(LIST)
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_text('"nonsense" is not an e-mail address.')).to_be_visible()
    page.get_by_role("button", name="Add 2 users").click()
    expect(page.get_by_text("2 users were added to the form.")).to_be_visible()
    expect(page.get_by_label("Flex seat Basic")).to_have_value("2")
    expect(page.get_by_label("List of users")).to_have_value(re.compile("Cilla"))
    page.get_by_label("List of users").fill("")
    page.get_by_role("button", name="Next: review").click()
    expect(page.locator("main")).to_contain_text("Åsa Öberg, asa@a.example")
    expect(page.locator("main")).to_contain_text("Typed Person, typed@a.example")


def test_a_user_takes_one_row(visit: OpenPage) -> None:
    """ORD-31: name, e-mail and seat in one line on a desktop, close together on a phone."""
    page = visit("nordlys", "jonas@nordlys.example")
    page.goto("/orders/new/flex/")
    page.get_by_label("Or choose a customer").press_sequentially("nordv")
    page.get_by_role("option", name=re.compile("Nordvik AB")).click()
    page.get_by_role("button", name="Next: products").click()
    rows = page.locator("[data-rows] [data-row]")
    page.get_by_role("button", name="Add a user").click()
    expect(rows).to_have_count(4)
    box = rows.nth(1).bounding_box()
    assert box is not None and box["height"] < 50
    rows.nth(1).get_by_role("button", name="Remove this row").click()
    expect(rows.nth(1)).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    box = rows.nth(2).bounding_box()
    assert box is not None and box["height"] < 170


def test_back_button_after_placing_makes_no_second_order(visit: OpenPage) -> None:
    """SAFE-05: the back button and the same form again lead to the existing order."""
    page = visit("nordlys", "anna@nordlys.example")
    page.goto("/orders/new/flex/")
    page.get_by_label("Or choose a customer").press_sequentially("nordv")
    page.get_by_role("option", name=re.compile("Nordvik AB")).click()
    page.get_by_role("button", name="Next: products").click()
    fill_flex(page, 1)
    review = page.url
    page.get_by_role("button", name=re.compile("Place order for Nordvik AB")).click()
    page.wait_for_url(lambda url: url != review)
    placed = page.url
    page.go_back()
    button = page.get_by_role("button", name=re.compile("Place order for Nordvik AB"))
    if button.count():
        button.click()
    page.wait_for_url(placed)
