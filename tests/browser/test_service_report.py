"""A technician's service report on a phone in a cellar, signed by the customer (D14)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import OpenPage, violations
from tests.browser.papers import draw_signature, text_of_pdf

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def _begin(page: Page) -> str:
    """Start a service report at a customer without a work order; return its address."""
    page.goto("/customers/?q=Havsbris")
    page.locator("tbody th a").first.click()
    page.locator("section", has=page.locator("#c-service")).get_by_role(
        "link", name="New work order"
    ).click()
    page.get_by_role("button", name="Write the report now").click()
    page.wait_for_url("**/write/")
    return page.url


def _state(page: Page) -> str:
    return page.locator("[data-draft-state]").inner_text()


def test_report_survives_a_lost_connection_and_a_closed_tab(
    visit: OpenPage, tmp_path: Path
) -> None:
    """SUP-03, SUP-05, SUP-07, SUP-12, D14: written in a cellar, restored, signed, made a PDF."""
    page = visit("nordlys", "mikael@nordlys.example", **PHONE)
    context = page.context
    address = _begin(page)

    page.get_by_label("Time spent").fill("1,5")
    page.get_by_label("Part", exact=True).fill("Switch 24 ports")
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))

    context.set_offline(True)
    page.get_by_label("Work done").fill("Replaced the switch in the cellar.")
    page.get_by_role("button", name="Add a part").click()
    page.locator("[data-row] input[name$='-name']").nth(1).fill("Patch cable")
    page.get_by_text("Solved", exact=True).click()
    shot = tmp_path / "rack.png"
    Image.new("RGB", (400, 300), "#356").save(shot)
    page.get_by_label("Choose pictures").set_input_files(shot)
    expect(page.locator("[data-draft-state]")).to_have_text("No connection – kept on this device")
    expect(page.locator("[data-pictures-state]")).to_contain_text("rack.png")
    # Pressing the button loses nothing either, and stays on the page.
    page.get_by_role("button", name="Have it signed").click()
    expect(page.get_by_label("Work done")).to_have_value("Replaced the switch in the cellar.")
    page.close(run_before_unload=False)

    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_label("Work done")).to_have_value("")
    box = page.locator("[data-restore]")
    expect(box).to_contain_text(re.compile(r"Restore what was typed on this device at \d\d:\d\d\?"))
    expect(box).to_contain_text("rack.png")
    assert violations(page) == []
    box.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Work done")).to_have_value("Replaced the switch in the cellar.")
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    page.get_by_label("Choose pictures").set_input_files(shot)
    expect(page.locator("[data-pictures]")).to_contain_text("rack.png")

    page.get_by_role("button", name="Have it signed").click()
    page.wait_for_url("**/sign/")
    expect(page.get_by_text("Patch cable")).to_be_visible()
    assert violations(page) == []
    page.locator("[name=signer_name]").fill("Jonas Wikner")
    draw_signature(page)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/service-reports/[0-9a-f-]+/$"))
    expect(page.get_by_role("heading", name="Signed off")).to_be_visible()
    pdf = page.url.partition(".localhost")[2].partition("/")[2]
    for _each in range(30):
        if page.locator(f"a[href='/{pdf}pdf/']").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    text = text_of_pdf(page, f"/{pdf}pdf/", tmp_path)
    for words in (
        "Replaced the switch in the cellar.",
        "Switch 24 ports",
        "Patch cable",
        "Jonas Wikner",
        "1 tim 30",
    ):
        assert words in text
    kept = page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('kontor-draft'))")
    assert kept == []


def test_newer_version_on_the_server_is_never_replaced(visit: OpenPage) -> None:
    """SUP-02, SUP-03: a colleague saved meanwhile; both versions are shown."""
    page = visit("nordlys", "mikael@nordlys.example", **PHONE)
    address = _begin(page)
    page.context.set_offline(True)
    page.get_by_label("Work done").fill("Mikael's words")
    expect(page.locator("[data-draft-state]")).to_contain_text("No connection")
    hers = visit("nordlys", "anna@nordlys.example")
    hers.goto(address)
    hers.get_by_label("Work done").fill("Anna's words")
    expect(hers.locator("[data-draft-state]")).to_contain_text("Saved")
    page.context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_contain_text("Somebody else saved meanwhile")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#t-diff")).to_be_visible()
    expect(page.get_by_role("cell", name="Anna's words")).to_be_visible()
    expect(page.get_by_label("Work done")).to_have_value("Mikael's words")


@pytest.mark.parametrize("then", ["part", "sign"])
def test_form_works_without_javascript(visit: OpenPage, then: str) -> None:
    """SUP-02, SUP-05: parts are added, and the typed name is the signature."""
    page = visit("nordlys", "anna@nordlys.example", java_script_enabled=False, **PHONE)
    _begin(page)
    page.get_by_label("Time spent").fill("2 h")
    page.get_by_label("Work done").fill("Looked at it.")
    page.get_by_label("Part", exact=True).fill("Fuse")
    if then == "part":
        page.get_by_role("button", name="Add a part").click()
        expect(page.get_by_label("Part", exact=True).nth(1)).to_be_visible()
        expect(page.get_by_label("Part", exact=True).first).to_have_value("Fuse")
        return
    page.get_by_role("button", name="Have it signed").click()
    expect(page.locator("#errors")).to_contain_text("Choose the result.")
    page.get_by_label("Not solved").check()
    page.get_by_role("button", name="Have it signed").click()
    page.locator("[name=signer_name]").fill("Annika Sandell")
    page.locator("[name=is_typed]").check()
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("heading", name="Signed off")).to_be_visible()


def test_signing_out_takes_the_kept_text_from_the_device(visit: OpenPage) -> None:
    """SUP-03: after a question, if something was not saved."""
    page = visit("nordlys", "anna@nordlys.example")
    _begin(page)
    own = page.locator("form[data-draft]").get_attribute("data-draft")
    for key in (own, "kontor-draft:somebody:else"):
        page.evaluate("key => localStorage.setItem(key, JSON.stringify({fields: {}}))", key)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", answer)
    page.goto("/accounts/logout/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/login/**")
    assert len(asked) == 1
    kept = page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('kontor-draft'))")
    assert kept == ["kontor-draft:somebody:else"]
