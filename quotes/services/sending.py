"""Services for asking the customer: preview, send, remind, withdraw, expire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy, override

from customers.models import Contact
from orders.credit import CreditExceeded, check_credit
from orders.services.checks import NotRegistered, check_active, check_customer
from portal.accounts.models import Membership
from portal.catalog.models import TermsVersion
from portal.core.errors import RuleError, WrongState
from portal.history.services import record
from portal.tenancy.context import local_day, require_partner
from portal.tenancy.queueing import enqueue
from quotes import emails
from quotes.commercials import amounts_of, refuse_commercials
from quotes.contacts import AddressChanged, check_contact, check_present
from quotes.links import new_link
from quotes.models import Confirmation, Quote, QuoteLine
from quotes.services.drafts import check_lines, close_open, lock_quote, touch
from quotes.services.evidence import sha256_of
from quotes.states import next_state


class NoTerms(RuleError):
    """Refuse to ask for approval while no terms are published (CON-03)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("No terms and conditions are published."))


@dataclass(frozen=True)
class Proposal:
    """What would be sent: shown as a preview, frozen by sending."""

    contact: Contact
    language: str
    terms: TermsVersion
    snapshot: dict[str, Any]
    expires_at: datetime


def published_terms(language: str, *, at: datetime) -> TermsVersion:
    """Return the terms in force in a language; raise NoTerms if none are published."""
    found = (
        TermsVersion._default_manager.filter(language=language, published_at__lte=at)
        .order_by("-published_at", "-version")
        .first()
    )
    if found is None:
        raise NoTerms
    return found


def expiry(quote: Quote, *, at: datetime) -> datetime:
    """Return when the link ends: after 30 days, or with the quote's last day (D7, D20)."""
    partner = require_partner()
    midnight = datetime.combine(quote.valid_until + timedelta(days=1), time.min, tzinfo=partner.tz)
    return min(at + timedelta(days=settings.CONFIRMATION_DAYS), midnight)


def _snapshot(
    quote: Quote, lines: Sequence[QuoteLine], terms: TermsVersion, by: Membership, language: str
) -> dict[str, Any]:
    """Return everything that the customer sees but the terms' text; no commercials (CON-02)."""
    partner = require_partner()
    customer = quote.customer
    with override(language):
        rows = [
            {
                "name": line.product.title,
                "text": line.product.summary,
                "quantity": line.quantity,
                "term_months": line.term_months,
            }
            for line in lines
        ]
    return {
        "form": 1,
        "quote": quote.number,
        "revision": quote.revision,
        "title": quote.title,
        "message": quote.message,
        "valid_until": quote.valid_until.isoformat(),
        "partner": {"name": partner.name},
        "customer": {
            "name": customer.name,
            "number": customer.number,
            "address": customer.address_lines,
            "organisation_number": customer.organisation_number,
        },
        "sender": {"name": by.user.name, "email": by.user.email},
        "lines": rows,
        "terms": {
            "id": str(terms.pk),
            "title": terms.title,
            "version": terms.version,
            "published": local_day(terms.published_at).isoformat() if terms.published_at else "",
        },
    }


def _words(snapshot: dict[str, Any]) -> str:
    """Return all entered text of a snapshot, for the guard."""
    parts = [snapshot["title"], snapshot["message"], snapshot["terms"]["title"]]
    parts += [text for row in snapshot["lines"] for text in (row["name"], row["text"])]
    return "\n".join(parts)


def obstacles(quote: Quote) -> list[str]:
    """Return what would stop the order today, as warnings: asking orders nothing (CON-47)."""
    lines = list(quote.lines.select_related("product"))
    found: list[str] = []
    for family in sorted({line.family for line in lines}):
        try:
            check_customer(quote.customer, family)
        except NotRegistered as refusal:
            found.append(str(refusal))
        except RuleError:
            return []
    try:
        check_credit(quote.customer, sum((line.exposure for line in lines), Decimal(0)))
    except CreditExceeded as refusal:
        found.append(str(refusal))
    return found


def propose(quote: Quote, contact: Contact, *, by: Membership, at: datetime) -> Proposal:
    """Return what would be sent to this contact now, after every check; write nothing.

    Credit and clearance are not asked for: see :func:`obstacles` (CON-47). Raise WrongState,
    RuleError of check_lines, NoDomain, NotInDomain, NotPrimary, NoTerms, CommercialsShown.
    """
    next_state(quote, "send")
    if quote.valid_until < local_day(at):
        raise RuleError(
            gettext_lazy("The quote is no longer valid. Give it a later date first."),
            field="valid_until",
        )
    lines = check_lines(quote, to_order=False)
    if contact.customer_id != quote.customer_id:
        raise RuleError(
            gettext_lazy("Choose the contact to send the confirmation to."), field="contact"
        )
    check_contact(quote.customer, contact)
    language = quote.customer.language
    terms = published_terms(language, at=at)
    snapshot = _snapshot(quote, lines, terms, by, language)
    refuse_commercials(_words(snapshot), amounts_of(quote))
    return Proposal(contact, language, terms, snapshot, expiry(quote, at=at))


