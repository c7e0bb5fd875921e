"""A plain model of orders' lives, walked beside the real services (ORD-30 and after, D8, D16).

The model knows nothing of the code: dictionaries, a table of what is possible in each state, and
one price. After each step it says what must be there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

PRICE = 129  # of one seat and month; it costs nothing once
LIVE = ("submitted", "accepted", "provisioning", "failed")
# What channel sales does: from which states, to which one, and whether the customer is told.
VENDOR = {
    "accept": (("submitted",), "accepted", False),
    "reject": (("submitted",), "rejected", True),
    "return": (("submitted",), "draft", True),
    "provision": (("accepted",), "provisioning", False),
    "fail": (("provisioning",), "failed", False),
    "retry": (("failed",), "provisioning", False),
    "complete": (("provisioning",), "completed", True),
    "cancel_accepted": (("accepted", "failed"), "cancelled", True),
}
# Not while the partner's request to cancel is open.
WAITS = ("provision", "fail", "retry", "complete")


@dataclass
class Running:
    """What the model knows of a service."""

    id: UUID
    customer: int
    quantity: int
    ended: bool = False


@dataclass
class Placed:
    """What the model knows of an order."""

    id: UUID
    customer: int
    kind: str
    quantity: int
    on: Running | None = None
    before: int = 0  # the service's quantity when the draft was written
    state: str = "draft"
    asked: bool = False
    told: bool = False
    again: UUID | None = None  # the draft that was re-created from it
    exposure: int = 0

    @property
    def need(self) -> int:
        """Return the credit that it takes when it is placed."""
        if self.kind == "new":
            return self.quantity * PRICE
        return max(0, self.quantity - self.before) * PRICE


@dataclass
class Model:
    """All orders and services of two customers, their credit and their e-mails."""

    limits: tuple[int, int]
    orders: list[Placed] = field(default_factory=list)
    services: list[Running] = field(default_factory=list)
    partner_mails: int = 0
    customer_mails: Counter[int] = field(default_factory=Counter)

    def committed(self, customer: int) -> int:
        """Return the credit in use: live orders, and a month of what runs (D8)."""
        orders = sum(o.exposure for o in self.orders if o.customer == customer and o.state in LIVE)
        return orders + sum(
            s.quantity * PRICE for s in self.services if s.customer == customer and not s.ended
        )

    def fits(self, customer: int, need: int) -> bool:
        return need == 0 or self.committed(customer) + need <= self.limits[customer]

    def busy(self, service: Running, but: Placed | None = None) -> bool:
        """Return whether a placed order changes or ends the service."""
        return any(o.on is service and o.state in LIVE and o is not but for o in self.orders)

    def may(self, act: str, order: Placed) -> bool:
        """Return whether an act is possible for an order as it is."""
        if act in VENDOR:
            waits = order.asked and act in WAITS
            return order.state in VENDOR[act][0] and not waits
        if act == "submit":
            return order.state == "draft" and self._may_submit(order)
        if act == "cancel":
            return order.state in ("draft", "submitted")
        if act == "recreate":
            return order.kind == "new" and order.state in ("draft", "submitted")
        if act == "ask_cancel":
            return order.state == "accepted" and not order.asked
        # Withdrawing and declining a request.
        return order.asked and order.state in ("accepted", "provisioning", "failed")

    def _may_submit(self, order: Placed) -> bool:
        if order.on is not None:
            stale = order.on.ended or order.on.quantity != order.before
            if stale or self.busy(order.on, but=order):
                return False
        return self.fits(order.customer, order.need)

    def do(self, act: str, order: Placed, made: Any = None) -> None:
        """Take over what a possible act does; ``made`` is the id of what it made."""
        if act in VENDOR:
            order.state = VENDOR[act][1]
            self.partner_mails += 1
            if VENDOR[act][2]:
                self._tell(order)
            if act == "complete":
                self._deliver(order, made)
        elif act == "submit":
            order.state, order.exposure, order.told = "submitted", order.need, True
            self.partner_mails += 1
            self._tell(order)
        elif act in ("cancel", "recreate"):
            order.state = "cancelled"
            self._tell(order)
        elif act == "ask_cancel":
            order.asked = True
        else:
            order.asked = False
            self.partner_mails += 1 if act == "decline" else 0

    def _tell(self, order: Placed) -> None:
        if order.told:
            self.customer_mails[order.customer] += 1

    def _deliver(self, order: Placed, made: Any) -> None:
        order.exposure = 0
        if order.kind == "new":
            self.services.append(Running(made, order.customer, order.quantity))
        elif order.on is not None and order.kind == "change":
            order.on.quantity = order.quantity
        elif order.on is not None:
            order.on.ended = True
