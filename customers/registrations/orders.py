"""The order that a registration was sent from: kept while it waits, and where it goes on.

The register does not import orders; the orders' app sets the one :class:`WaitingOrders` here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from customers.models import CustomerRegistration


class WaitingOrders(Protocol):
    """What a registration needs to know about drafts (CHAN-04)."""

    def keep(self, registration: CustomerRegistration, *, at: datetime) -> UUID | None:
        """Return the draft that waits: the one there is, else a new one; None if there can be none.

        It belongs to the registration's customer and family, and to who sent the registration.
        """

    def url(self, order_id: UUID) -> str:
        """Return the path of the page on which the draft goes on; empty if it is gone."""


_registered: list[WaitingOrders] = []


def register(orders: WaitingOrders) -> None:
    """Set what keeps the drafts; called once when the app of orders is ready."""
    _registered[:] = [orders]


def keep_order(registration: CustomerRegistration, *, at: datetime) -> None:
    """Let the order that a registration was sent from wait for it; no error without one.

    The caller saves the registration.
    """
    if not registration.from_order or registration.customer is None:
        return
    for orders in _registered:
        registration.order_id = orders.keep(registration, at=at)


def order_url(registration: CustomerRegistration) -> str:
    """Return the path of the page on which the waiting order goes on; empty without one."""
    if registration.order_id is None:
        return ""
    return next((orders.url(registration.order_id) for orders in _registered), "")
