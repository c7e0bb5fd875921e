"""A customer's user reports a problem; it is acknowledged, answered, solved and signed off."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage, violations
from tests.browser.papers import draw_signature, text_of_pdf
from tests.browser.server import Site

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LINK = re.compile(r"http://\S+/report/\S+")
SUBJECT = "The lobby phone is dead"
WORK = "Draw a new cable to the lobby phone"


def _mails(site: Site) -> list[Any]:
    """Return the e-mails about the report, the oldest first."""
    files = sorted(site.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime)
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [mail for mail in found if SUBJECT in str(mail["Subject"])]


def _link(site: Site, page: Page) -> str:
    """Return the link that acknowledges the report, once its mail is there."""
    for _each in range(60):
        for mail in _mails(site):
            found = LINK.search(mail.get_body(("plain",)).get_content())
            if found:
                return found.group()
        page.wait_for_timeout(500)
    raise AssertionError("no mail with a link to acknowledge")


def _work_and_sign(phone: Page, report: str, shot: Path) -> None:
    """Make a work order of the report and have it signed; the network is cut in between."""
    phone.goto(report)
    phone.get_by_role("link", name="Turn into a work order").first.click()
    phone.get_by_label("What is to be done").fill(WORK)
    phone.get_by_role("button", name="Write the report now").click()
    phone.wait_for_url("**/write/")
    phone.get_by_label("Time spent").fill("0:45")
    phone.context.set_offline(True)
    phone.get_by_label("Work done").fill("Drew a new cable through the lobby.")
    phone.get_by_text("Solved", exact=True).click()
    state = phone.locator("[data-draft-state]")
    expect(state).to_have_text("No connection – kept on this device")
    phone.context.set_offline(False)
    expect(state).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    phone.get_by_label("Choose pictures").set_input_files(shot)
    expect(phone.locator("[data-pictures]")).to_contain_text("lobby.png")
    phone.get_by_role("button", name="Have it signed").click()
    phone.wait_for_url("**/sign/")
    phone.locator("[name=signer_name]").fill("Ben Ashby")
    draw_signature(phone)
    phone.locator("form button[type=submit]").click()
    expect(phone.get_by_role("heading", name="Signed off")).to_be_visible()


def test_from_the_report_to_the_solution(
    visit: OpenPage, browser: Browser, site: Site, tmp_path: Path
) -> None:
    """REG-26, ONB-18, REG-33, SUP-07, D14: on a phone; each side sees what it may."""
    ben = visit("harbour", "ben@avonmead.example", **PHONE)
    ben.goto("/my/")
    ben.get_by_role("link", name="Report a problem").first.click()
    told = ben.locator("section", has=ben.locator("#t-told"))
    expect(told).to_contain_text("Maintainer")
    ben.get_by_label("Subject").fill(SUBJECT)
    ben.get_by_label("Description").fill("No tone since the painters left.")
    ben.get_by_text("Minor – works with limits").click()
    shot = tmp_path / "lobby.png"
    Image.new("RGB", (60, 40), "white").save(shot)
    ben.get_by_label("Files and pictures").set_input_files(shot)
    assert violations(ben) == []
    ben.get_by_role("button", name="Send report").click()
    expect(ben.get_by_role("heading", name=SUBJECT)).to_be_visible()
    expect(ben.get_by_role("link", name="lobby.png")).to_be_visible()
    address = ben.url

    context = browser.new_context(**PHONE)
    maintainer = context.new_page()
    maintainer.goto(_link(site, ben))
    assert "/seen/" in maintainer.url, "the secret stays in the address bar"
    expect(maintainer.get_by_role("heading", name=SUBJECT)).to_be_visible()
    assert violations(maintainer) == []
    maintainer.get_by_role("button", name="Acknowledge the report").click()
    expect(maintainer.get_by_text("Acknowledged by").first).to_be_visible()
    context.close()

    oliver = visit("harbour", "oliver@harbour.example")
    oliver.goto("/reports/")
    oliver.get_by_role("link", name=SUBJECT).click()
    oliver.get_by_label("Your answer").fill("A cable was cut. We come at two.")
    oliver.get_by_role("button", name="Send", exact=True).click()
    oliver.get_by_label("Your answer").fill("Painters again. Bill them.")
    oliver.get_by_text("Only our own people (internal note)").click()
    oliver.get_by_role("button", name="Send", exact=True).click()
    expect(oliver.get_by_text("The note was saved.")).to_be_visible()
    oliver.get_by_role("button", name="Start work").click()
    oliver.get_by_role("link", name="Resolve").click()
    oliver.get_by_label("What solved it").fill("New cable drawn and tested.")
    oliver.get_by_role("button", name="Resolve").click()
    expect(oliver.get_by_text("The report is resolved. The customer was told.")).to_be_visible()

    ben.goto(address)
    expect(ben.get_by_text("A cable was cut. We come at two.")).to_be_visible()
    expect(ben.get_by_text("New cable drawn and tested.")).to_be_visible()
    expect(ben.get_by_text("Painters again.")).to_have_count(0)
    ben.get_by_role("link", name="It still does not work").click()
    ben.get_by_label("What is still wrong").fill("Dead again since four.")
    ben.get_by_role("button", name="Open again").click()
    expect(ben.get_by_text("The report is open again.")).to_be_visible()
    assert not any("Painters again" in str(mail) for mail in _mails(site))

    _work_and_sign(visit("harbour", "oliver@harbour.example", **PHONE), oliver.url, shot)
    ben.goto("/my/service-reports/")
    pdf = ben.get_by_role("link", name=WORK)
    for _each in range(30):
        if pdf.count():
            break
        ben.wait_for_timeout(1000)
        ben.reload()
    link = pdf.get_attribute("href")
    assert link is not None
    text = text_of_pdf(ben, link, tmp_path)
    assert "Drew a new cable through the lobby." in text
    assert "Ben Ashby" in text
