"""The partner's request to cancel an accepted order: declined, or taken back (CHAN-13).

It is made by `recreating.ask_cancel` and granted by `fulfilment.cancel_accepted`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orders import emails
from orders.models import Order
from orders.seen import Seen
from orders.services.drafts import lock_order
from orders.services.index import publish
from orders.services.locking import lock_seen
from orders.states import next_state
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.services import record


def _close(order: Order, *, at: datetime) -> None:
    """Leave the order as it is, without a request; its log keeps what was asked and answered."""
    order.cancel_asked_at, order.cancel_asked_reason, order.cancel_asked_text = None, "", ""
    order.cancel_asked_for = order.cancel_asked_by = None
    order.touch(at)
    order.save()
    publish(order, at=at)


@transaction.atomic
def decline_cancel(order_id: UUID, *, reason: str, at: datetime, seen: Seen | None = None) -> Order:
    """Decline to cancel, with a reason that is mailed to who asked and who placed it (CHAN-13).

    Raise OrderMoved, WrongState, NoRequest if none is open, RuleError without a reason.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    next_state(order, "decline_cancel")
    text = reason.strip()
    if not text:
        raise RuleError(_("Enter a reason."), field="reason")
    entry = record(order, "order_cancel_declined", customer_id=order.customer_id, reason=text)
    emails.progress(order, "decline_cancel", reason=text, key=str(entry.pk))
    _close(order, at=at)
    return order


@transaction.atomic
def withdraw_cancel(order_id: UUID, *, by: Membership, at: datetime) -> Order:
    """Take the request to cancel back; channel sales is mailed (CHAN-13). Raise NoRequest."""
    order = lock_order(order_id)
    next_state(order, "withdraw_cancel")
    entry = record(order, "order_cancel_withdrawn", customer_id=order.customer_id)
    emails.cancel_withdrawn(order, by=by, key=str(entry.pk))
    _close(order, at=at)
    return order
