"""Channel sales' transitions of an order. Each is mailed to the partner (SM-ORDER).

Each takes what was ``seen`` of the order on the page where it was decided, and raises OrderMoved if
that is not the order as it is (CHAN-12).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from orders import emails
from orders.credit import release_credit
from orders.emails import news_words as news
from orders.models import Order
from orders.seen import Seen
from orders.services.cancelling import cancel
from orders.services.delivering import Delivery, complete_order, deliver_lines
from orders.services.locking import lock_seen
from orders.services.recreating import check_recreation, draft_refused, recreate
from orders.services.telling import tell_customer
from orders.services.transitions import move
from portal.core.errors import RuleError
from portal.history.services import record

__all__ = [
    "Delivery",
    "accept_order",
    "cancel_accepted",
    "complete_order",
    "deliver_lines",
    "fail_order",
    "provision_order",
    "reject_order",
    "retry_order",
    "return_order",
]


# What the customer is told of a transition, if it was told of the order (ORD-52).
NEWS = {"reject": news.REJECTED, "return": news.RETURNED}


def _move(
    order_id: UUID, transition: str, *, at: datetime, seen: Seen | None, reason: str = ""
) -> Order:
    """Carry a transition out and mail it: what all but the delivery share."""
    order, key = move(order_id, transition, at=at, seen=seen, reason=reason)
    emails.progress(order, transition, reason=reason, key=key)
    if transition in NEWS:
        tell_customer(order, NEWS[transition], key=key)
    return order


def _need(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise RuleError(_("Enter a reason."), field="reason")
    return text


@transaction.atomic
def accept_order(order_id: UUID, *, at: datetime, seen: Seen | None = None) -> Order:
    """Accept: SUBMITTED -> ACCEPTED; a prospect becomes a customer (D4)."""
    order = _move(order_id, "accept", at=at, seen=seen)
    customer = order.customer
    if customer.lifecycle == Customer.Lifecycle.PROSPECT:
        customer.lifecycle = Customer.Lifecycle.CUSTOMER
        customer.save(update_fields=["lifecycle"])
    return order


@transaction.atomic
def reject_order(order_id: UUID, *, reason: str, at: datetime, seen: Seen | None = None) -> Order:
    """Reject: SUBMITTED -> REJECTED with a reason; its credit is released."""
    order = _move(order_id, "reject", at=at, seen=seen, reason=_need(reason))
    release_credit(order.customer_id, order.exposure)
    return order


@transaction.atomic
def return_order(order_id: UUID, *, reason: str, at: datetime, seen: Seen | None = None) -> Order:
    """Return for changes: SUBMITTED -> DRAFT with a reason; its credit is released."""
    order = _move(order_id, "return", at=at, seen=seen, reason=_need(reason))
    release_credit(order.customer_id, order.exposure)
    return order


@transaction.atomic
def provision_order(order_id: UUID, *, at: datetime, seen: Seen | None = None) -> Order:
    """Start provisioning: ACCEPTED -> PROVISIONING."""
    return _move(order_id, "provision", at=at, seen=seen)


@transaction.atomic
def fail_order(order_id: UUID, *, reason: str, at: datetime, seen: Seen | None = None) -> Order:
    """Report a failure: PROVISIONING -> FAILED with a reason; the order keeps its credit."""
    return _move(order_id, "fail", at=at, seen=seen, reason=_need(reason))


@transaction.atomic
def retry_order(order_id: UUID, *, at: datetime, seen: Seen | None = None) -> Order:
    """Try again: FAILED -> PROVISIONING."""
    return _move(order_id, "retry", at=at, seen=seen)


@transaction.atomic
def cancel_accepted(
    order_id: UUID, *, reason: str, at: datetime, seen: Seen | None = None
) -> tuple[Order, Order | None]:
    """Cancel an accepted or failed order; return it and the new draft, if any.

    If the partner asked for it because of the wrong customer, the draft for the right one is made
    in the same transaction. If the rules forbid it today, the order is cancelled all the same, and
    the partner and the log are told that there is no draft (ORD-54).
    """
    order = lock_seen(order_id, seen=seen, at=at)
    text = reason.strip() or order.cancel_asked_text or _need(reason)
    asked_for, asker = order.cancel_asked_for, order.cancel_asked_by or order.submitted_by
    cause = order.cancel_asked_reason or Order.CancelReason.OTHER
    copy: Order | None = None
    if asked_for is not None and asker is not None:
        with suppress(RuleError), transaction.atomic():
            check_recreation(order, asked_for)
            copy, _dropped = recreate(order, asked_for, by=asker, at=at)
    cancel(order, reason=cause, text=text, at=at, transition="cancel_accepted")
    draft: emails.NewDraft | None = None
    if asked_for is not None:
        draft = emails.NewDraft(asked_for.label, copy, lambda: draft_refused(order))
        verb, number = ("order_draft_made", copy.number) if copy else ("order_draft_refused", "")
        record(order, verb, customer_id=order.customer_id, number=number, customer=asked_for.label)
    key = f"{order.pk}-{order.version}"
    emails.progress(order, "cancel_accepted", reason=text, key=key, draft=draft)
    return order, copy
