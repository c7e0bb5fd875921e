"""Rendering of messages from `<name>.subject.txt`, `<name>.txt` and `<name>.html`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from css_inline import CSSInliner
from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation

from portal.core.colours import brand_of
from portal.tenancy.models import Partner

SUBJECT_LENGTH = 200
OWN_COLOUR = "#0e5f6c"

# Inlines the rules of the message's own <style> and loads nothing. Media rules for dark screens and
# phones stay in the head, because they can't be inlined.
_inliner = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
_blank_lines = re.compile(r"\n{3,}")
_controls = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Voice(Enum):
    """Who speaks in a message: the partner, or the vendor's channel sales (CHAN-16)."""

    PARTNER = "partner"
    VENDOR = "vendor"


@dataclass(frozen=True)
class Letterhead:
    """The vendor's name where a message of a partner has the partner with its logo and address."""

    name: str


def sender_name(partner: Partner | None, voice: Voice) -> str:
    """Return the name in From."""
    if voice is Voice.VENDOR:
        return f"{settings.VENDOR_NAME} Channel Sales"
    return partner.name if partner else "Kontor"


@dataclass(frozen=True)
class Rendered:
    """The subject, text and HTML of a message in one language."""

    subject: str
    text: str
    html: str


def one_line(text: str, length: int) -> str:
    """Return the text for a header: one line, no control characters, not too long."""
    line = " ".join(_controls.sub(" ", text).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    partner: Partner | None,
    voice: Voice = Voice.PARTNER,
) -> Rendered:
    """Render a message in ``language``, with dates in the partner's time zone (D20).

    Beside the caller's context the templates have ``partner``, ``sender`` (the name in From),
    ``brand`` (its colours), ``site_url`` and, in the text and the HTML, ``subject``. Text and
    subject are plain text and are never escaped.

    Where the vendor speaks, the letterhead and the colours are the vendor's, and ``signed`` is the
    signature (CHAN-16).

    Both parts show these of the caller's context without a word of their own (OUT-22): ``name``
    (whom the mail greets), ``summary`` (pairs of label and value), ``button_url`` and
    ``button_label``.
    """
    zone = partner.tz if partner else timezone.get_default_timezone()
    branded = partner if voice is Voice.PARTNER else None
    full = {
        "partner": partner,
        "letterhead": Letterhead(settings.VENDOR_NAME) if voice is Voice.VENDOR else partner,
        "sender": sender_name(partner, voice),
        "signed": f"Channel Sales, {settings.VENDOR_NAME}" if voice is Voice.VENDOR else "",
        "brand": brand_of(branded.brand_colour if branded else OWN_COLOUR),
        "site_url": partner.url("/") if partner else public_url("/"),
        **context,
    }
    with translation.override(language), timezone.override(zone):
        subject = one_line(_plain(f"{template}.subject.txt", full), SUBJECT_LENGTH)
        full["subject"] = subject
        full["summary_text"] = _summary_text(full.get("summary") or [])
        text = _tidy(_plain(f"{template}.txt", full))
        html = _inliner.inline(render_to_string(f"{template}.html", full))
    return Rendered(subject, text, html.replace("\x00", ""))


def public_url(path: str) -> str:
    """Return the absolute address of a page on the public host."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.SCHEME}://{settings.DOMAIN}{port}{path}"


def _summary_text(summary: Iterable[tuple[str, str]]) -> str:
    """Return the summary for the text part; what has several lines stands below its label."""
    rows = []
    for label, value in summary:
        lines = str(value).splitlines() or [""]
        rows.append(f"{label}: {lines[0]}" if len(lines) == 1 else f"{label}:")
        rows += [f"  {line}" for line in lines if len(lines) > 1]
    return "\n".join(rows)


def _plain(template: str, context: dict[str, Any]) -> str:
    found: Any = get_template(template)
    rendered: str = found.template.render(Context(context, autoescape=False))
    return rendered


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.replace("\x00", "").splitlines())
    return _blank_lines.sub("\n\n", lines).strip() + "\n"
