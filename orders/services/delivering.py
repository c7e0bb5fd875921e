"""Delivery: what completing an order records and makes (D16, ORD-29)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orders import emails
from orders.credit import release_credit, take_credit
from orders.emails import news
from orders.models import LineState, Order, OrderLine, Service
from orders.seen import Seen
from orders.services.locking import lock_seen
from orders.services.telling import tell_customer
from orders.services.transitions import move
from orders.terms import end_of_term
from portal.core.errors import RuleError
from portal.tenancy.context import local_day


@dataclass(frozen=True)
class Delivery:
    """What completing an order records for one line."""

    vendor_reference: str = ""
    identifiers: str = ""


def _run(line: OrderLine, order: Order, delivered_on: date, at: datetime) -> Decimal:
    """Create or change the line's service; return the increase of the services' exposure."""
    if line.service is None:
        service = Service(
            customer_id=order.customer_id,
            product=line.product,
            product_name=line.product_name,
            family=order.family,
            quantity=line.quantity,
            currency=order.currency,
            one_off=line.one_off,
            monthly=line.monthly,
            chargeable=line.chargeable,
            identifiers=line.identifiers,
            started_on=delivered_on,
            term_months=line.term_months,
            term_ends_on=end_of_term(delivered_on, line.term_months),
            made_by=line,
            created_at=at,
        )
        service.save(force_insert=True)
        return service.exposure
    service = Service.objects.select_for_update().get(pk=line.service.pk)
    before = service.exposure
    if order.kind == Order.Kind.TERMINATE:
        service.ended_on = delivered_on
    else:
        service.quantity = line.quantity
        service.identifiers = line.identifiers or service.identifiers
    service.save()
    return service.exposure - before


def _check_day(order: Order, delivered_on: date, *, at: datetime) -> None:
    """Raise RuleError for a day in the future, or one before the order was placed."""
    if delivered_on > local_day(at):
        text = (
            _("The end date is in the future.")
            if order.ends_services
            else _("The date of delivery is in the future.")
        )
        raise RuleError(text, field="delivered_on")
    if order.submitted_at is not None and delivered_on < local_day(order.submitted_at):
        text = (
            _("The end date is before the termination was sent.")
            if order.ends_services
            else _("The date of delivery is before the order was placed.")
        )
        raise RuleError(text, field="delivered_on")


@transaction.atomic
def complete_order(
    order_id: UUID,
    *,
    delivered_on: date,
    vendor_reference: str,
    deliveries: Mapping[UUID, Delivery],
    at: datetime,
    seen: Seen | None = None,
) -> Order:
    """Complete: PROVISIONING -> COMPLETED; create or change the services (D16).

    Records date, vendor's reference and identifiers per line. The date of delivery starts the
    billing (ORD-29). Raise WrongState, or RuleError at ``delivered_on`` for a future date.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    _check_day(order, delivered_on, at=at)
    held = order.exposure
    order, key = move(order_id, "complete", at=at, seen=seen)
    order.completed_on, order.vendor_reference = delivered_on, vendor_reference
    order.save(update_fields=["completed_on", "vendor_reference"])
    lines = list(order.lines.select_related("product", "service").order_by("position"))
    grown = Decimal(0)
    for line in lines:
        delivery = deliveries.get(line.pk, Delivery())
        line.state, line.delivered_on = LineState.DELIVERED, delivered_on
        line.vendor_reference = delivery.vendor_reference
        line.identifiers = delivery.identifiers
        line.save()
        grown += _run(line, order, delivered_on, at)
    emails.progress(order, "complete", reason="", key=key, done=lines)
    tell_customer(order, news.COMPLETED, key=key, lines=lines)
    if grown < held:
        release_credit(order.customer_id, held - grown)
    elif grown > held:
        take_credit(order.customer_id, grown - held)
    return order
