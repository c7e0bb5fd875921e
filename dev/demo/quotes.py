"""Playing the quotes of the demo through the quotes' own services, in the past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from dev.demo.mail import date_mail
from dev.demo.orders import working_days_ago
from dev.demo.proposals import PROPOSALS, Proposal
from portal.accounts.models import Membership
from portal.catalog.models import Product
from portal.core.actor import acting, dated
from portal.core.pdf import PdfMissing, weasyprint
from portal.outbox.issuing import render_due
from quotes.contacts import possible_contacts
from quotes.models import Confirmation, Quote
from quotes.services import answering, drafts, sending
from quotes.services.answering import Reader
from quotes.services.drafts import LineRequest
from quotes.services.progressing import progress_quote

FIRST_NUMBER = {"nordlys": 1178, "brueckner": 412, "harbour": 205}
READER = Reader(
    "203.0.113.24",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
)


def _moment(now: datetime, days: int, hour: int) -> datetime:
    at = datetime.combine(working_days_ago(now, days), datetime.min.time(), now.tzinfo)
    return min(at.replace(hour=hour, minute=20), now - timedelta(minutes=25 - hour))


def _write(row: Proposal, customer: Customer, by: Membership, at: datetime) -> Quote:
    quote = drafts.start_quote(
        customer=customer,
        title=row.title,
        valid_until=(at + timedelta(days=30)).date(),
        message=row.message,
        notes=row.notes,
        by=by,
        at=at,
    )
    products = Product.objects.filter(sku__in=row.lines)
    wanted = {
        product.pk: LineRequest(*row.lines[product.sku][:2], row.discount(product.sku))
        for product in products
    }
    return drafts.save_lines(quote.pk, version=quote.version, wanted=wanted, at=at)


def _answer(row: Proposal, asked: Confirmation, by: Membership, at: datetime) -> None:
    """Answer as the customer did, then continue as the partner did."""
    if row.end == "expired":
        sending.expire(asked.pk, at=asked.expires_at + timedelta(minutes=2))
        return
    people = possible_contacts(asked.quote.customer)
    accepter = next((c for c in people if c.pk != asked.contact_id), people[0])
    answering.note_opened(asked, at=at - timedelta(minutes=9))
    asked.refresh_from_db()
    if row.end == "declined":
        answering.decline_confirmation(
            asked.pk,
            contact_id=asked.contact_id,
            reason=row.words,
            seen=asked.snapshot_sha256,
            reader=READER,
            at=at,
        )
        return
    answering.accept_confirmation(
        asked.pk,
        contact_id=accepter.pk if row.other_answers else asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=READER,
        at=at,
    )
    _make_documents(at)
    if row.end == "progressed":
        progress_quote(
            asked.quote_id,
            po_number=row.po,
            address_checked=True,
            by=by,
            at=at + timedelta(hours=1),
        )
    if row.end == "superseded":
        drafts.supersede(asked.quote_id, by=by, at=at + timedelta(days=1))


def _make_documents(at: datetime) -> None:
    """Make the documents of that day; without Pango they stay queued for the worker."""
    try:
        weasyprint()
    except PdfMissing:
        return
    render_due(at=at + timedelta(seconds=8))


def load_quotes(
    slug: str,
    customers: Mapping[str, Customer],
    people: Mapping[str, Membership],
    *,
    now: datetime,
) -> None:
    """Play the quotes of one partner, oldest first, in that partner's context."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('quotes_number', %s)", [FIRST_NUMBER[slug]])
    since = timezone.now()
    here = now.astimezone(timezone.get_current_timezone())
    for row in sorted(PROPOSALS[slug], key=lambda row: -row.days):
        by = people[row.by]
        customer = Customer.objects.get(pk=customers[row.customer].pk)
        at = _moment(here, row.days, 9)
        with transaction.atomic(), acting(by.user), dated(at):
            quote = _write(row, customer, by, at)
        if row.end == "draft":
            continue
        at = _moment(here, row.sent, 11)
        with transaction.atomic(), acting(by.user), dated(at):
            contact = possible_contacts(customer)[0]
            asked = sending.send_confirmation(
                quote.pk, contact, version=quote.version, by=by, at=at
            )
        date_mail(quote.pk, since=since, at=at)
        if row.end != "sent":
            since = timezone.now()
            at = asked.expires_at if row.end == "expired" else _moment(here, row.answered, 14)
            with transaction.atomic(), acting(None), dated(at):
                _answer(row, asked, by, at)
            date_mail(quote.pk, since=since, at=at)
