"""Badges, prices and filters of orders in channel sales' lists."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order
from orders.states import CSS
from portal.catalog.models import Family
from portal.channel.models import SubmittedOrder
from portal.core.admin_filters import ChoiceFilter
from portal.core.formats import with_currency
from portal.core.templatetags.kontor import state as state_tag

# A draft that channel sales can see is one that was returned for changes.
STATES: list[tuple[str, Any]] = [
    (state, gettext_lazy("Returned") if state == Order.State.DRAFT else label)
    for state, label in Order.State.choices
]


# For each act: what the page that asks says of it.
WHAT_HAPPENS: dict[str, Promise] = {
    "accept": gettext_lazy("The vendor can deliver."),
    "return": gettext_lazy("The order is a draft of the partner again, and its credit is free."),
    "reject": gettext_lazy("This is final: nothing is delivered, and the credit is free again."),
    "provision": gettext_lazy("The delivery has begun."),
    "plan": gettext_lazy("The partner sees it on the order's page."),
    "deliver": gettext_lazy("What is ticked is billed from the day; the rest stays open."),
    "fail": gettext_lazy("The order keeps its credit. It can be tried again or cancelled."),
    "retry": gettext_lazy("The delivery begins once more."),
    "decline_cancel": gettext_lazy("The order stays as it is, and the request is answered."),
    "complete": gettext_lazy("Services are made or changed, and billing starts."),
}


# Of a termination, which delivers nothing (ORD-50).
ENDING_HAPPENS: dict[str, Promise] = {
    "accept": gettext_lazy("The vendor can end the services."),
    "return": gettext_lazy("The order is a draft of the partner again, and the services go on."),
    "reject": gettext_lazy("This is final: the services go on."),
    "provision": gettext_lazy("Ending the services has begun."),
    "plan": gettext_lazy("The partner sees it on the order's page."),
    "deliver": gettext_lazy("What is ticked ends on the day; the other services go on."),
    "fail": gettext_lazy("The services go on. It can be tried again or cancelled."),
    "retry": gettext_lazy("Ending the services begins once more."),
    "decline_cancel": gettext_lazy("The services will end, and the request is answered."),
    "complete": gettext_lazy("The services end, and are billed up to the day before."),
}


def what_happens(act: str, order: Order) -> str:
    """Return what an act does to an order, by its kind."""
    return str((ENDING_HAPPENS if order.ends_services else WHAT_HAPPENS)[act])


def state_badge(state: str, *, asked: bool = False, overdue: Promise | None = None) -> SafeString:
    """Return the state as a dot and a word, with notes below.

    ``asked``: cancellation is asked for; ``overdue``: why it is late (CHAN-15).
    """
    signs = [state_tag(CSS[Order.State(state)], dict(STATES)[state])]
    if asked:
        signs.append(state_tag("is-warn", _("Cancel asked for")))
    if overdue is not None:
        signs.append(state_tag("is-bad", str(overdue)))
    return format_html_join(SafeString("<br>"), "{}", ((sign,) for sign in signs))


def what_it_is(family: str, kind: str) -> str:
    """Return ``Flex``, or ``Flex, change`` for an order on running services."""
    label = str(Family(family).label)
    return label if kind == Order.Kind.NEW else f"{label}, {Order.Kind(kind).label.lower()}"


def two_prices(row: Order | SubmittedOrder) -> SafeString:
    """Return the one-off price above the monthly one, each with the currency."""
    one_off = with_currency(row.one_off, row.currency)
    return format_html("{}<br>{}", one_off, with_currency(row.monthly, row.currency))


class StateFilter(ChoiceFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    choices_of = STATES


class FamilyFilter(ChoiceFilter):
    title = gettext_lazy("family")
    parameter_name = "family"
    choices_of = list(Family.choices)


class KindFilter(ChoiceFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"
    choices_of = list(Order.Kind.choices)
