"""Finding orders for the list and its file (REG-09, REG-10)."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter, people_filter
from customers.models import ListColumns, SavedFilter
from orders.columns import FIELDS, order_columns
from orders.models import Order, OrderAssignee, OrderQuerySet
from orders.queries import matches
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.list_filters import Asked, Filter, read_filters
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.list_pages import ListOf, narrowed, state_filter, written_filters

# Orders of the list that are read along an index.
INDEXED_SORTS = ("changed", "start", "monthly", "number", "written")
S = Order.State
TABS = (S.DRAFT, S.SUBMITTED, S.ACCEPTED, S.PROVISIONING, S.FAILED, S.COMPLETED)


def order_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of orders."""
    families = [(value, str(label)) for value, label in Family.choices]
    return [
        state_filter(S, TABS),
        Filter("family", _("Family"), "choice", [("", _("Any family")), *families], menu=True),
        people_filter(person, "on", _("Responsible"), _("Anybody"), _("Mine")),
        Filter("by", _("Written by"), "choice", [("", _("Anybody")), ("me", _("Me"))]),
        Filter(
            "returned", _("Returned"), "choice", [("", _("Either")), ("yes", _("By Channel Sales"))]
        ),
        customer_filter(person),
        *written_filters(),
    ]


def listed_orders(data: QueryDict, person: Membership) -> ListOf[Order]:
    """Return the list of orders as an address asks for it."""
    asked = read_filters(data, order_filters(person))
    currency = person.partner.currency
    along_index = data.get("sort", "changed").lstrip("-") in INDEXED_SORTS
    return ListOf(
        name="orders",
        title=_("Orders"),
        page="orders:list",
        default="-changed",
        asked=asked,
        found=found_orders(asked, person, along_index=along_index),
        offered=order_columns(prices=person.may("view_prices"), currency=currency),
        wanted=ListColumns.objects.names_for(person, SavedFilter.List.ORDERS),
        fields=FIELDS,
        joins=("customer",),
    )


def found_orders(
    asked: Asked[Filter], person: Membership, *, along_index: bool = False
) -> OrderQuerySet:
    """Return the visible orders that search and filters leave (REG-09, REG-36)."""
    found = narrowed(Order.objects.visible_to(person), asked, "state", "family")
    if asked.text:
        found = found.filter(matches(Order, asked.text, along_index=along_index))
    if "on" in asked.values:
        on = asked.values["on"]
        put_on = OrderAssignee.objects.filter(membership_id=person.pk if on == "me" else on)
        found = found.filter(pk__in=put_on.values("order_id"))
    if "by" in asked.values:
        found = found.filter(created_by=person)
    if "returned" in asked.values:
        found = found.drafts().filter(submitted_at__isnull=False)
    return found


def total_sentence(total: int) -> str:
    """Return how many orders there are, as the page's second line."""
    if total > COUNTED:
        return _("Orders: %s.") % total_in_words(total)
    return ngettext("%(n)s order.", "%(n)s orders.", total) % {"n": total_in_words(total)}


def empty_words(asked: Asked[Filter]) -> tuple[str, str] | None:
    """Return what is said of a tab without orders; None where more than the state is asked for."""
    words: dict[str, tuple[str, str]] = {
        S.DRAFT: (_("No drafts"), _("Every order that was begun is placed.")),
        S.SUBMITTED: (_("Nothing is waiting"), _("Channel Sales has answered every order.")),
        S.ACCEPTED: (_("Nothing is waiting"), _("No accepted order waits for its delivery.")),
        S.PROVISIONING: (_("Nothing is being delivered"), _("No order is under way.")),
        S.FAILED: (_("No order has failed"), _("There is nothing to do here.")),
        S.COMPLETED: (_("No completed orders yet"), _("Delivered orders are listed here.")),
    }
    return words.get(asked.only("state"))
