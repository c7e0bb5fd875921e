"""The open orders that are to change or end a service, as pages show them at it (ORD-61)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from customers.models import Customer
from orders.models import Order, OrderLine
from orders.queries import open_lines_of
from orders.states import CSS
from portal.core.formats import day


@dataclass(frozen=True, slots=True)
class Mark:
    """An order under way that changes or ends a service."""

    label: str
    tone: str
    order_id: UUID
    number: str
    start: str
    state: str
    css: str
    # A draft may still be placed; whatever was placed keeps the service from other orders.
    is_placed: bool


Marks = Mapping[UUID, Sequence[Mark]]


def _mark(line: OrderLine) -> Mark:
    ends = line.order.ends_services
    return Mark(
        label=_("Termination") if ends else _("Change to %s") % line.quantity,
        tone="is-warn" if ends else "is-accent",
        order_id=line.order_id,
        number=line.order.number,
        start=day(line.order.start_date),
        state=str(line.order.get_state_display()),
        css=CSS[Order.State(line.order.state)],
        is_placed=line.order.is_live,
    )


def marks_of(customer: Customer, *, without: Order | None = None) -> Marks:
    """Return the marks of each service by its id; not those of the order ``without``."""
    marks: dict[UUID, list[Mark]] = {}
    for line in open_lines_of(customer):
        assert line.service_id is not None
        if without is None or line.order_id != without.pk:
            marks.setdefault(line.service_id, []).append(_mark(line))
    return marks
