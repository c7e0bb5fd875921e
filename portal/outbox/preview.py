"""Showing a message without its secrets, or with them in the embedded run."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import Unreadable, conceal, decrypt, reveal
from portal.outbox.transports import written


@dataclass(frozen=True)
class Shown:
    """Subject, text and HTML to show; ``with_links``: the links work (OUT-04)."""

    subject: str
    text: str
    html: str
    with_links: bool


def shown(email: OutboundEmail) -> Shown:
    """Return what the outbox shows of a message, with secrets in the embedded run only."""
    if settings.EMBEDDED:
        return _as_sent(email) or _as_stored(email)
    words = _("(link hidden)")
    return Shown(
        subject=conceal(email.subject, email.pk, words),
        text=conceal(email.text, email.pk, words),
        html=conceal(email.html, email.pk, words, html=True),
        with_links=False,
    )


def _as_sent(email: OutboundEmail) -> Shown | None:
    """Return the message from its `.eml` file, which keeps the links that were erased here."""
    message = written(email)
    if message is None:
        return None
    parts = {part.get_content_type(): str(part.get_content()) for part in message.iter_parts()}
    return Shown(
        subject=str(message["Subject"]),
        text=parts.get("text/plain", "").replace("\r\n", "\n"),
        html=_in_new_tabs(parts.get("text/html", "")),
        with_links=True,
    )


def _as_stored(email: OutboundEmail) -> Shown:
    """Return the message from its row: links work until it is sent, afterwards they are hidden."""
    try:
        secrets = decrypt(email.secrets_encrypted)
    except Unreadable:
        secrets = {}
    words = _("(link hidden)")
    text = reveal(email.text, email.pk, secrets)
    html = reveal(email.html, email.pk, secrets, html=True)
    return Shown(
        subject=conceal(reveal(email.subject, email.pk, secrets), email.pk, words),
        text=conceal(text, email.pk, words),
        html=_in_new_tabs(conceal(html, email.pk, words, keep_links=True, html=True)),
        with_links=True,
    )


def _in_new_tabs(html: str) -> str:
    """Make links open in a new tab, since our pages refuse to be shown in the message's frame."""
    return html.replace("<head>", '<head><base target="_blank">', 1)


def framed_html(html: str, *, with_links: bool = False) -> HttpResponse:
    """Return HTML for a frame of ours: no scripts, no forms, nothing loaded.

    Links open a tab only if they work.
    """
    sandbox = "sandbox allow-popups allow-popups-to-escape-sandbox" if with_links else "sandbox"
    response = HttpResponse(html)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {sandbox}; "
        "frame-ancestors 'self'"
    )
    return response
