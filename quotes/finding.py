"""Finding quotes for the list and its file (REG-09, REG-10)."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter, people_filter
from customers.models import ListColumns, SavedFilter
from orders.queries import matches
from portal.accounts.models import Membership
from portal.core.list_filters import Asked, Filter, read_filters
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.list_pages import ListOf, narrowed, state_filter, written_filters
from quotes.columns import FIELDS, quote_columns
from quotes.models import Quote, QuoteQuerySet

# Orders of the list that are read along an index.
INDEXED_SORTS = ("changed", "number", "written")
S = Quote.State
TABS = (S.DRAFT, S.SENT, S.CONFIRMED, S.PROGRESSED, S.DECLINED, S.EXPIRED)


def quote_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of quotes."""
    return [
        state_filter(S, TABS),
        people_filter(person, "by", _("Written by"), _("Anybody"), _("Me")),
        customer_filter(person),
        *written_filters(),
    ]


def listed_quotes(data: QueryDict, person: Membership) -> ListOf[Quote]:
    """Return the list of quotes as an address asks for it."""
    asked = read_filters(data, quote_filters(person))
    currency = person.partner.currency
    along_index = data.get("sort", "changed").lstrip("-") in INDEXED_SORTS
    return ListOf(
        name="quotes",
        title=_("Quotes"),
        page="quotes:list",
        default="-changed",
        asked=asked,
        found=found_quotes(asked, person, along_index=along_index),
        offered=quote_columns(prices=person.may("view_prices"), currency=currency),
        wanted=ListColumns.objects.names_for(person, SavedFilter.List.QUOTES),
        fields=FIELDS,
        joins=("customer",),
    )


def found_quotes(
    asked: Asked[Filter], person: Membership, *, along_index: bool = False
) -> QuoteQuerySet:
    """Return the visible quotes that search and filters leave (REG-09, REG-36)."""
    found = narrowed(Quote.objects.visible_to(person), asked, "state")
    if asked.text:
        found = found.filter(matches(Quote, asked.text, along_index=along_index))
    if "by" in asked.values:
        by = asked.values["by"]
        found = found.filter(created_by_id=person.pk if by == "me" else UUID(by))
    return found


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
