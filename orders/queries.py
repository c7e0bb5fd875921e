"""Reading orders for lists and the dashboard."""

from __future__ import annotations

from orders.models import Order, OrderQuerySet
from orders.states import CSS
from portal.accounts.models import Membership
from portal.core.listing import counts_up_to

# What the dashboard's bar shows: what is under way, and what is done.
IN_BAR = (
    Order.State.DRAFT,
    Order.State.SUBMITTED,
    Order.State.ACCEPTED,
    Order.State.PROVISIONING,
    Order.State.COMPLETED,
    Order.State.FAILED,
)


def orders_for_list(person: Membership) -> OrderQuerySet:
    """Return what the order list shows, with each row's customer in the same query."""
    return Order.objects.visible_to(person).select_related("customer")


def orders_by_state(person: Membership) -> list[tuple[str, int, str, str]]:
    """Return (state, count, css, label) for the bar on the dashboard; each counted up to a limit
    (SPEED-05)."""
    mine = Order.objects.visible_to(person)
    counts = counts_up_to([mine.filter(state=state) for state in IN_BAR])
    return [
        (state.value, count, CSS[state], str(state.label))
        for state, count in zip(IN_BAR, counts, strict=True)
    ]


def open_drafts(person: Membership) -> list[Order]:
    """Return the person's own drafts, newest first, at most five."""
    drafts = orders_for_list(person).drafts().filter(created_by=person)
    return list(drafts.order_by("-changed_at")[:5])


def recent_orders(person: Membership) -> list[Order]:
    """Return the orders that changed last, at most eight."""
    moved = orders_for_list(person).exclude(state=Order.State.DRAFT)
    return list(moved.order_by("-changed_at")[:8])


def search_orders(person: Membership, text: str) -> list[Order]:
    """Return orders by the start of their number, reference or purchase order number."""
    if len(text) < 3:
        return []
    found = orders_for_list(person)
    exact = found.filter(number__startswith=text)
    by_text = found.filter(reference__icontains=text) | found.filter(po_number__icontains=text)
    rows = list(exact.order_by("-created_at")[:20])
    known = {row.pk for row in rows}
    rows += [row for row in by_text.order_by("-created_at")[:20] if row.pk not in known]
    return rows
