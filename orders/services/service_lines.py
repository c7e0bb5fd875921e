"""The lines of an order that changes or ends what runs (D16, ORD-51)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.credit import check_credit, exposure_of
from orders.models import Order, OrderLine, Service
from orders.services.checks import check_raised, check_services
from orders.services.draft_log import content_of, record_changes
from orders.services.drafts import lock_order, start_draft, write_lines
from orders.services.moving import delete_draft
from orders.services.needs import check_needs
from orders.states import next_state
from portal.accounts.models import Membership
from portal.core.errors import RuleError, StaleError


class BoughtOnce(RuleError):
    """Refuse to change or end what was bought once: there is nothing that runs (ORD-51)."""

    def __init__(self, service: Service) -> None:
        text = _("%(service)s was bought once. It can be neither changed nor ended.")
        super().__init__(text % {"service": service.title}, field=f"s_{service.pk}")


class ServicesChanged(StaleError):
    """Refuse an order on services that changed since its draft was saved (ORD-51)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy(
                "What is active has changed since the draft was saved. "
                "Check the quantities and totals."
            )
        )


def running_services(order: Order) -> list[Service]:
    """Return what an order of its family can change or end: not what was bought once (ORD-51)."""
    found = Service.objects.select_related("product").filter(
        customer=order.customer_id, family=order.family, ended_on__isnull=True, product__rental=True
    )
    return list(found.order_by("product__position", "started_on", "id"))


def _check_total(order: Order, service: Service, total: int) -> None:
    if not service.product.rental:
        raise BoughtOnce(service)
    if order.kind == Order.Kind.TERMINATE:
        if total:
            raise RuleError(_("A termination ends the whole service."))
        return
    low, high = service.product.minimum, service.product.maximum
    if not low <= total <= high:
        raise RuleError(
            _("%(product)s: order %(low)s to %(high)s.")
            % {"product": service.product_name, "low": low, "high": high},
            field=f"s_{service.pk}",
        )
    check_raised(service, total, order.customer)


def build_service_lines(order: Order, totals: Mapping[UUID, int]) -> list[OrderLine]:
    """Return unsaved lines for the new total of each service, 0 for one that ends.

    Raise BoughtOnce, and RuleError for a total that the order can't have.
    """
    services = Service.objects.select_related("product").filter(
        pk__in=totals, customer=order.customer_id, family=order.family, ended_on__isnull=True
    )
    lines = []
    for service in services.order_by("product__position", "started_on", "id"):
        total = totals[service.pk]
        _check_total(order, service, total)
        lines.append(
            OrderLine(
                product=service.product,
                product_name=service.product_name,
                service=service,
                quantity=total,
                quantity_before=service.quantity,
                one_off=service.one_off,
                # The one-off price is charged for what is added.
                one_off_quantity=max(0, total - service.quantity),
                monthly=service.monthly,
                chargeable=service.chargeable,
            )
        )
    return lines


@transaction.atomic
def save_service_lines(
    order_id: UUID,
    *,
    version: int,
    totals: Mapping[UUID, int],
    at: datetime,
    details: dict[str, Any] | None = None,
) -> Order:
    """Save the lines of a CHANGE or TERMINATE order.

    ``totals`` is service id -> new total, not the difference (D16); 0 for a termination.
    ``details`` is what the delivery needs of what is added, None to keep what is there. Raise
    StaleOrder, WrongState, BoughtOnce, CreditExceeded, RuleError.
    """
    order = lock_order(order_id, version=version, at=at)
    next_state(order, "edit")
    lines = build_service_lines(order, totals)
    if not lines:
        raise RuleError(_("Choose at least one service."))
    check_services(order, lines)
    check_needs(order, lines)
    check_credit(order.customer, exposure_of(lines))
    before = content_of(order)
    write_lines(order, lines)
    if details is not None:
        order.details = details
    if record_changes(order, before, content_of(order, lines)):
        order.touch(at)
    order.save()
    return order


@transaction.atomic
def end_zeros(
    order_id: UUID,
    *,
    version: int,
    totals: Mapping[UUID, int],
    by: Membership,
    at: datetime,
    details: dict[str, Any] | None = None,
) -> tuple[Order, Order | None]:
    """Take what stands at 0 out of a change, into a new draft that ends it (ORD-51).

    Return that draft and the change, None if nothing of it is left: then it is deleted, unless
    channel sales had it. Raise what `save_service_lines` does.
    """
    order = lock_order(order_id, version=version, at=at)
    next_state(order, "edit")
    kept = {service: total for service, total in totals.items() if total}
    ending = start_draft(
        customer=order.customer,
        family=order.family,
        by=by,
        at=at,
        own_confirmed=True,
        kind=Order.Kind.TERMINATE,
    )
    ended = {service: 0 for service, total in totals.items() if not total}
    ending = save_service_lines(ending.pk, version=ending.version, totals=ended, at=at)
    if kept:
        change = save_service_lines(order_id, version=version, totals=kept, details=details, at=at)
        return ending, change
    if not order.was_submitted:
        delete_draft(order_id)
    return ending, None


def check_unchanged(order: Order, lines: Iterable[OrderLine]) -> None:
    """Raise ServicesChanged unless quantities and prices are still those of the lines (ORD-51)."""
    for line in lines:
        service = line.service
        if service is None:
            continue
        now = (service.quantity, service.one_off, service.monthly)
        if (line.quantity_before, line.one_off, line.monthly) != now:
            raise ServicesChanged


@transaction.atomic
def refresh_service_lines(order_id: UUID, *, at: datetime) -> None:
    """Put what runs now into the lines of a draft, and leave out what would change nothing."""
    order = lock_order(order_id)
    old = list(order.lines.select_related("service").order_by("position"))
    totals = {
        line.service.pk: line.quantity
        for line in old
        if line.service is not None and line.service.quantity != line.quantity
    }
    lines = build_service_lines(order, totals)
    if not order.is_draft or not lines:
        return
    before = content_of(order, old)
    write_lines(order, lines)
    record_changes(order, before, content_of(order, lines))
    order.touch(at)
    order.save()
