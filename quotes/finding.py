"""Finding quotes for the list and its file: filters, order, columns (REG-09, REG-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter, people_filter
from orders.queries import matches
from portal.accounts.models import Membership
from portal.core.list_filters import Asked, Filter
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.context import local_day, within_days
from portal.tenancy.downloads import FileColumn
from quotes.models import Quote, QuoteQuerySet

SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("created_at",),
    "customer": (Collate(F("customer__sort_key"), "C"),),
    "valid": ("valid_until",),
    "one_off": ("one_off",),
    "monthly": ("monthly",),
    "state": ("state", "changed_at"),
    "changed": ("changed_at",),
}
S = Quote.State
TABS = (S.DRAFT, S.SENT, S.CONFIRMED, S.PROGRESSED, S.DECLINED, S.EXPIRED)


def quote_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of quotes."""
    states = [(state.value, str(state.label)) for state in S]
    return [
        Filter(
            "state",
            _("State"),
            "choice",
            [("", _("Any state")), *states],
            tabs=[(state.value, str(state.label)) for state in TABS],
        ),
        people_filter(person, "by", _("Written by"), _("Anybody"), _("Me")),
        customer_filter(person),
        Filter("from", _("Written from"), "date", end="from"),
        Filter("to", _("Written until"), "date", end="to"),
    ]


def found_quotes(asked: Asked[Filter], person: Membership) -> QuoteQuerySet:
    """Return the visible quotes that search and filters leave (REG-09, REG-36).

    A filter whose value has no meaning leaves none (USE-14).
    """
    found = Quote.objects.visible_to(person)
    if not asked.is_possible:
        return found.none()
    if asked.text:
        found = found.filter(matches(Quote, asked.text))
    values = asked.values
    if "state" in values:
        found = found.filter(state=values["state"])
    if "customer" in values:
        found = found.filter(customer_id=values["customer"])
    if "by" in values:
        who = person.pk if values["by"] == "me" else UUID(values["by"])
        found = found.filter(created_by_id=who)
    days = within_days("created_at", values.get("from", ""), values.get("to", ""))
    return found.filter(days)


def total_sentence(total: int) -> str:
    """Return how many quotes there are, as the page's second line."""
    if total > COUNTED:
        return _("Quotes: %s.") % total_in_words(total)
    return ngettext("%(n)s quote.", "%(n)s quotes.", total) % {"n": total_in_words(total)}


def empty_words(asked: Asked[Filter]) -> tuple[str, str] | None:
    """Return what is said of a tab without quotes; None where more than the state is asked for."""
    words: dict[str, tuple[str, str]] = {
        S.DRAFT: (_("No drafts"), _("Every quote that was begun was sent.")),
        S.SENT: (_("Nothing is waiting"), _("Every customer has answered.")),
        S.CONFIRMED: (_("Nothing is waiting"), _("Every confirmed quote was ordered.")),
        S.PROGRESSED: (
            _("Nothing was ordered yet"),
            _("Quotes that became orders are listed here."),
        ),
        S.DECLINED: (_("No quote was declined"), _("There is nothing to do here.")),
        S.EXPIRED: (_("No quote has expired"), _("There is nothing to do here.")),
    }
    return words.get(asked.only("state"))


# What the file reads, so that no row is built of more.
FILE_FIELDS = (
    *("partner_id", "number", "title", "valid_until", "one_off", "monthly", "state"),
    *("created_at", "changed_at"),
    *("customer__partner_id", "customer__name", "customer__number"),
)


def file_columns(*, prices: bool, currency: str) -> list[FileColumn]:
    """Return the columns of the file; the sums only for those who may see prices."""
    sums: list[tuple[str, Callable[[Quote], Any]]] = [
        (f"{_('One-off')}, {currency}", lambda quote: quote.one_off),
        (f"{_('Monthly')}, {currency}", lambda quote: quote.monthly),
    ]
    columns: list[tuple[str, Callable[[Quote], Any]]] = [
        (_("Quote"), lambda quote: quote.number),
        (_("Title"), lambda quote: quote.title),
        (_("Customer"), lambda quote: quote.customer.name),
        (_("Customer number"), lambda quote: quote.customer.number),
        (_("Valid until"), lambda quote: quote.valid_until),
        *(sums if prices else []),
        (_("State"), lambda quote: quote.get_state_display()),
        (_("Written"), lambda quote: local_day(quote.created_at)),
        (_("Changed"), lambda quote: local_day(quote.changed_at)),
    ]
    wide = {_("Customer"), _("Title")}
    return [FileColumn(label, value, 32 if label in wide else 18) for label, value in columns]