@transaction.atomic
def send_confirmation(
    quote_id: UUID, contact: Contact, *, version: int, by: Membership, at: datetime
) -> Confirmation:
    """Ask a contact to confirm: DRAFT -> SENT (CON-01 to CON-10).

    Freezes what the contact will see together with its hash, stores the hash of the link's secret,
    and queues one e-mail to the contact. Makes no order. Raise StaleQuote and whatever
    :func:`propose` raises.
    """
    quote = lock_quote(quote_id, version=version)
    proposal = propose(quote, contact, by=by, at=at)
    quote.state, quote.sent_at = next_state(quote, "send"), at
    touch(quote, at=at)
    confirmation = Confirmation.objects.create(
        quote=quote,
        customer=quote.customer,
        revision=quote.revision,
        language=proposal.language,
        contact=contact,
        addressee_name=contact.full_name,
        addressee_email=contact.email,
        terms=proposal.terms,
        terms_sha256=proposal.terms.sha256,
        snapshot=proposal.snapshot,
        snapshot_sha256=sha256_of(proposal.snapshot),
        sent_by=by,
        sent_at=at,
        expires_at=proposal.expires_at,
    )
    # A deactivation under way holds the row that the new confirmation refers to (REG-61).
    quote.customer.refresh_from_db(fields=["is_active"])
    check_active(quote.customer)
    secret = new_link(confirmation, at=at)
    emails.confirmation(confirmation, secret=secret, key=f"confirmation-{confirmation.pk}", at=at)
    enqueue("quotes.paper", partner=require_partner(), confirmation=confirmation.pk)
    record(
        quote,
        "confirmation_sent",
        customer_id=quote.customer_id,
        addressee=confirmation.addressee_name,
        address=confirmation.addressee_email,
        until=proposal.expires_at.isoformat(),
    )
    return confirmation


def _lock_open(quote: Quote, act: str, *, at: datetime) -> Confirmation:
    next_state(quote, act)
    found = Confirmation.objects.select_for_update(of=("self",)).filter(quote=quote).open().first()
    if found is None or found.is_over(at):
        raise WrongState(gettext_lazy("The link has expired. Revise the quote and send it again."))
    return found


@transaction.atomic
def remind(quote_id: UUID, *, at: datetime) -> Confirmation:
    """Mail the addressee another link; the earlier one still works.

    At most once a day, and only to the address that was asked while it is still theirs and within
    the customer's domains (CON-31). Raise WrongState, AddressChanged, RuleError.
    """
    quote = lock_quote(quote_id)
    confirmation = _lock_open(quote, "remind", at=at)
    check_present(confirmation.contact)
    if confirmation.address_changed:
        raise AddressChanged(confirmation)
    check_contact(quote.customer, confirmation.contact)
    last = confirmation.reminded_at or confirmation.sent_at
    if at - last < timedelta(hours=settings.REMINDER_HOURS):
        raise RuleError(gettext_lazy("An e-mail went out less than a day ago. Remind tomorrow."))
    confirmation.reminded_at = at
    confirmation.save(update_fields=["reminded_at"])
    secret = new_link(confirmation, at=at)
    key = f"confirmation-{confirmation.pk}-{at.timestamp():.0f}"
    emails.confirmation(confirmation, secret=secret, key=key, at=at, reminder=True)
    record(
        quote,
        "confirmation_reminded",
        customer_id=quote.customer_id,
        addressee=confirmation.addressee_name,
    )
    return confirmation


@transaction.atomic
def withdraw(quote_id: UUID, *, at: datetime) -> Quote:
    """Withdraw: SENT -> DRAFT; the link's page then says whom to ask for a new one (CON-21)."""
    quote = lock_quote(quote_id)
    quote.state = next_state(quote, "withdraw")
    close_open(quote, at=at)
    quote.revision += 1
    touch(quote, at=at)
    return quote


@transaction.atomic
def withdraw_for_inactive(quote_id: UUID, *, at: datetime) -> None:
    """Withdraw the link of a customer that is deactivated, and tell whom it concerns (REG-61).

    Nothing happens if the customer answered meanwhile.
    """
    quote = lock_quote(quote_id)
    asked = Confirmation.objects.filter(quote=quote).open().select_related("contact").first()
    if asked is None:
        return
    withdraw(quote_id, at=at)
    emails.withdrawn(asked)


@transaction.atomic
def expire(confirmation_id: UUID, *, at: datetime) -> bool:
    """Record that the time of a confirmation is over; return whether it was recorded now."""
    quote_id = Confirmation.objects.values_list("quote_id", flat=True).get(pk=confirmation_id)
    quote = lock_quote(quote_id)
    confirmation = Confirmation.objects.select_for_update(of=("self",)).get(pk=confirmation_id)
    if not confirmation.is_open or not confirmation.is_over(at):
        return False
    confirmation.state, confirmation.decided_at = Confirmation.State.EXPIRED, at
    confirmation.save(update_fields=["state", "decided_at"])
    quote.state = next_state(quote, "expire")
    touch(quote, at=at)
    record(quote, "confirmation_expired", customer_id=quote.customer_id)
    emails.expired(confirmation)
    return True


def expire_due(*, at: datetime) -> int:
    """Expire what is due in this partner's schema, one transaction each; return how many."""
    due = list(Confirmation.objects.past(at).values_list("pk", flat=True)[:500])
    return sum(1 for pk in due if expire(pk, at=at))
