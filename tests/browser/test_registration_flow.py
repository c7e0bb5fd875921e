"""From a blocked order over its registration to five orders accepted at once (CHAN-04, CHAN-11)."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, say_why, violations

CUSTOMER = "Kopparberga Redovisning HB"


def register_from_order(page: Page) -> None:
    """Begin a trunk order for a customer that is not registered, and register it."""
    page.goto("/customers/?q=10138")
    page.get_by_role("link", name=re.compile(CUSTOMER)).first.click()
    page.get_by_role("button", name="Switch to this customer").click()
    page.goto("/orders/new/trunk/")
    expect(page.locator("main")).to_contain_text("which is not registered for SIP trunk")
    page.get_by_role("link", name="Register the customer").click()
    expect(page.locator("[data-picker-chosen]")).to_contain_text(CUSTOMER)
    assert violations(page) == []
    page.get_by_label("Expected channels").fill("10")
    page.get_by_label("Note to Channel Sales").fill("One office, one number block.")
    page.get_by_role("button", name="Send to Channel Sales").click()
    expect(page.get_by_text("was sent. Channel Sales answers by e-mail.")).to_be_visible()
    assert violations(page) == []


def approve(staff: Page) -> None:
    """Approve the registration, from the desk over the queue."""
    staff.goto("/admin/")
    staff.get_by_role("link", name=re.compile("Registrations to decide")).first.click()
    staff.get_by_role("link", name=re.compile(CUSTOMER)).click()
    say_why(staff)
    expect(staff.locator("body")).to_contain_text("One office, one number block.")
    staff.get_by_role("link", name="Approve", exact=True).click()
    expect(staff.locator("#content")).to_contain_text("An e-mail goes to jonas@nordlys.example.")
    staff.get_by_role("button", name="Approve").click()
    expect(staff.locator(".messagelist")).to_contain_text("is approved.")


def place_waiting(page: Page) -> None:
    """Go on from the notification with the order that waited, and place it."""
    page.goto("/notices/")
    page.get_by_text(re.compile(f"{CUSTOMER}.* is registered for SIP trunk")).first.click()
    expect(page).to_have_url(re.compile("/products/$"))
    page.get_by_role("row", name=re.compile("SIP trunk, 10 channels")).get_by_role(
        "spinbutton"
    ).fill("1")
    page.get_by_label("Street").first.fill("Åsgatan 22")
    page.get_by_label("Postal code").first.fill("791 71")
    page.get_by_label("Town").first.fill("Falun")
    page.get_by_role("button", name="Next: review").last.click()
    page.get_by_role("button", name=re.compile(f"Place order for {CUSTOMER}")).click()
    expect(page.get_by_text("was placed. The confirmation is on its way")).to_be_visible()


def accept_five(staff: Page) -> None:
    """Accept orders of three partners at once, and read the result of each."""
    staff.goto("/admin/channel/submittedorder/?state=submitted")
    rows = staff.locator("#result_list tbody tr")
    wanted = {"Nordlys Telekom AB": 2, "Brückner IT GmbH": 2, "Harbour Networks Ltd": 1}
    for partner, count in wanted.items():
        of_partner = rows.filter(has_text=partner)
        for number in range(count):
            of_partner.nth(number).locator("input.action-select").check()
    staff.locator("select[name=action]").select_option("accept")
    staff.get_by_role("button", name="Go").click()
    assert violations(staff) == []
    staff.get_by_role("button", name="Accept 5 orders of 3 partners").click()
    expect(staff.locator("#live-progress")).to_have_text(
        re.compile(r"Finished:\s+5 done"), timeout=30_000
    )
    expect(staff.get_by_text(re.compile(r"is accepted\."))).to_have_count(5)
    for partner in wanted:
        expect(staff.locator("#content")).to_contain_text(partner)


def test_order_waits_for_its_registration_and_is_accepted_with_others(visit: OpenPage) -> None:
    """CHAN-01 to CHAN-04, CHAN-10, CHAN-11: both sides, from the first click to the results."""
    page = visit("nordlys", "jonas@nordlys.example", bypass_csp=True)
    register_from_order(page)
    page.get_by_role("link", name="Open the order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is not registered for SIP trunk")
    assert violations(page) == []
    staff = visit("", "staff@kontor.example", bypass_csp=True)
    approve(staff)
    place_waiting(page)
    accept_five(staff)
