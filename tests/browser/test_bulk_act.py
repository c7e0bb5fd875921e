"""An act on several orders in a real browser, with the worker (CHAN-11)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_progress_moves_without_a_reload(visit: OpenPage) -> None:
    """CHAN-10, CHAN-11: from the list to the result of each order, on one page."""
    page = visit("", "staff@kontor.example")
    page.goto("/admin/channel/submittedorder/?state=submitted")
    # Those of one partner: another test needs the others.
    rows = page.locator("#result_list tbody tr").filter(has_text="Nordlys Telekom AB")
    boxes = rows.locator("input.action-select")
    for number in range(2):
        boxes.nth(number).check()
    page.locator("select[name=action]").select_option("accept")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name=re.compile(r"^Accept 2 orders of 1 partner$")).click()
    expect(page).to_have_url(re.compile("/admin/channel/bulkact/"))
    page.evaluate("window.stays = true")
    expect(page.locator("#live-progress")).to_have_text(
        re.compile(r"Finished:\s+2 done"), timeout=30_000
    )
    assert page.evaluate("window.stays")
    expect(page.get_by_text(re.compile(r"is accepted\."))).to_have_count(2)
    page.goto("/admin/channel/bulkact/")
    expect(page.locator("#result_list")).to_contain_text("2 done")
