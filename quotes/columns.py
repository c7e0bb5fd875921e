"""The columns of the list of quotes (REG-45)."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from orders.columns import author
from portal.core.list_columns import Column, Detail, annotated
from portal.tenancy.context import local_day
from quotes.models import Quote
from quotes.states import CSS

# All that the columns read of a row.
FIELDS = (
    *("partner_id", "number", "title", "po_number", "revision", "valid_until", "one_off"),
    *("monthly", "state", "created_at", "changed_at", "sent_at", "confirmed_at"),
    *("customer__partner_id", "customer__name", "customer__number", "customer__sort_key"),
)


def quote_columns(*, prices: bool, currency: str) -> list[Column[Quote]]:
    """Return every column; the sums only for those who may see prices."""
    sums: list[Column[Quote]] = [
        Column(
            "one_off",
            _("One-off"),
            lambda quote, names: quote.one_off,
            ("one_off",),
            standard=True,
            css="k-num k-lg k-sm-hide",
            unit=currency,
        ),
        Column(
            "monthly",
            _("Monthly"),
            lambda quote, names: quote.monthly,
            ("monthly",),
            standard=True,
            css="k-num",
            unit=currency,
        ),
    ]
    return [*_what(), *(sums if prices else []), *_how_far()]


def _what() -> list[Column[Quote]]:
    return [
        Column(
            "number",
            _("Quote"),
            lambda quote, names: quote.number,
            ("created_at",),
            always=True,
            css="",
            url=lambda quote, names: f"/quotes/{quote.pk}/",
            detail=Detail(_("Title"), lambda quote, names: quote.title, 32),
        ),
        Column(
            "customer",
            _("Customer"),
            lambda quote, names: quote.customer.name,
            (Collate(F("customer__sort_key"), "C"),),
            standard=True,
            width=32,
            detail=Detail(_("Customer number"), lambda quote, names: quote.customer.number),
        ),
        Column(
            "po_number",
            _("Purchase order number"),
            lambda quote, names: quote.po_number,
            ("po_number", "created_at"),
        ),
        Column(
            "valid",
            _("Valid until"),
            lambda quote, names: quote.valid_until,
            ("valid_until",),
            standard=True,
            css="k-nowrap k-lg",
        ),
    ]


def _how_far() -> list[Column[Quote]]:
    states = {value: str(label) for value, label in Quote.State.choices}
    return [
        Column(
            "state",
            _("State"),
            lambda quote, names: states[quote.state],
            ("state", "changed_at"),
            standard=True,
            css="k-corner",
            sign=lambda quote: CSS[Quote.State(quote.state)],
        ),
        Column(
            "by",
            _("Written by"),
            lambda quote, names: str(annotated(quote, "author") or ""),
            (author, "created_at"),
            needs={"author": author},
        ),
        Column(
            "written",
            _("Written"),
            lambda quote, names: local_day(quote.created_at),
            ("created_at",),
            css="k-nowrap",
        ),
        Column(
            "sent",
            _("Sent"),
            lambda quote, names: local_day(quote.sent_at) if quote.sent_at else None,
            ("sent_at",),
            css="k-nowrap",
        ),
        Column(
            "confirmed",
            _("Confirmed"),
            lambda quote, names: local_day(quote.confirmed_at) if quote.confirmed_at else None,
            ("confirmed_at",),
            css="k-nowrap",
        ),
        Column(
            "changed",
            _("Changed"),
            lambda quote, names: local_day(quote.changed_at),
            ("changed_at",),
            css="k-nowrap",
        ),
    ]
