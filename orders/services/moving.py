"""Services that give a draft another customer, or delete it (D2, ORD-06, ORD-07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from orders.models import Order
from orders.services.cancelling import cancel
from orders.services.checks import check_customer
from orders.services.drafts import (
    OwnCompanyNotConfirmed,
    build_lines,
    lock_order,
    start_draft,
    write_lines,
)
from orders.states import next_state
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.errors import RuleError
from portal.history.services import record


def copy_for(
    order: Order, customer: Customer, *, by: Membership, at: datetime
) -> tuple[Order, list[str]]:
    """Return a new draft of ``order`` for another customer, and the names of dropped lines."""
    copy = start_draft(customer=customer, family=order.family, by=by, at=at, own_confirmed=True)
    kept: dict[UUID, int] = {}
    dropped: list[str] = []
    for line in order.lines.select_related("product").order_by("position"):
        try:
            build_lines(
                customer,
                order.family,
                {line.product_id: line.quantity},
                at=at,
                currency=copy.currency,
            )
            kept[line.product_id] = line.quantity
        except RuleError:
            dropped.append(line.product_name)
    write_lines(copy, build_lines(customer, order.family, kept, at=at, currency=copy.currency))
    # Site, addresses, numbers and users belong to the old customer and are asked for again; the
    # contact is the one that a new order would suggest.
    copy.contact = customer.usual_contact()
    copy.reference, copy.po_number = order.reference, order.po_number
    copy.start_date = order.start_date
    copy.save()
    return copy, dropped


@transaction.atomic
def move_draft(
    order_id: UUID,
    customer: Customer,
    *,
    version: int,
    by: Membership,
    at: datetime,
    own_confirmed: bool = False,
) -> tuple[Order, list[str]]:
    """Move a draft to another customer (D2, ORD-06); return the new one and dropped lines' names.

    The draft is copied for the new customer with every check run again; the old one is deleted and
    its log kept. A draft that was returned by channel sales is cancelled instead of deleted. Raise
    StaleOrder, WrongState, CustomerInactive, NotRegistered, OwnCompanyNotConfirmed.
    """
    order = lock_order(order_id, version=version, at=at)
    next_state(order, "edit")
    if order.customer_id == customer.pk:
        return order, []
    if order.kind != Order.Kind.NEW:
        raise RuleError(_("This order acts on services of its customer and stays there."))
    check_customer(customer, order.family)
    if customer.is_own_company and not own_confirmed:
        raise OwnCompanyNotConfirmed
    copy, dropped = copy_for(order, customer, by=by, at=at)
    record(
        copy,
        "order_moved",
        customer_id=customer.pk,
        old_number=order.number,
        old_customer=order.customer.label,
        dropped=dropped,
    )
    if order.was_submitted:
        wrong = Order.CancelReason.WRONG_CUSTOMER
        cancel(order, reason=wrong, text=customer.label, at=at, transition="cancel")
        copy.recreated_from = order
        copy.save(update_fields=["recreated_from"])
    else:
        erase_draft(order)
    return copy, dropped


def erase_draft(order: Order) -> None:
    """Delete a draft; the log keeps that it existed."""
    record(
        order,
        "order_deleted",
        customer_id=order.customer_id,
        family=str(Family(order.family).label),
        customer=order.customer.label,
    )
    order.delete()


@transaction.atomic
def delete_draft(order_id: UUID) -> None:
    """Delete a draft that was never submitted; the log keeps that it existed (ORD-07).

    Raise WrongState otherwise; a draft that was returned by channel sales is cancelled.
    """
    order = lock_order(order_id)
    next_state(order, "delete")
    if order.was_submitted:
        raise RuleError(
            _("This draft was submitted before and can't be deleted. Cancel it instead.")
        )
    erase_draft(order)
