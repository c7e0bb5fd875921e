"""Finding orders for the list and its file: filters, order, columns (REG-09, REG-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter, people_filter
from orders.models import Order, OrderAssignee, OrderQuerySet
from orders.queries import matches
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.list_filters import Asked, Filter
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.context import local_day, within_days
from portal.tenancy.downloads import FileColumn

SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("created_at",),
    "customer": (Collate(F("customer__sort_key"), "C"),),
    "family": ("family", "created_at"),
    "start": ("start_date",),
    "monthly": ("monthly",),
    "state": ("state", "changed_at"),
    "changed": ("changed_at",),
}
S = Order.State
TABS = (S.DRAFT, S.SUBMITTED, S.ACCEPTED, S.PROVISIONING, S.FAILED, S.COMPLETED)


def order_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of orders."""
    states = [(state.value, str(state.label)) for state in S]
    families = [(value, str(label)) for value, label in Family.choices]
    return [
        Filter(
            "state",
            _("State"),
            "choice",
            [("", _("Any state")), *states],
            tabs=[(state.value, str(state.label)) for state in TABS],
        ),
        Filter("family", _("Family"), "choice", [("", _("Any family")), *families], menu=True),
        people_filter(person, "on", _("Responsible"), _("Anybody"), _("Mine")),
        customer_filter(person),
        Filter("from", _("Written from"), "date", end="from"),
        Filter("to", _("Written until"), "date", end="to"),
    ]


def found_orders(asked: Asked[Filter], person: Membership) -> OrderQuerySet:
    """Return the visible orders that search and filters leave (REG-09, REG-36).

    A filter whose value has no meaning leaves none (USE-14).
    """
    found = Order.objects.visible_to(person)
    if not asked.is_possible:
        return found.none()
    if asked.text:
        found = found.filter(matches(Order, asked.text))
    values = asked.values
    for name in ("state", "family"):
        if name in values:
            found = found.filter(**{name: values[name]})
    if "customer" in values:
        found = found.filter(customer_id=values["customer"])
    if "on" in values:
        who = person.pk if values["on"] == "me" else values["on"]
        put_on = OrderAssignee.objects.filter(membership_id=who)
        found = found.filter(pk__in=put_on.values("order_id"))
    days = within_days("created_at", values.get("from", ""), values.get("to", ""))
    return found.filter(days)


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


# What the file reads, so that no row is built of more.
FILE_FIELDS = (
    *("partner_id", "number", "family", "kind", "reference", "po_number", "start_date"),
    *("one_off", "monthly", "state", "created_at", "changed_at"),
    *("customer__partner_id", "customer__name", "customer__number"),
)


def file_columns(*, prices: bool, currency: str) -> list[FileColumn]:
    """Return the columns of the file; the sums only for those who may see prices."""
    sums: list[tuple[str, Callable[[Order], Any]]] = [
        (f"{_('One-off')}, {currency}", lambda order: order.one_off),
        (f"{_('Monthly')}, {currency}", lambda order: order.monthly),
    ]
    columns: list[tuple[str, Callable[[Order], Any]]] = [
        (_("Order"), lambda order: order.number),
        (_("Customer"), lambda order: order.customer.name),
        (_("Customer number"), lambda order: order.customer.number),
        (_("Family"), lambda order: order.get_family_display()),
        (_("Kind"), lambda order: order.get_kind_display()),
        (_("Reference"), lambda order: order.reference),
        (_("Purchase order number"), lambda order: order.po_number),
        (_("Start"), lambda order: order.start_date),
        *(sums if prices else []),
        (_("State"), lambda order: order.get_state_display()),
        (_("Written"), lambda order: local_day(order.created_at)),
        (_("Changed"), lambda order: local_day(order.changed_at)),
    ]
    wide = {_("Customer"), _("Reference")}
    return [FileColumn(label, value, 32 if label in wide else 18) for label, value in columns]
