"""Delivery: what completing an order records and makes (D16, ORD-29)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import emails
from orders.credit import exposure_of, release_credit, take_credit
from orders.emails import news_words as news
from orders.models import LineState, Order, OrderLine, Service
from orders.seen import Seen
from orders.services.index import publish
from orders.services.locking import lock_seen
from orders.services.telling import tell_customer
from orders.services.transitions import move
from orders.states import next_state
from orders.terms import end_of_term
from orders.wording import lines_words
from portal.core.errors import RuleError
from portal.history.services import record
from portal.tenancy.context import local_day


@dataclass(frozen=True)
class Delivery:
    """What the delivery of a line records."""

    vendor_reference: str = ""
    identifiers: str = ""
    tracking: str = ""


# The verb in the change log for a part that is done.
PART_DONE = {
    Order.Kind.NEW: "order_part_done_by_vendor",
    Order.Kind.CHANGE: "order_part_changed_by_vendor",
    Order.Kind.TERMINATE: "order_part_ended_by_vendor",
}


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


def _lines_of(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("product", "service").order_by("position"))


def _deliver(
    order: Order,
    lines: Sequence[OrderLine],
    deliveries: Mapping[UUID, Delivery],
    *,
    delivered_on: date,
    at: datetime,
) -> Decimal:
    """Record the delivery of these lines; return the increase of the services' exposure."""
    grown = Decimal(0)
    for line in lines:
        delivery = deliveries.get(line.pk, Delivery())
        line.state, line.delivered_on = LineState.DELIVERED, delivered_on
        line.vendor_reference = delivery.vendor_reference
        line.identifiers = delivery.identifiers
        line.tracking = delivery.tracking or line.tracking
        line.save()
        grown += _run(line, order, delivered_on, at)
    return grown


def _settle(order: Order, *, held: Decimal, grown: Decimal) -> None:
    """Replace the credit that lines held by what their services use."""
    if grown < held:
        release_credit(order.customer_id, held - grown)
    elif grown > held:
        take_credit(order.customer_id, grown - held)


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

    Records date, vendor's reference and identifiers of each line that is not delivered yet. The
    date of delivery starts the billing (ORD-29). Raise WrongState, or RuleError at
    ``delivered_on`` for a future date.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    _check_day(order, delivered_on, at=at)
    held = order.exposure
    order, key = move(order_id, "complete", at=at, seen=seen)
    lines = _lines_of(order)
    left = [line for line in lines if not line.is_over]
    grown = _deliver(order, left, deliveries, delivered_on=delivered_on, at=at)
    order.completed_on = max(line.delivered_on for line in lines if line.delivered_on)
    order.vendor_reference = vendor_reference
    order.save(update_fields=["completed_on", "vendor_reference"])
    emails.progress(order, "complete", reason="", key=key, done=lines)
    tell_customer(order, news.COMPLETED, key=key, lines=lines)
    _settle(order, held=held, grown=grown)
    return order


class NothingChosen(RuleError):
    """Refuse a delivery of no line (ORD-66)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Choose at least one line."))


@transaction.atomic
def deliver_lines(
    order_id: UUID,
    *,
    delivered_on: date,
    vendor_reference: str,
    deliveries: Mapping[UUID, Delivery],
    at: datetime,
    seen: Seen | None = None,
) -> Order:
    """Record that these lines are delivered, and complete the order with the last one (ORD-66).

    Their services begin, change or end on their own day. Raise OrderMoved, WrongState,
    NothingChosen, or RuleError for a day that can't be.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    next_state(order, "deliver")
    left = [line for line in _lines_of(order) if not line.is_over]
    chosen = [line for line in left if line.pk in deliveries]
    if not chosen:
        raise NothingChosen
    if len(chosen) == len(left):
        return complete_order(
            order_id,
            delivered_on=delivered_on,
            vendor_reference=vendor_reference,
            deliveries=deliveries,
            at=at,
            seen=seen,
        )
    _check_day(order, delivered_on, at=at)
    held = min(order.exposure, exposure_of(chosen))
    grown = _deliver(order, chosen, deliveries, delivered_on=delivered_on, at=at)
    order.exposure -= held
    order.vendor_reference = vendor_reference or order.vendor_reference
    order.touch(at)
    order.save()
    entry = record(
        order,
        PART_DONE[Order.Kind(order.kind)],
        customer_id=order.customer_id,
        lines=lines_words(order, chosen),
    )
    emails.progress(order, "deliver", reason="", key=str(entry.pk), done=chosen)
    tell_customer(order, news.DELIVERED, key=str(entry.pk), lines=chosen)
    _settle(order, held=held, grown=grown)
    return order


@transaction.atomic
def plan_delivery(
    order_id: UUID,
    *,
    expected_on: date | None,
    tracking: Mapping[UUID, str],
    at: datetime,
    seen: Seen | None = None,
) -> Order:
    """Enter when an order is expected to be delivered, and tracking numbers of goods (ORD-66).

    Raise OrderMoved, WrongState, RuleError for a day that is past or if nothing is new.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    next_state(order, "plan")
    lines = _lines_of(order)
    shipped = [line for line in lines if tracking.get(line.pk, line.tracking) != line.tracking]
    if expected_on == order.expected_on and not shipped:
        raise RuleError(_("Nothing was changed."))
    if expected_on != order.expected_on and expected_on and expected_on < local_day(at):
        raise RuleError(_("This day is in the past."), field="expected_on")
    for line in shipped:
        line.tracking = tracking[line.pk]
        line.save(update_fields=["tracking"])
    order.expected_on = expected_on
    order.touch(at)
    order.save()
    verb = "order_expected_by_vendor" if expected_on else "order_shipped_by_vendor"
    entry = record(
        order,
        verb,
        customer_id=order.customer_id,
        day=expected_on.isoformat() if expected_on else "",
    )
    publish(order, at=at)
    emails.progress(order, "plan", reason="", key=str(entry.pk), shipped=lines)
    return order
