"""The step that changes what runs: sums while one types, and what Enter presses."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_live_totals import amount_in, field, flex_draft, meter, totals


def start_change(page: Page) -> None:
    """Start an order that changes the first active service that the demo has."""
    page.goto("/orders/?state=completed")
    page.goto(str(page.locator("tbody th a").first.get_attribute("href")))
    page.locator("section[aria-labelledby=t-cust] p a").click()
    page.locator("#c-services ~ *, section[aria-labelledby=c-services]").get_by_role(
        "button", name=re.compile("^Change")
    ).first.click()
    expect(page).to_have_url(re.compile("/products/$"))


def test_sums_of_a_change_move_while_one_types(visit: OpenPage) -> None:
    """USE-20, D8, D16: the one-off price is for what is added, the monthly for the new total; what
    stays as it is adds nothing. The next step shows the same."""
    page = visit("nordlys", "anna@nordlys.example")
    start_change(page)
    nothing = [amount_in("en", "0")] * 2
    assert totals(page) == nothing
    before = meter(page)
    row = page.locator("tr[data-line]").first
    total = row.locator("input")
    now = int(total.input_value())
    total.fill(str(now + 2))
    shown, taken = totals(page), meter(page)
    assert shown != nothing and taken != before
    total.fill("")
    assert totals(page) == ["–", "–"]
    total.fill(str(now))
    assert totals(page) == nothing and meter(page) == before
    total.fill(str(now + 2))
    total.press("Enter")
    expect(page).to_have_url(re.compile("/review/$"))
    # Beside the sums of what is new, the review shows the difference a month (ORD-51).
    sums = page.locator("section[aria-labelledby=t-lines] tfoot td.k-num").all_inner_texts()
    assert sums[:2] == shown and sums[2].startswith("+")
    assert meter(page) == taken
    page.go_back()
    assert totals(page) == shown


def test_enter_in_a_quantity_goes_on(visit: OpenPage) -> None:
    """USE-23: as the filled button does, not as "Save as draft" beside it."""
    page = visit("nordlys", "anna@nordlys.example")
    flex_draft(page)
    for quantity in page.locator("tr[data-line] input").all():
        quantity.fill("0")
    seat = field(page, "q", "Flex seat Professional")
    seat.fill("2")
    seat.press("Enter")
    expect(page).to_have_url(re.compile("/review/$"))
