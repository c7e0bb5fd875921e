"""Rendering of messages from templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from portal.core.colours import brand_of, contrast
from portal.outbox.rendering import Rendered, one_line, render
from portal.tenancy.models import Partner


def test_render_text_is_plain_and_html_is_escaped(nordlys: Partner) -> None:
    made = render("probe/plain", {"name": "A & B <x>"}, language="en", partner=nordlys)
    assert made.subject == "News for A & B <x>"
    assert made.text == "Hello A & B <x>,\n\nbye\n"
    assert "Hello A &amp; B &lt;x&gt;</p>" in made.html


def handed_over(partner: Partner, **context: object) -> Rendered:
    """Render a mail that adds nothing to the base but a sentence."""
    full = {"name": "Eva", "left": "Jonas", **context}
    return render("workspace/email/handed_over", full, language="en", partner=partner)


SUMMARY = [("Order", "2026-0421"), ("Customers", "A & B, 1\nC, 2"), ("Reference", "Größe < 3")]


def test_one_context_makes_the_summary_of_both_parts(nordlys: Partner) -> None:
    """OUT-22: each label and value of the HTML is in the text, and the other way round."""
    made = render(
        "workspace/email/handed_over",
        {"name": "Eva", "left": "Jonas", "summary": SUMMARY},
        language="en",
        partner=nordlys,
    )
    rows = re.findall(r'<td class="detail dim"[^>]*>(.*?)</td><td[^>]*>(.*?)</td>', made.html)
    seen = [(label, unescape(value.replace("<br>", "\n"))) for label, value in rows]
    assert seen == SUMMARY
    assert "Order: 2026-0421\nCustomers:\n  A & B, 1\n  C, 2\nReference: Größe < 3\n" in made.text


def test_no_mail_has_a_summary_of_its_own() -> None:
    """OUT-22: the table and the text are made by the base alone."""
    for path in Path("templates").glob("*/email/*"):
        words = path.read_text()
        assert "block summary" not in words, path
        assert 'class="summary"' not in words, path


def test_the_foot_says_whose_mail_it_is(nordlys: Partner) -> None:
    """OUT-22: name, postal address and organisation number, in both parts."""
    nordlys.address = "Dragarbrunnsgatan 40\n753 20 Uppsala"
    nordlys.organisation_number = "556703-7485"
    made = render(
        "workspace/email/handed_over",
        {"name": "Eva", "left": "Jonas"},
        language="en",
        partner=nordlys,
    )
    for part in (made.text, made.html):
        assert "Nordlys Telekom AB, Dragarbrunnsgatan 40, 753 20 Uppsala" in part
        assert "Organisation number 556703-7485" in part


@pytest.mark.parametrize("colour", ["#3b3a8f", "#ffee00", "#ffffff", "#000000", "#ff8800"])
def test_the_partners_colour_can_be_read(nordlys: Partner, colour: str) -> None:
    """OUT-22: on white, below white text and on the dark sheet, whatever was chosen."""
    nordlys.brand_colour = colour
    brand = nordlys.brand
    assert contrast(brand.ink, "#ffffff") >= 4.5 and contrast(brand.light, "#161f23") >= 4.5
    made = render(
        "workspace/email/handed_over",
        {"name": "Eva", "left": "Jonas"},
        language="en",
        partner=nordlys,
    )
    assert f"background-color: {brand.ink}" in made.html and "#0e5f6c" not in made.html


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    """OUT-22."""
    assert brand_of("#3b3a8f").ink == "#3b3a8f"


def test_render_copies_our_rules_onto_the_elements(nordlys: Partner) -> None:
    made = render("probe/plain", {"name": "Eva"}, language="en", partner=nordlys)
    assert '<p style="color: #0e5f6c;">Hello Eva</p>' in made.html
    assert "@media (max-width: 600px)" in made.html


def test_render_loads_no_rules_from_elsewhere(nordlys: Partner, tmp_path: object) -> None:
    from portal.outbox.rendering import _inliner

    sheet = f"{tmp_path}/evil.css"
    with open(sheet, "w") as file:
        file.write("p { color: red }")
    for address in (sheet, f"file://{sheet}", "http://127.0.0.1:1/evil.css"):
        page = f'<html><head><link rel="stylesheet" href="{address}"></head><body><p>x</p></body>'
        assert "red" not in _inliner.inline(page)


@pytest.mark.parametrize("language", ["en", "de", "sv"])
def test_render_in_the_recipients_language_and_the_partners_time_d20(
    nordlys: Partner, language: str
) -> None:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    made = render("probe/facts", {"at": at}, language=language, partner=nordlys)
    assert made.text == (f"{language} 00:30 http://nordlys.localhost/ {nordlys.name}\n")
    assert made.subject == nordlys.name


def test_render_without_a_partner_is_in_utc_and_of_the_public_host(db: None) -> None:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    made = render("probe/facts", {"at": at}, language="en", partner=None)
    assert made.text == "en 22:30 http://localhost/ Kontor\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nBcc: b", "a Bcc: b"),
        ("  a \t b ", "a b"),
        ("a\x00b\x1fc\x7fd\x85e", "a b c d e"),
        ("a\u2028b\u2029c", "a b c"),
        ("Größe 1 234 €", "Größe 1 234 €"),
        ("abcdefghijk", "abcdefghi…"),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text, 10 if text.startswith("abc") else 50) == line
