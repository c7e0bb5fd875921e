"""E-mails that come back after a mail server has taken them (SM-EMAIL, OUT-29).

Each message leaves with an envelope sender of its own (BOUNCE_ADDRESS with the message's id), and
what arrives there is handed to `manage.py receive_bounce`. What a server reports (RFC 3464) is
recorded as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portal.outbox.models import OutboundEmail
from portal.outbox.telling import note_wrong_address, tell_in_charge
from portal.tenancy.context import in_public

# What a report may be long, in bytes; the message that came back follows it and is not needed.
LONGEST = 1_000_000
LONGEST_WORDS = 1000
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_ID = re.compile(r"\+([0-9a-f]{32})@")
_MESSAGE_ID = re.compile(rb"<([0-9a-f]{32})@([^>\s]+)>")
_CODE = re.compile(r"\b([45]\d\d)\b")
State = OutboundEmail.State


@dataclass(frozen=True)
class Bounce:
    """A report: which message did not arrive, what the server said, and its code."""

    email_id: UUID
    words: str
    status: int


def envelope_sender(email: OutboundEmail) -> str:
    """Return the address that reports about this message go to."""
    if not settings.BOUNCE_ADDRESS:
        return email.from_address
    name, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{name}+{email.pk.hex}@{domain}"


def read_bounce(raw: bytes, *, recipient: str = "") -> Bounce | None:
    """Return what a message reports; None if it is no report of a failure for good.

    ``recipient`` is the address it arrived at; without it the message's headers are asked, then the
    message that came back. An answer of a person on holiday is no report, and a delay is no
    failure.
    """
    message = message_from_bytes(raw[:LONGEST], policy=policy.compat32)
    report = next(_failures(message), None)
    email_id = _id_of(message, raw, recipient)
    if report is None or email_id is None:
        return None
    said = " ".join(str(report.get("Diagnostic-Code", "")).partition(";")[2].split())
    enhanced = str(report.get("Status", "")).strip()
    words = said if enhanced in said else f"{enhanced} {said}".strip()
    code = _CODE.search(said)
    return Bounce(email_id, words[:LONGEST_WORDS] or "failed", int(code[1]) if code else 550)


def _failures(message: Message) -> Iterator[Message]:
    """Yield the parts of a report that are about a recipient who was not reached."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():
            if isinstance(block, Message) and str(block.get("Action", "")).lower() == "failed":
                yield block


def _id_of(message: Message, raw: bytes, recipient: str) -> UUID | None:
    addresses = [recipient, *(str(message.get(name, "")) for name in _ENVELOPE)]
    for address in addresses:
        found = _ID.search(address.lower())
        if found:
            return UUID(found[1])
    # The report has a Message-ID too, of the far server; only one of our domain is a message's.
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].encode()
    found_ids = (UUID(i.decode()) for i, host in _MESSAGE_ID.findall(raw[:LONGEST]) if host == ours)
    return next(found_ids, None)


@transaction.atomic
def record_bounce(bounce: Bounce, *, at: datetime) -> OutboundEmail | None:
    """Note that a message came back: SENT -> BOUNCED; tell whoever is in charge.

    The address counts as not working from now on (OUT-36).

    Return the message; None if it is unknown or was not sent, as after a second report.
    """
    with in_public():
        rows = OutboundEmail.objects.across_partners().select_for_update()
        email = rows.filter(pk=bounce.email_id, state=State.SENT).first()
        if email is None:
            return None
        email.state, email.dead_at = State.BOUNCED, at
        email.last_error, email.last_status = bounce.words, bounce.status
        email.save(update_fields=["state", "dead_at", "last_error", "last_status"])
    note_wrong_address(email, at=at)
    tell_in_charge(email, at=at)
    return email
