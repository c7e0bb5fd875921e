"""Quotes on other pages: the group above the orders, and the customer's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from orders.groups import Group, GroupRow
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.finding import Wanted
from portal.core.formats import amount, day
from portal.tenancy.context import local_day
from quotes.models import Confirmation, Quote, QuoteQuerySet
from quotes.states import CSS

SHOWN = 10


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """One quote as lists show it."""

    id: UUID
    number: str
    revision: int
    title: str
    customer: str
    customer_id: UUID
    customer_number: str
    valid_until: str
    one_off: str
    monthly: str
    state: str
    css: str
    sendable: bool
    progressable: bool
    changed: str


def quote_rows(quotes: Iterable[Quote]) -> list[QuoteRow]:
    """Return the rows; the quotes must come with their customers."""
    states = {value: str(label) for value, label in Quote.State.choices}
    return [
        QuoteRow(
            id=quote.pk,
            number=quote.number,
            revision=quote.revision,
            title=quote.title,
            customer=quote.customer.name,
            customer_id=quote.customer_id,
            customer_number=quote.customer.number,
            valid_until=day(quote.valid_until),
            one_off=amount(quote.one_off),
            monthly=amount(quote.monthly),
            state=states[quote.state],
            css=CSS[Quote.State(quote.state)],
            sendable=quote.is_draft,
            progressable=quote.state == Quote.State.CONFIRMED,
            changed=day(local_day(quote.changed_at)),
        )
        for quote in quotes
    ]


def quotes_for_list(person: Membership) -> QuoteQuerySet:
    """Return what the list of quotes shows, with each row's customer in the same query."""
    return Quote.objects.visible_to(person).select_related("customer")


def search_quotes(person: Membership, text: str, *, limit: int = 20) -> list[Quote]:
    """Return quotes by a part of their number, title or purchase order number (REG-36), ranked
    as orders are."""
    wanted = Wanted(text)
    if len(wanted.spelled) < 3 or not wanted.is_indexed or not person.may("view_quote"):
        return []
    found = quotes_for_list(person)
    rows = {row.pk: row for row in found.filter(wanted.ends("find_key"))[:limit]}
    if len(rows) < limit:
        rows |= {row.pk: row for row in found.filter(wanted.q("find_key"))[: limit * 5]}
    ranked = sorted(rows.values(), key=lambda row: row.created_at, reverse=True)
    ranked.sort(key=lambda row: wanted.rank(row.number, row.title, row.po_number))
    return ranked[:limit]


def pending_approval(person: Membership) -> Group | None:
    """Return the quotes that wait for a customer's answer (CON-26)."""
    if not person.may("view_quote"):
        return None
    waiting = quotes_for_list(person).waiting()
    rows = list(waiting.order_by("-sent_at")[: SHOWN + 1])
    if not rows:
        return None
    prices = person.may("view_prices")
    return Group(
        title=_("Pending customer approval"),
        rows=[
            GroupRow(
                url=reverse("quotes:quote", args=[quote.pk]),
                number=quote.number,
                customer=quote.customer.name,
                customer_number=quote.customer.number,
                date=day(local_day(quote.sent_at) if quote.sent_at else None),
                one_off=amount(quote.one_off) if prices else "",
                monthly=amount(quote.monthly) if prices else "",
                state=str(quote.get_state_display()),
                css=CSS[Quote.State(quote.state)],
            )
            for quote in rows[:SHOWN]
        ],
        total=0 if len(rows) > SHOWN else len(rows),
        more_url=reverse("quotes:list") + "?state=sent" if len(rows) > SHOWN else "",
    )


def confirmed_before(order: Order) -> tuple[datetime, str] | None:
    """Return when the customer confirmed the quote that an order was made of, and its number."""
    confirmed = Confirmation.objects.filter(
        quote__orders__order=order, state=Confirmation.State.ACCEPTED, decided_at__isnull=False
    )
    found = confirmed.values_list("decided_at", "quote__number").first()
    return (found[0], _("Quote %s") % found[1]) if found is not None and found[0] else None
