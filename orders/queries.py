"""Reading orders for lists and the dashboard."""

from __future__ import annotations

from django.db.models import Count

from orders.models import Order, OrderQuerySet
from portal.accounts.models import Membership

CSS = {
    Order.State.DRAFT: "",
    Order.State.SUBMITTED: "is-live",
    Order.State.ACCEPTED: "is-live",
    Order.State.PROVISIONING: "is-live",
    Order.State.COMPLETED: "is-ok",
    Order.State.FAILED: "is-bad",
    Order.State.REJECTED: "is-bad",
    Order.State.CANCELLED: "is-off",
}
BAR = {
    Order.State.DRAFT: "c-1",
    Order.State.SUBMITTED: "c-2",
    Order.State.ACCEPTED: "c-3",
    Order.State.PROVISIONING: "c-4",
    Order.State.COMPLETED: "c-5",
    Order.State.FAILED: "c-bad",
}


def orders_for_list(person: Membership) -> OrderQuerySet:
    """Return what the order list shows, with each row's customer in the same query."""
    return Order.objects.visible_to(person).select_related("customer")


def orders_by_state(person: Membership) -> list[tuple[str, int, str, str]]:
    """Return (state, count, bar class, label) for the bar on the dashboard."""
    counts = dict(
        Order.objects.visible_to(person).order_by().values_list("state").annotate(count=Count("pk"))
    )
    return [
        (state.value, counts.get(state.value, 0), css, str(state.label))
        for state, css in BAR.items()
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
