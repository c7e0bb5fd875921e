"""What an order is called by its kind: new, a change, or the end of services (ORD-50, ORD-51)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orders.models import LineState, Order, OrderLine

K = Order.Kind

TITLES = {
    K.NEW: gettext_lazy("Order %(number)s for %(customer)s"),
    K.CHANGE: pgettext_lazy("heading", "Change %(number)s for %(customer)s"),
    K.TERMINATE: gettext_lazy("Termination %(number)s for %(customer)s"),
}
# The label of the day that the order is for.
DAYS = {
    K.NEW: gettext_lazy("Start date"),
    K.CHANGE: gettext_lazy("Change date"),
    K.TERMINATE: gettext_lazy("End date"),
}
DONE = {
    K.NEW: LineState.DELIVERED.label,
    K.CHANGE: pgettext_lazy("line of an order", "Changed"),
    K.TERMINATE: gettext_lazy("Ended"),
}


def title_of(order: Order) -> str:
    """Return what the order is called in headings and subjects, with its customer."""
    details = {"number": order.number, "customer": order.customer.label}
    return str(TITLES[K(order.kind)]) % details


def day_label(order: Order) -> str:
    return str(DAYS[K(order.kind)])


def done_label(order: Order) -> str:
    """Return what a line is when it is done: delivered, changed, or ended."""
    return str(DONE[K(order.kind)])


def line_state(order: Order, line: OrderLine) -> str:
    """Return the state of a line in words that fit the order's kind."""
    if line.state == LineState.DELIVERED:
        return done_label(order)
    if line.state == LineState.PROVISIONING and order.ends_services:
        return _("Being ended")
    return str(LineState(line.state).label)


def quantity_label(order: Order) -> str:
    """Return the heading of a column of :func:`quantity_words`."""
    return {
        K.NEW: _("Quantity"),
        K.CHANGE: _("Now → then"),
        K.TERMINATE: _("Quantity that ends"),
    }[K(order.kind)]


def quantity_words(order: Order, line: OrderLine) -> str:
    """Return how many: of a change ``5 → 6``, of a termination how many end."""
    if line.quantity_before is None:
        return str(line.quantity)
    if order.ends_services:
        return str(line.before)
    return f"{line.before} → {line.quantity}"


def line_words(order: Order, line: OrderLine) -> str:
    """Return one line as a sentence's part: ``2 × Seat``, or ``Seat: 5 → 6``."""
    words = quantity_words(order, line)
    if order.kind == K.CHANGE:
        return f"{line.title}: {words}"
    return f"{words} × {line.title}"


def lines_words(order: Order, lines: Iterable[OrderLine]) -> str:
    return ", ".join(line_words(order, line) for line in lines)


def difference_of(lines: Sequence[OrderLine]) -> Decimal | None:
    """Return how much more a month costs with these lines; None if it is not known (ORD-51)."""
    if any(line.service_id is not None and line.quantity_before is None for line in lines):
        return None
    return sum((line.monthly_difference for line in lines), Decimal(0))
