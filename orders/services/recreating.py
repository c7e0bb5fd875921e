"""Cancelling an order, asking for it, and re-creating it for the right customer (ORD-07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from orders.models import Order
from orders.services.cancelling import cancel
from orders.services.checks import check_customer
from orders.services.drafts import lock_order
from orders.services.index import publish, tell_channel_sales
from orders.services.moving import copy_for
from orders.states import next_state
from portal.accounts.models import Membership
from portal.channel.models import StaffEvent
from portal.core.errors import RuleError
from portal.history.services import record


@transaction.atomic
def cancel_order(order_id: UUID, *, reason: str, text: str, at: datetime) -> Order:
    """Cancel a draft or a submitted order for the partner, with a reason (ORD-07).

    Raise WrongState once channel sales has accepted it: then use ask_cancel.
    """
    order = lock_order(order_id)
    cancel(order, reason=reason, text=text, at=at, transition="cancel")
    return order


@transaction.atomic
def ask_cancel(
    order_id: UUID,
    *,
    reason: str,
    text: str,
    at: datetime,
    by: Membership | None = None,
    right_customer: Customer | None = None,
) -> Order:
    """Ask channel sales to cancel an accepted order. Raise WrongState, RuleError if asked already.

    If ``right_customer`` is given, the cancellation makes the new draft. ``by`` is told of the
    answer, with who placed the order.
    """
    order = lock_order(order_id)
    next_state(order, "ask_cancel")
    if order.cancel_asked_at is not None:
        raise RuleError(_("Channel Sales was already asked to cancel this order."))
    if right_customer is not None:
        check_recreation(order, right_customer)
    order.cancel_asked_at, order.cancel_asked_reason = at, reason
    order.cancel_asked_text, order.cancel_asked_for = text, right_customer
    order.cancel_asked_by = by
    order.touch(at)
    order.save()
    record(order, "order_cancel_asked", customer_id=order.customer_id, reason=reason, text=text)
    publish(order, at=at)
    tell_channel_sales(StaffEvent.CANCEL, order, at=at)
    return order


def recreate(
    order: Order, customer: Customer, *, by: Membership, at: datetime
) -> tuple[Order, list[str]]:
    copy, dropped = copy_for(order, customer, by=by, at=at)
    copy.recreated_from = order
    copy.save(update_fields=["recreated_from"])
    record(
        copy,
        "order_recreated",
        customer_id=customer.pk,
        old_number=order.number,
        old_customer=order.customer.label,
        dropped=dropped,
    )
    return copy, dropped


def check_recreation(order: Order, customer: Customer) -> None:
    """Refuse what can't be re-created for ``customer``.

    That is an order of the same customer, a change or termination, and a customer who is inactive
    or not registered.
    """
    if order.customer_id == customer.pk:
        raise RuleError(_("This order is already for that customer."), field="customer")
    if order.kind != Order.Kind.NEW:
        raise RuleError(_("This order acts on services of its customer and stays there."))
    check_customer(customer, order.family)


def draft_refused(order: Order) -> str:
    """Return why granting the request would make no draft for the right customer (ORD-54).

    Empty if it would, or if none was asked for; in the active language, as of now.
    """
    if order.cancel_asked_for is None:
        return ""
    try:
        check_recreation(order, order.cancel_asked_for)
    except RuleError as error:
        return str(error)
    return ""


@transaction.atomic
def recreate_order(
    order_id: UUID, customer: Customer, *, by: Membership, at: datetime
) -> tuple[Order, list[str]]:
    """Cancel an order for the wrong customer and make a draft for the right one (ORD-07).

    Both happen in one transaction. The draft has every check run again and points back to the
    order. The same request again returns the existing draft. Raise WrongState, CustomerInactive,
    NotRegistered.
    """
    order = lock_order(order_id)
    made = Order.objects.filter(recreated_from=order).first()
    if made is not None and made.customer_id == customer.pk:
        return made, []
    if made is not None:
        raise RuleError(
            _("This order was already re-created as %(number)s for %(customer)s.")
            % {"number": made.number, "customer": made.customer.label},
            field="customer",
        )
    next_state(order, "cancel")
    check_recreation(order, customer)
    copy, dropped = recreate(order, customer, by=by, at=at)
    cancel(
        order,
        reason=Order.CancelReason.WRONG_CUSTOMER,
        text=customer.label,
        at=at,
        transition="cancel",
    )
    return copy, dropped
