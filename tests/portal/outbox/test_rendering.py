"""Rendering of messages from templates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.outbox.rendering import one_line, render
from portal.tenancy.models import Partner


def test_render_text_is_plain_and_html_is_escaped(nordlys: Partner) -> None:
    made = render("probe/plain", {"name": "A & B <x>"}, language="en", partner=nordlys)
    assert made.subject == "News for A & B <x>"
    assert made.text == "Hello A & B <x>,\n\nbye\n"
    assert "Hello A &amp; B &lt;x&gt;</p>" in made.html


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
