"""Mail that comes in: stored first, then sorted and handed on (OUT-33, OUT-34, OUT-35).

Each message is a row before anything else is done with it, and waits for a person until something
else has become of it. So neither an error nor the end of the process loses one.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from portal.outbox.answering import Outcome, take_new, take_reply
from portal.outbox.arriving import arrived_at, is_ours, owner
from portal.outbox.bounces import read_bounce, record_bounce
from portal.outbox.mail.decoding import clean, header
from portal.outbox.mail.message import Mail, read_mail
from portal.outbox.models import InboundEmail
from portal.outbox.settling import Reason, State, note_about, settle
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.hosts import suspended
from portal.tenancy.models import PartnerEvent

log = logging.getLogger(__name__)

# What is longer is kept in its first part only.
LONGEST = 25 * 1024 * 1024
FIRST_PART = 1024 * 1024
# More from one sender about one object within an hour come from a machine, whatever they say.
MOST_IN_AN_HOUR = 20
KEPT_DAYS = 30
RETRY_HOURS = 24

# What is added on the way, and differs when the same message is delivered twice.
_ON_THE_WAY = re.compile(
    rb"^(received|x-received|return-path|delivered-to|x-original-to|envelope-to|x-envelope-to"
    rb"|received-spf|authentication-results|arc-[a-z-]+):.*(\r?\n[ \t].*)*\r?\n",
    re.IGNORECASE | re.MULTILINE,
)
_OUR_ID = re.compile(r"<[0-9a-f]{32}@([^>\s]+)>")


def receive(raw: bytes, *, recipient: str = "", size: int = 0, at: datetime) -> InboundEmail:
    """Store a message that came in and handle it; return its row.

    ``recipient`` is the address that it arrived at; without it the message's headers are asked.
    ``size`` is how long it was if ``raw`` is only its first part. What goes wrong after it was
    stored is logged, and the row waits for a person. Raise an error of the database only if it
    could not be stored: the mail server then has to try again.
    """
    with in_public():
        row = store(raw, recipient=recipient, size=size, at=at)
        handle(row, at=at)
        row.refresh_from_db()
    return row


def store(raw: bytes, *, recipient: str = "", size: int = 0, at: datetime) -> InboundEmail:
    """Return the row of a message; the same message at the same address is one row."""
    message = _headers(raw)
    found = arrived_at(recipient.strip(), message).lower()[:320]
    digest = hashlib.sha256(found.encode("utf-8", "replace") + b"\0" + _lasting(raw)).hexdigest()
    rows = InboundEmail.objects.across_partners()
    row = InboundEmail(
        # Until it is handled: what stops here waits for a person.
        state=State.WAITING,
        reason=Reason.FAILED,
        digest=digest,
        raw=raw if len(raw) <= LONGEST else raw[:FIRST_PART],
        size=min(max(size, len(raw)), 2_147_483_647),
        recipient=clean(found),
        subject=header(message, "Subject")[:300],
        message_id=header(message, "Message-ID")[:500],
        received_at=at,
    )
    with in_public():
        _address, row.partner = owner(row.recipient)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return rows.get(digest=digest)
    return row


def _headers(raw: bytes) -> Message:
    """Return the headers of a message; none where they cannot be read."""
    try:
        return BytesHeaderParser().parsebytes(raw[:FIRST_PART])
    except Exception:
        log.warning("the headers of a message cannot be read", exc_info=True)
        return Message()


def _lasting(raw: bytes) -> bytes:
    """Return a message without the headers that are added on its way."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap or b"\n\n" in head:
        head, gap, body = raw.partition(b"\n\n")
    return _ON_THE_WAY.sub(b"", head + b"\n") + gap + body


def handle(row: InboundEmail, *, at: datetime) -> None:
    """Sort a stored message and hand it on; whatever goes wrong, it waits for a person."""
    try:
        with transaction.atomic(), in_public():
            rows = InboundEmail.objects.across_partners().select_for_update(of=("self",))
            waiting = rows.filter(pk=row.pk, state=State.WAITING, reason=Reason.FAILED)
            locked = waiting.select_related("partner").first()
            if locked is not None:
                _handle(locked, at=at)
    except Exception:
        log.exception("the e-mail %s could not be handled", row.pk)


