"""Assigning people to orders and notifying them (REG-17, REG-21, REG-22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Assignment
from customers.telling import people_to_tell
from orders import emails
from orders.models import Order, OrderAssignee, OrderLine
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.notices.services import notify

# The notification of each kind of order (ORD-50, ORD-51).
PLACED = {
    Order.Kind.NEW: "order_placed",
    Order.Kind.CHANGE: "order_change_placed",
    Order.Kind.TERMINATE: "order_ending_placed",
}


def assign_order(order: Order) -> None:
    """Assign a new order to the people who are responsible for its customer now."""
    people = Assignment.objects.filter(customer_id=order.customer_id)
    OrderAssignee.objects.bulk_create(
        OrderAssignee(order=order, membership_id=pk)
        for pk in people.values_list("membership_id", flat=True)
    )


def recipients_of_order(order: Order, *, at: datetime) -> list[Membership]:
    """Return the people to notify of an order.

    These are the people responsible for the customer, those assigned to the order, and today's
    substitutes of either, as far as they can see the customer.
    """
    on_it = order.assignees.values_list("membership_id", flat=True)
    return people_to_tell(order.customer_id, also=set(on_it), at=at)


def tell_responsible(
    order: Order, lines: Sequence[OrderLine], *, by: Membership, at: datetime, key: str
) -> None:
    """Notify the people responsible that an order was placed, in the portal and by mail.

    The person who placed it is left out, since they get a confirmation.
    """
    for person in recipients_of_order(order, at=at):
        if person.pk == by.pk:
            continue
        page, pk = (
            ("orders:order", order.pk)
            if person.may("view_order")
            else (
                "customers:customer",
                order.customer_id,
            )
        )
        notify(
            person,
            PLACED[Order.Kind(order.kind)],
            at=at,
            url=reverse(page, args=[pk]),
            number=order.number,
            customer=order.customer.label,
            by=by.shown_name,
        )
        emails.placed_assigned(
            order, lines, to=person, by=by, url=person.partner.page(page, pk), key=key
        )


def open_orders_of(person: Membership) -> tuple[int, int]:
    """Return how many drafts a person has written and how many open orders are assigned to them."""
    drafts = Order.objects.drafts().filter(created_by=person)
    return drafts.count(), _open_on(person).count()


def open_work_of(person: Membership) -> tuple[list[Order], list[Order]]:
    """Return the drafts a person has written, and the other open orders assigned to them."""
    drafts = list(
        Order.objects.drafts()
        .filter(created_by=person)
        .select_related("customer")
        .order_by("number")
    )
    orders = (
        Order.objects.filter(pk__in=_open_on(person).values("order_id"))
        .exclude(pk__in=[draft.pk for draft in drafts])
        .select_related("customer")
    )
    return drafts, list(orders.order_by("number"))


def _open_on(person: Membership) -> models.QuerySet[OrderAssignee]:
    return OrderAssignee.objects.filter(
        membership=person, order__state__in=(Order.State.DRAFT, *Order.LIVE)
    )


@transaction.atomic
def hand_over_orders(person: Membership, *, to: Membership | None, at: datetime) -> tuple[int, int]:
    """Give the drafts and open orders of a person who leaves to ``to``; return how many (D18).

    Raise RuleError if there are any and ``to`` is None.
    """
    drafts = list(Order.objects.drafts().filter(created_by=person).values_list("pk", flat=True))
    on_her: list[UUID] = list(_open_on(person).values_list("order_id", flat=True))
    if (drafts or on_her) and to is None:
        raise RuleError(_("Choose who takes over."), field="successor")
    if to is not None:
        Order.objects.filter(pk__in=drafts).update(created_by=to, changed_at=at)
        OrderAssignee.objects.bulk_create(
            [OrderAssignee(order_id=pk, membership=to) for pk in on_her], ignore_conflicts=True
        )
        OrderAssignee.objects.filter(membership=person, order_id__in=on_her).delete()
    return len(drafts), len(on_her)
