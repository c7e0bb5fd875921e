"""One transition of an order by channel sales: lock, check, set the state, log, publish."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from orders.models import LineState, Order
from orders.seen import Seen
from orders.services.index import publish
from orders.services.locking import lock_seen
from orders.states import next_state
from portal.history.services import record

# The verb in the change log for each transition.
VERBS = {
    "accept": "order_accepted_by_vendor",
    "reject": "order_rejected_by_vendor",
    "return": "order_returned",
    "provision": "order_provisioning_by_vendor",
    "fail": "order_failed_by_vendor",
    "retry": "order_provisioning_by_vendor",
    "complete": "order_completed_by_vendor",
}

# Of a termination, which delivers nothing (ORD-50).
ENDING_VERBS = {
    "provision": "order_ending_provisioning_by_vendor",
    "fail": "order_ending_failed_by_vendor",
    "retry": "order_ending_provisioning_by_vendor",
    "complete": "order_ending_completed_by_vendor",
}


def verb_of(order: Order, transition: str) -> str:
    ending = ENDING_VERBS.get(transition) if order.ends_services else None
    return ending or VERBS[transition]


# What the lines of an order are after a transition, except those that are delivered (ORD-66).
LINES = {
    "accept": LineState.ACCEPTED,
    "reject": LineState.CANCELLED,
    "return": LineState.PENDING,
    "provision": LineState.PROVISIONING,
    "fail": LineState.FAILED,
    "retry": LineState.PROVISIONING,
}


def set_lines(order: Order, state: LineState) -> None:
    """Set the state of all lines that are not delivered."""
    order.lines.exclude(state=LineState.DELIVERED).update(state=state)


def move(
    order_id: UUID, transition: str, *, at: datetime, seen: Seen | None, reason: str = ""
) -> tuple[Order, str]:
    """Carry a transition out; return the order, and the key of its e-mails.

    Raise OrderMoved, WrongState.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    order.state = next_state(order, transition)
    order.state_reason = reason
    order.touch(at)
    order.save()
    entry = record(order, verb_of(order, transition), customer_id=order.customer_id, reason=reason)
    if transition in LINES:
        set_lines(order, LINES[transition])
    publish(order, at=at)
    return order, str(entry.pk)
