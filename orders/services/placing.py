"""Placing an order, with all of its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import emails
from orders.credit import exposure_of, take_credit
from orders.models import Order, OrderLine
from orders.porting import why_not_on, working_days_after
from orders.services.assigning import tell_responsible
from orders.services.checks import (
    check_custom_fields,
    check_customer,
    check_details,
    check_lines,
    check_services,
    lock_type,
)
from orders.services.draft_log import content_of, record_changes
from orders.services.drafts import (
    DETAIL_FIELDS,
    StaleOrder,
    build_lines,
    keep_agreed,
    lock_order,
    write_copies,
    write_lines,
)
from orders.services.ending import Ending, check_ending
from orders.services.goods import copy_address, write_destination
from orders.services.index import publish, tell_channel_sales
from orders.services.needs import check_needs
from orders.services.porting import claim_numbers
from orders.services.service_lines import check_unchanged
from orders.services.telling import tell_of_placing
from orders.states import next_state
from portal.accounts.models import Membership
from portal.catalog.models import ProductFamily
from portal.channel.models import StaffEvent
from portal.core.crash_points import crash_points_of
from portal.core.errors import RuleError, StaleError
from portal.core.formats import day
from portal.history.services import record
from portal.tenancy.context import local_day

# The verb in the change log for each kind of order (ORD-50, ORD-51).
SUBMITTED = {
    Order.Kind.NEW: "order_submitted",
    Order.Kind.CHANGE: "order_change_submitted",
    Order.Kind.TERMINATE: "order_ending_submitted",
}


def earliest_start(family: str, today: date) -> date:
    """Return the first possible date of delivery: the family's lead time in working days."""
    days = (
        ProductFamily._default_manager.filter(pk=family).values_list("lead_days", flat=True).first()
    )
    return working_days_after(today, days or 0)


class PricesChanged(StaleError):
    """Refuse to place an order whose prices changed since the draft was saved (D17)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Prices have changed since the draft was saved. Check the new totals.")
        )


def _current_lines(order: Order, lines: Sequence[OrderLine], *, at: datetime) -> list[OrderLine]:
    quantities = {line.product_id: line.quantity for line in lines}
    current = build_lines(order.customer, order.family, quantities, at=at, currency=order.currency)
    keep_agreed(order, current)
    return current


def _check_prices(order: Order, lines: Sequence[OrderLine], *, at: datetime) -> None:
    """Raise PricesChanged if prices or bounds are no longer those of today."""
    now = {line.product_id: line for line in _current_lines(order, lines, at=at)}
    for line in lines:
        today = now[line.product_id]
        if (line.one_off, line.monthly) != (today.one_off, today.monthly):
            raise PricesChanged


@transaction.atomic
def refresh_prices(order_id: UUID, *, at: datetime) -> bool:
    """Put today's prices into a draft; return whether any changed.

    A draft with a product that can't be ordered any more stays as it is: placing it says why.
    """
    order = lock_order(order_id)
    lines = list(order.lines.select_related("product"))
    if not order.is_draft or order.kind != Order.Kind.NEW or not lines:
        return False
    try:
        _check_prices(order, lines, at=at)
    except PricesChanged:
        current = _current_lines(order, lines, at=at)
        before = content_of(order, lines)
        write_lines(order, current)
        record_changes(order, before, content_of(order, current))
        order.touch(at)
        order.save()
        return True
    except RuleError:
        return False
    return False


def _check_all(order: Order, lines: Sequence[OrderLine], *, at: datetime) -> None:
    """Run every check of an order that is about to be placed; raise what `submit_order` does."""
    if not lines:
        raise RuleError(_("Choose at least one product."))
    check_customer(order.customer, order.family)
    lock_type(order.customer)
    check_lines(lines, order.customer)
    check_details(order, lines)
    check_services(order, lines)
    check_needs(order, lines)
    check_custom_fields(order)
    is_new = order.kind == Order.Kind.NEW
    if is_new:
        _check_prices(order, lines, at=at)
    else:
        check_unchanged(order, lines)
    if order.start_date is None:
        missing = _("Enter a start date.") if is_new else _("Enter a date.")
        raise RuleError(missing, field="start_date")
    today = local_day(at)
    earliest = earliest_start(order.family, today) if is_new else today
    if order.start_date < earliest:
        words = _("The earliest start date is %(day)s.") if is_new else _("Earliest %(day)s.")
        raise RuleError(words % {"day": day(earliest)}, field="start_date")
    check_porting_date(order, order.start_date, today=today)


def check_porting_date(order: Order, start: date, *, today: date) -> None:
    """Refuse an order whose numbers can't be ported on the day that it says (ORD-58).

    Raise RuleError at ``start_date`` if the trunk, which starts on ``start``, comes too late.
    """
    text = (order.details.get("porting") or {}).get("date")
    if order.kind != Order.Kind.NEW or not text:
        return
    porting = date.fromisoformat(text)
    wrong = why_not_on(porting, today=today, start=None)
    if wrong:
        raise RuleError(wrong)
    if start > porting:
        raise RuleError(
            _("The numbers are ported on %(day)s: the trunk has to start by then.")
            % {"day": day(porting)},
            field="start_date",
        )


@transaction.atomic
def submit_order(
    order_id: UUID,
    *,
    version: int | None,
    by: Membership,
    at: datetime,
    details: Mapping[str, Any] | None = None,
    ending: Ending | None = None,
) -> Order:
    """Place the order: DRAFT -> SUBMITTED. ``details`` are the fields of save_details, if any.

    ``ending`` is what somebody confirmed to end; an order that ends anything else is refused.
    Every check runs again; the state, the log, channel sales' row and the e-mails are written in
    one transaction, whose last statement takes the credit (D8). If the same form is sent again, the
    placed order is returned. Raise StaleOrder, WrongState, CustomerInactive, NotRegistered,
    NotOrderable, NotForResidential, FieldsMissing, EndingNotConfirmed, NoGoodsAddress,
    CreditExceeded, RuleError.
    """
    order = lock_order(order_id)
    if order.state == Order.State.SUBMITTED and order.submitted_by_id == by.pk:
        return order
    state = next_state(order, "submit")
    if version is not None and order.version != version:
        raise StaleOrder(order, at=at)
    if details is not None:
        for name in DETAIL_FIELDS:
            setattr(order, name, details[name])
        write_copies(order, details.get("copies"))
        write_destination(order, details.get("goods"))
    customer = order.customer
    lines = list(order.lines.select_related("product", "service").order_by("position"))
    _check_all(order, lines, at=at)
    check_ending(order, lines, ending)
    copy_address(order, lines)
    order.exposure = exposure_of(lines)
    order.state, order.state_reason = state, ""
    order.submitted_by, order.submitted_at = by, at
    order.touch(at)
    order.save()
    entry = record(order, SUBMITTED[Order.Kind(order.kind)], customer_id=customer.pk)
    claim_numbers(order)
    publish(order, at=at)
    tell_channel_sales(StaffEvent.ORDER, order, at=at)
    emails.placed(order, lines, to=by, key=str(entry.pk))
    tell_of_placing(order, lines, key=str(entry.pk))
    tell_responsible(order, lines, by=by, at=at, key=str(entry.pk))
    take_credit(customer.pk, order.exposure)
    crash_points_of("order")
    return order