def _handle(row: InboundEmail, *, at: datetime) -> None:
    raw = bytes(row.raw or b"")
    mail = read_mail(raw)
    if row.size > len(raw):
        names = (*mail.left_out, *(each.name for each in mail.files))
        mail = replace(mail, files=(), left_out=names, cut_size=row.size)
    row.from_address, row.from_name = mail.from_address[:320], mail.from_name[:200]
    row.text = mail.whole
    if _is_automatic(row, mail):
        _note_bounce(row, raw, at=at)
        settle(row, State.AUTOMATIC, at=at)
        return
    _address, partner = owner(row.recipient)
    if partner is not None and not partner.is_active:
        # It stays as it is until the partner is active again (CHAN-21).
        row.save()
        return
    outcome = _taken(row, mail, at=at)
    if outcome.about is not None:
        note_about(row, outcome.about, outcome.label)
    if outcome.reason:
        row.reason = outcome.reason
        row.save()
    else:
        settle(row, State.HANDLED, at=at)


def _note_bounce(row: InboundEmail, raw: bytes, *, at: datetime) -> None:
    """Note at the message that it is about that it came back, if this is such a report."""
    bounce = read_bounce(raw, recipient=row.recipient)
    email = record_bounce(bounce, at=at) if bounce is not None else None
    if email is not None:
        row.partner = email.partner
        row.about_type, row.about_id = email.about_type, email.about_id
        row.about_label, row.customer_id = email.about_label, email.customer_id


def _is_automatic(row: InboundEmail, mail: Mail) -> bool:
    """Return whether a machine wrote it, or it is a message of ours that came back in a circle."""
    ours = (settings.REPLY_ADDRESS, settings.BOUNCE_ADDRESS)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()
    if mail.from_address == sender or any(is_ours(mail.from_address, each) for each in ours):
        return True
    own = _OUR_ID.fullmatch(mail.message_id)
    if own is not None and own[1] == sender.rpartition("@")[2]:
        return True
    if is_ours(row.recipient, settings.BOUNCE_ADDRESS):
        return True
    return bool(mail.automatic)


def _taken(row: InboundEmail, mail: Mail, *, at: datetime) -> Outcome:
    """Hand a message of a person on; return what became of it."""
    address, partner = owner(row.recipient)
    if partner is None:
        return Outcome(reason=Reason.UNKNOWN_ADDRESS)
    if mail.is_broken or mail.is_encrypted:
        return Outcome(reason=Reason.UNREADABLE)
    if _too_many(row, at=at):
        return Outcome(reason=Reason.TOO_MANY)
    if not (mail.text.strip() or mail.files or mail.left_out):
        return Outcome(reason=Reason.EMPTY)
    with in_partner(partner):
        if address is not None:
            return take_reply(mail, address, row, at=at)
        return take_new(mail, row, at=at)


def _too_many(row: InboundEmail, *, at: datetime) -> bool:
    """Return whether so many came from this sender to this address that a machine writes them."""
    lately = InboundEmail.objects.across_partners().filter(
        recipient=row.recipient,
        from_address=row.from_address,
        received_at__gt=at - timedelta(hours=1),
    )
    return lately.exclude(pk=row.pk).count() >= MOST_IN_AN_HOUR


def sweep(*, at: datetime) -> tuple[int, int]:
    """Try once more what failed lately; erase what automatic and dismissed messages said.

    Return how many were tried and how many were erased.
    """
    with in_public():
        rows = InboundEmail.objects.across_partners()
        since = at - timedelta(hours=RETRY_HOURS)
        # What came for a partner while it was suspended is tried from then on (CHAN-21).
        reopened = PartnerEvent.objects.filter(kind=PartnerEvent.Kind.REOPENED, at__gt=since)
        failed = rows.filter(
            Q(received_at__gt=since) | Q(partner_id__in=reopened.values("partner_id")),
            state=State.WAITING,
            reason=Reason.FAILED,
        ).exclude(partner__in=suspended())
        again = list(failed.defer("raw", "text").order_by("received_at")[:100])
        for row in again:
            handle(row, at=at)
        old = rows.filter(
            state__in=(State.AUTOMATIC, State.DISMISSED),
            handled_at__lt=at - timedelta(days=KEPT_DAYS),
            raw__isnull=False,
        )
        return len(again), old.update(raw=None, text="")
