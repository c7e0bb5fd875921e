"""Channel sales' transitions of an order. Each is mailed to the partner (SM-ORDER).

Each takes what was ``seen`` of the order on the page where it was decided, and raises OrderMoved if
that is not the order as it is (CHAN-12).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from orders import emails
from orders.credit import release_credit, take_credit
from orders.models import LineState, Order, OrderLine, Service
from orders.seen import Seen
from orders.services.cancelling import cancel
from orders.services.index import publish
from orders.services.locking import lock_seen
from orders.services.recreating import check_recreation, recreate
from orders.states import next_state
from orders.terms import end_of_term
from portal.core.errors import RuleError
from portal.history.services import record
from portal.tenancy.context import local_day

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


def _move(
    order_id: UUID, transition: str, *, at: datetime, seen: Seen | None, reason: str = ""
) -> Order:
    """Lock, check, set the state, log, publish, mail: what all of these transitions share."""
    order = lock_seen(order_id, seen=seen, at=at)
    order.state = next_state(order, transition)
    order.state_reason = reason
    order.touch(at)
    order.save()
    entry = record(
        order,
        VERBS[transition],
        customer_id=order.customer_id,
        reason=reason,
    )
    publish(order, at=at)
    emails.progress(order, transition, reason=reason, key=str(entry.pk))
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
    order.lines.update(state=LineState.CANCELLED)
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
    order = _move(order_id, "fail", at=at, seen=seen, reason=_need(reason))
    order.lines.update(state=LineState.FAILED)
    return order


@transaction.atomic
def retry_order(order_id: UUID, *, at: datetime, seen: Seen | None = None) -> Order:
    """Try again: FAILED -> PROVISIONING."""
    order = _move(order_id, "retry", at=at, seen=seen)
    order.lines.update(state=LineState.PENDING)
    return order


@transaction.atomic
def cancel_accepted(
    order_id: UUID, *, reason: str, at: datetime, seen: Seen | None = None
) -> tuple[Order, Order | None]:
    """Cancel an accepted or failed order; return it and the new draft, if any.

    If the partner asked for it because of the wrong customer, the draft for the right one is made
    in the same transaction.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    text = reason.strip() or order.cancel_asked_text or _need(reason)
    asked_for, asker = order.cancel_asked_for, order.submitted_by
    cause = order.cancel_asked_reason or Order.CancelReason.OTHER
    copy: Order | None = None
    if asked_for is not None and asker is not None:
        # The order is cancelled in any case; the copy is made if the rules allow it today.
        with suppress(RuleError), transaction.atomic():
            check_recreation(order, asked_for)
            copy, _dropped = recreate(order, asked_for, by=asker, at=at)
    cancel(order, reason=cause, text=text, at=at, transition="cancel_accepted")
    emails.progress(order, "cancel_accepted", reason=text, key=f"{order.pk}-{order.version}")
    return order, copy


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
    grown: Decimal = service.exposure - before
    return grown


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
    if delivered_on > local_day(at):
        raise RuleError(_("The date of delivery is in the future."), field="delivered_on")
    order = lock_seen(order_id, seen=seen, at=at)
    held, submitted_at = order.exposure, order.submitted_at
    if submitted_at is not None and delivered_on < local_day(submitted_at):
        raise RuleError(
            _("The date of delivery is before the order was placed."), field="delivered_on"
        )
    order = _move(order_id, "complete", at=at, seen=seen)
    order.completed_on, order.vendor_reference = delivered_on, vendor_reference
    order.save(update_fields=["completed_on", "vendor_reference"])
    grown = Decimal(0)
    for line in order.lines.select_related("product", "service").order_by("position"):
        delivery = deliveries.get(line.pk, Delivery())
        line.state, line.delivered_on = LineState.DELIVERED, delivered_on
        line.vendor_reference = delivery.vendor_reference
        line.identifiers = delivery.identifiers
        line.save()
        grown += _run(line, order, delivered_on, at)
    if grown < held:
        release_credit(order.customer_id, held - grown)
    elif grown > held:
        take_credit(order.customer_id, grown - held)
    return order
