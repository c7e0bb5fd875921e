"""What a customer's people see of their company. Every query starts from the customer."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from customers.models import Assignment, Customer
from orders.models import Order, OrderQuerySet, Service
from portal.accounts.models import Membership
from quotes.models import Confirmation
from quotes.models.confirmation import ConfirmationQuerySet
from support.models import SupportSettings


def orders_of(customer: Customer, person: Membership) -> OrderQuerySet:
    """Return the orders that were placed; drafts and what was returned are the partner's own."""
    mine = Order.objects.visible_to(person).filter(customer=customer)
    return mine.filter(submitted_at__isnull=False).exclude(state=Order.State.DRAFT)


def running_services(customer: Customer) -> models.QuerySet[Service]:
    """Return what runs for the customer, with products."""
    running = Service.objects.filter(customer=customer, ended_on__isnull=True)
    return running.select_related("product").order_by("family", "product_name", "started_on", "pk")


def confirmations_of(customer: Customer) -> ConfirmationQuerySet:
    """Return what the customer was asked to confirm."""
    return Confirmation.objects.filter(customer=customer).select_related("contact")


def waiting_for_answer(customer: Customer, *, at: datetime) -> list[Confirmation]:
    """Return the confirmations that can still be answered, the most urgent first."""
    waiting = confirmations_of(customer).open().filter(expires_at__gt=at)
    return list(waiting.order_by("expires_at", "pk"))


def sees_prices() -> bool:
    """Return whether customers see prices at this partner; by default they don't (REG-46)."""
    return SupportSettings.objects.filter(customers_see_prices=True).exists()


def names_responsible(customer: Customer) -> list[str]:
    """Return the names of those at the partner who are responsible for the customer."""
    rows = Assignment.objects.filter(
        customer=customer,
        membership__state=Membership.State.ACTIVE,
        membership__user__is_active=True,
    )
    return sorted(rows.values_list("membership__user__name", flat=True), key=str.casefold)


def names_on_order(order: Order) -> list[str]:
    """Return the names of those at the partner whom an order is assigned to."""
    rows = order.assignees.filter(
        membership__state=Membership.State.ACTIVE, membership__user__is_active=True
    )
    return sorted(rows.values_list("membership__user__name", flat=True), key=str.casefold)
