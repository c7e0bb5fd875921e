"""Rows of the order list, formatted here so that the template only prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from orders.groups import GroupRow
from orders.models import Order
from orders.states import CSS
from portal.catalog.models import Family
from portal.core.formats import amount, day
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
