"""Ending an order before delivery: what every way of cancelling shares."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from orders.credit import release_credit
from orders.emails import news_words as news
from orders.models import LineState, Order
from orders.services.index import publish
from orders.services.telling import tell_customer
from orders.services.transitions import set_lines
from orders.states import next_state
from portal.history.services import record


def cancel(order: Order, *, reason: str, text: str, at: datetime, transition: str) -> None:
    """Set the state, release the credit that the order uses, write the log, tell the customer.

    The caller holds the lock. Raise WrongState if the state machine does not list ``transition``
    (`cancel` or `cancel_accepted`) for the order's state.
    """
    held = order.exposure if order.is_live else Decimal(0)
    order.state = next_state(order, transition)
    order.cancel_reason, order.state_reason = reason, text
    order.touch(at)
    order.save()
    set_lines(order, LineState.CANCELLED)
    entry = record(
        order, "order_cancelled", customer_id=order.customer_id, reason=reason, text=text
    )
    if order.was_submitted:
        publish(order, at=at)
    has_some = order.lines.filter(state=LineState.DELIVERED).exists()
    is_mistake = reason == Order.CancelReason.WRONG_CUSTOMER and not has_some
    what = news.MISTAKEN if is_mistake else news.CANCELLED
    tell_customer(order, what, key=str(entry.pk))
    release_credit(order.customer_id, held)
