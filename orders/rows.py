"""Rows of the order list and of an order's lines, formatted so that templates only print them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from orders.groups import GroupRow
from orders.models import LineState, Order, OrderLine
from orders.states import CSS
from orders.wording import difference_of, line_state, quantity_label, quantity_words
from portal.catalog.models import Family
from portal.core.formats import amount, day, difference
from portal.tenancy.context import local_day


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as lists show it."""

    id: UUID
    number: str
    customer: str
    customer_id: UUID
    customer_number: str
    family: str
    kind: str
    reference: str
    start: str
    one_off: str
    monthly: str
    state: str
    css: str


def order_rows(orders: Iterable[Order]) -> list[OrderRow]:
    """Return the rows; the orders must come with their customers."""
    families = {value: str(label) for value, label in Family.choices}
    kinds = {value: str(label) for value, label in Order.Kind.choices}
    states = {value: str(label) for value, label in Order.State.choices}
    return [
        OrderRow(
            id=order.pk,
            number=order.number,
            customer=order.customer.name,
            customer_id=order.customer_id,
            customer_number=order.customer.number,
            family=families[order.family],
            kind="" if order.kind == Order.Kind.NEW else kinds[order.kind],
            reference=order.reference,
            start=day(order.start_date),
            one_off=amount(order.one_off),
            monthly=amount(order.monthly),
            state=states[order.state],
            css=CSS[Order.State(order.state)],
        )
        for order in orders
    ]


def order_group_rows(orders: Iterable[Order]) -> list[GroupRow]:
    """Return the rows of a group above the list."""
    return [
        GroupRow(
            url=reverse("orders:order", args=[order.pk]),
            number=order.number,
            customer=order.customer.name,
            customer_number=order.customer.number,
            date=day(local_day(order.submitted_at) if order.submitted_at else None),
            one_off=amount(order.one_off),
            monthly=amount(order.monthly),
            state=str(order.get_state_display()),
            css=CSS[Order.State(order.state)],
        )
        for order in orders
    ]


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an order as its pages show it: the words fit the order's kind (ORD-50, ORD-51)."""

    line: OrderLine
    quantity: str
    state: str
    css: str
    done: str
    difference: str


LINE_CSS = {
    LineState.PENDING: "is-placed",
    LineState.ACCEPTED: "is-taken",
    LineState.PROVISIONING: "is-live",
    LineState.DELIVERED: "is-ok",
    LineState.FAILED: "is-bad",
    LineState.CANCELLED: "is-off",
}


def line_rows(order: Order, lines: Iterable[OrderLine]) -> list[LineRow]:
    """Return the rows of an order's lines, which must come with their products."""
    return [
        LineRow(
            line=line,
            quantity=quantity_words(order, line),
            state=line_state(order, line),
            css=LINE_CSS[LineState(line.state)],
            done=_done(order, line),
            difference=""
            if line.service_id is not None and line.quantity_before is None
            else difference(line.monthly_difference),
        )
        for line in lines
    ]


def _done(order: Order, line: OrderLine) -> str:
    if line.delivered_on is None:
        return ""
    words = {
        Order.Kind.NEW: _("Delivered %(day)s, billed from then"),
        Order.Kind.CHANGE: _("Changed %(day)s, billed from then"),
        Order.Kind.TERMINATE: _("Ended %(day)s, billed up to the day before"),
    }
    return words[Order.Kind(order.kind)] % {"day": day(line.delivered_on)}


def lines_context(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """Return what `orders/_lines.html` shows."""
    found = difference_of(lines)
    return {
        "lines": line_rows(order, lines),
        "quantity_label": quantity_label(order),
        "difference": "" if found is None else difference(found),
    }
