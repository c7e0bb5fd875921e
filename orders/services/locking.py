"""Locking an order that somebody decided on from a page, as it was then (CHAN-12)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from orders.models import Order
from orders.seen import Seen, changes_since
from orders.services.drafts import lock_order
from portal.core.errors import StaleError
from portal.history.log import changed_meanwhile


class OrderMoved(StaleError):
    """Refuse an act for an order that changed since it was decided on (CHAN-12; 409 by D22).

    ``changes`` says what changed, a sentence each.
    """

    def __init__(self, order: Order, seen: Seen, *, at: datetime) -> None:
        super().__init__(changed_meanwhile(order, at=at))
        self.changes = changes_since(seen, order)


def lock_seen(order_id: UUID, *, seen: Seen | None, at: datetime) -> Order:
    """Return the order's row, locked to the end of the transaction.

    Raise OrderMoved if it is not the version that was ``seen``; None means that nobody looked at a
    page first, as in the demo.
    """
    order = lock_order(order_id)
    if seen is not None and order.version != seen.version:
        raise OrderMoved(order, seen, at=at)
    return order
