"""The customer's answer: accepted or declined once, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from customers.models import Contact
from portal.core.crash_points import crash_points_of
from portal.core.errors import RuleError, StaleError
from portal.history.services import record
from portal.outbox.issuing import queue_document
from portal.outbox.models import Document
from portal.tenancy.context import require_partner
from quotes import emails
from quotes.contacts import possible_contacts
from quotes.models import Confirmation, Evidence, Quote
from quotes.services.drafts import lock_quote, touch
from quotes.services.evidence import append, lines_sha256
from quotes.states import next_state

DOCUMENT = "confirmation"


class Closed(RuleError):
    """Refuse an answer to a confirmation that is not open any more (CON-22)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This confirmation is not open any more."))


class Changed(StaleError):
    """Refuse an answer to another version than the one that is open now (INP-08)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This page is out of date. Read it again, then continue."))


class UnknownName(RuleError):
    """Refuse a name that is not one of the customer's contacts in its domains (CON-14)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Select your name."), field="contact")


@dataclass(frozen=True)
class Reader:
    """Where an answer came from."""

    address: str
    agent: str


def statements(language: str, customer: str) -> list[str]:
    """Return the two statements in full, as they are shown beside the ticks (CON-12, CON-13)."""
    with override(language):
        return [
            _("I have read, understood and agree to the terms."),
            _("I am authorised to accept these terms for %(customer)s.") % {"customer": customer},
        ]


def note_opened(confirmation: Confirmation, *, at: datetime) -> None:
    """Record the first opening (CON-11), perhaps by a mail filter, without changing the state."""
    noted = Confirmation.objects.filter(
        pk=confirmation.pk, opened_at=None, state=Confirmation.State.SENT
    ).update(opened_at=at)
    if noted:
        record(confirmation.quote, "link_opened", customer_id=confirmation.customer_id)


def _lock(confirmation_id: UUID, *, seen: str, at: datetime) -> Confirmation:
    """Return the open confirmation; lock first the quote, then the confirmation.

    ``seen`` is the hash of what the person read. Raise Closed, Changed.
    """
    quote_id = Confirmation.objects.values_list("quote_id", flat=True).get(pk=confirmation_id)
    quote = lock_quote(quote_id)
    confirmation = (
        Confirmation.objects.select_for_update(of=("self",))
        .select_related("terms", "contact", "sent_by__user")
        .get(pk=confirmation_id)
    )
    confirmation.quote = quote
    if not confirmation.is_open or confirmation.is_over(at):
        raise Closed
    if confirmation.snapshot_sha256 != seen or confirmation.revision != quote.revision:
        raise Changed
    return confirmation


def _answer(confirmation: Confirmation, reader: Reader, *, at: datetime) -> dict[str, Any]:
    """Return what every answer's evidence holds (CON-20)."""
    terms = confirmation.terms
    return {
        "quote": confirmation.quote.number,
        "revision": confirmation.revision,
        "customer": confirmation.snapshot["customer"],
        "partner": confirmation.snapshot["partner"]["name"],
        "language": confirmation.language,
        "snapshot": confirmation.snapshot,
        "snapshot_sha256": confirmation.snapshot_sha256,
        "lines_sha256": lines_sha256(confirmation.quote),
        "terms": {
            "id": str(terms.pk),
            "version": terms.version,
            "language": terms.language,
            "sha256": confirmation.terms_sha256,
        },
        "addressee": {
            "contact": str(confirmation.contact_id),
            "name": confirmation.addressee_name,
            "email": confirmation.addressee_email,
        },
        "sent_at": confirmation.sent_at.isoformat(),
        "opened_at": confirmation.opened_at.isoformat() if confirmation.opened_at else "",
        "at": at.isoformat(),
        "address": reader.address[:60],
        "agent": reader.agent[:400],
    }


def _person(contact: Contact) -> dict[str, str]:
    return {
        "contact": str(contact.pk),
        "name": contact.full_name,
        "email": contact.email,
        "job_title": contact.job_title,
    }


def _named(quote: Quote, contact_id: UUID | None) -> Contact:
    """Return the contact of the list that was chosen (CON-14, CON-50), or raise UnknownName."""
    names: dict[UUID, Contact] = {c.pk: c for c in possible_contacts(quote.customer)}
    chosen = names.get(contact_id) if contact_id is not None else None
    if chosen is None:
        raise UnknownName
    return chosen


def _acceptance(
    confirmation: Confirmation, accepter: Contact, reader: Reader, *, at: datetime
) -> dict[str, Any]:
    """Return what the evidence of an acceptance holds (CON-20)."""
    name = confirmation.snapshot["customer"]["name"]
    return {
        **_answer(confirmation, reader, at=at),
        "statements": statements(confirmation.language, name),
        "accepter": _person(accepter),
        "accepter_is_addressee": accepter.pk == confirmation.contact_id,
    }


@transaction.atomic
def accept_confirmation(
    confirmation_id: UUID,
    *,
    contact_id: UUID | None,
    seen: str,
    reader: Reader,
    at: datetime,
) -> Confirmation:
    """Accept: SENT -> ACCEPTED, and the quote CONFIRMED (CON-14 to CON-20). Orders nothing (D10).

    In one transaction: evidence, states, log, the document's row, and an e-mail each to the
    accepting contact, the addressee, the sender and the partner, which wait for the document. The
    form has checked both ticks (CON-18). Raise Closed, Changed, UnknownName.
    """
    confirmation = _lock(confirmation_id, seen=seen, at=at)
    quote = confirmation.quote
    accepter = _named(quote, contact_id)
    payload = _acceptance(confirmation, accepter, reader, at=at)
    append(confirmation, Evidence.Kind.ACCEPTED, payload, at=at)
    confirmation.state, confirmation.decided_at = Confirmation.State.ACCEPTED, at
    confirmation.accepted_by, confirmation.decided_name = accepter, accepter.full_name
    confirmation.save(update_fields=["state", "decided_at", "accepted_by", "decided_name"])
    quote.state, quote.confirmed_at = next_state(quote, "confirm"), at
    touch(quote, at=at)
    record(
        quote,
        "confirmation_accepted",
        customer_id=quote.customer_id,
        name=accepter.full_name,
        addressee=confirmation.addressee_name,
    )
    document = queue_document(
        kind=DOCUMENT,
        key=f"confirmation-{confirmation.pk}",
        about=quote,
        file_name=f"{quote.number}-{confirmation.revision}.pdf",
        language=confirmation.language,
        at=at,
    )
    emails.accepted(confirmation, accepter=accepter, document=document)
    crash_points_of("acceptance")
    return confirmation


@transaction.atomic
def decline_confirmation(
    confirmation_id: UUID,
    *,
    contact_id: UUID | None,
    reason: str,
    seen: str,
    reader: Reader,
    at: datetime,
) -> Confirmation:
    """Decline: SENT -> DECLINED with a reason and a name (CON-50); mail the partner (CON-23).

    Raise Closed, Changed, UnknownName, or RuleError at ``reason``.
    """
    text = reason.strip()
    if not text:
        raise RuleError(_("Say what should be different."), field="reason")
    confirmation = _lock(confirmation_id, seen=seen, at=at)
    quote = confirmation.quote
    decliner = _named(quote, contact_id)
    payload = {
        **_answer(confirmation, reader, at=at),
        "decliner": _person(decliner),
        "decliner_is_addressee": decliner.pk == confirmation.contact_id,
        "reason": text,
    }
    append(confirmation, Evidence.Kind.DECLINED, payload, at=at)
    confirmation.state, confirmation.decided_at = Confirmation.State.DECLINED, at
    confirmation.declined_by, confirmation.decided_name = decliner, decliner.full_name
    confirmation.decline_reason = text
    confirmation.save(
        update_fields=["state", "decided_at", "declined_by", "decided_name", "decline_reason"]
    )
    quote.state = next_state(quote, "decline")
    touch(quote, at=at)
    record(
        quote,
        "confirmation_declined_by",
        customer_id=quote.customer_id,
        name=decliner.full_name,
        reason=text[:300],
    )
    emails.declined(confirmation)
    return confirmation


def document_of(confirmation: Confirmation) -> Document | None:
    """Return the signed document of an accepted confirmation, made or not; None before."""
    partner = require_partner()
    key = f"confirmation-{confirmation.pk}"
    return Document.objects.for_partner(partner).filter(key=key).first()
