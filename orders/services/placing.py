"""Placing an order, cancelling it, and making it again for the right customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from orders import emails
from orders.credit import exposure_of, release_credit, take_credit
from orders.models import LineState, Order, OrderLine
from orders.services.checks import (
    check_custom_fields,
    check_customer,
    check_details,
    check_lines,
    check_services,
)
from orders.services.drafts import (
    DETAIL_FIELDS,
    StaleOrder,
    build_lines,
    copy_for,
    keep_agreed,
    lock_order,
    write_lines,
)
from orders.services.index import publish
from orders.services.responsible import tell_responsible
from orders.states import next_state
from portal.accounts.models import Membership
from portal.catalog.models import ProductFamily
from portal.errors import RuleError
from portal.history.services import record


def earliest_start(family: str, today: date) -> date:
    """The first date on which a family can be delivered: its lead time in working days."""
    days = (
        ProductFamily._default_manager.filter(pk=family).values_list("lead_days", flat=True).first()
    )
    day, left = today, days or 0
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            left -= 1
    return day


class PricesChanged(RuleError):
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
    """Refuse an order whose prices or bounds are no longer those of today (PricesChanged)."""
    now = {line.product_id: line for line in _current_lines(order, lines, at=at)}
    for line in lines:
        today = now[line.product_id]
        if (line.one_off, line.monthly) != (today.one_off, today.monthly):
            raise PricesChanged


@transaction.atomic
def refresh_prices(order_id: UUID, *, at: datetime) -> bool:
    """Put today's prices into a draft; answers whether any changed. A draft with a product that
    can't be ordered any more is left as it is: placing it says why."""
    order = lock_order(order_id)
    lines = list(order.lines.select_related("product"))
    if not order.is_draft or order.kind != Order.Kind.NEW or not lines:
        return False
    try:
        _check_prices(order, lines, at=at)
    except PricesChanged:
        write_lines(order, _current_lines(order, lines, at=at))
        order.version += 1
        order.changed_at = at
        order.save()
        return True
    except RuleError:
        return False
    return False


@transaction.atomic
def submit_order(
    order_id: UUID,
    *,
    version: int | None,
    by: Membership,
    at: datetime,
    today: date,
    details: Mapping[str, Any] | None = None,
) -> Order:
    """Place the order: DRAFT -> SUBMITTED. ``details`` are the fields of save_details, if the
    form had them.

    Every check runs again; the state, the log, channel sales' row and the mails are written in
    one transaction, whose last statement takes the credit (D8). The same form sent again finds
    the order placed and answers with it. Raises StaleOrder, WrongState, CustomerInactive,
    NotRegistered, NotOrderable, NotForResidential, FieldsMissing, CreditExceeded, RuleError.
    """
    order = lock_order(order_id)
    if order.state == Order.State.SUBMITTED and order.submitted_by_id == by.pk:
        return order
    state = next_state(order, "submit")
    if version is not None and order.version != version:
        raise StaleOrder
    for name in DETAIL_FIELDS:
        if details is not None:
            setattr(order, name, details[name])
    customer = order.customer
    lines = list(order.lines.select_related("product", "service").order_by("position"))
    if not lines:
        raise RuleError(_("Choose at least one product."))
    check_customer(customer, order.family)
    check_lines(lines, customer)
    check_details(order, lines)
    check_services(order, lines)
    check_custom_fields(order)
    if order.kind == Order.Kind.NEW:
        _check_prices(order, lines, at=at)
    if order.start_date is None:
        raise RuleError(_("Enter a start date."), field="start_date")
    earliest = earliest_start(order.family, today)
    if order.kind == Order.Kind.NEW and order.start_date < earliest:
        raise RuleError(
            _("The earliest start date is %(day)s.") % {"day": emails.day(earliest)},
            field="start_date",
        )
    order.exposure = exposure_of(lines)
    order.state, order.state_reason = state, ""
    order.submitted_by, order.submitted_at = by, at
    order.version += 1
    order.changed_at = at
    order.save()
    entry = record(order, "order_submitted", customer_id=customer.pk)
    publish(order, at=at)
    emails.placed(order, lines, to=by, key=str(entry.pk))
    if order.contact is not None:
        emails.placed_customer(order, lines, contact=order.contact, key=str(entry.pk))
    tell_responsible(order, lines, by=by, at=at, key=str(entry.pk))
    take_credit(customer.pk, order.exposure)
    return order


def cancel(order: Order, *, reason: str, text: str, at: datetime, act: str) -> None:
    """Set the state, free what the order held, write the log. The caller has the lock."""
    held = order.exposure if order.is_live else order.exposure * 0
    order.state = next_state(order, act)
    order.cancel_reason, order.state_reason = reason, text
    order.version += 1
    order.changed_at = at
    order.save()
    order.lines.update(state=LineState.CANCELLED)
    record(order, "order_cancelled", customer_id=order.customer_id, reason=reason, text=text)
    if order.was_submitted:
        publish(order, at=at)
    release_credit(order.customer_id, held)


@transaction.atomic
def cancel_order(order_id: UUID, *, reason: str, text: str, at: datetime) -> Order:
    """The partner cancels a draft or a submitted order, with a reason (ORD-07).

    Raises WrongState when channel sales has it already: then ask_cancel.
    """
    order = lock_order(order_id)
    cancel(order, reason=reason, text=text, at=at, act="cancel")
    return order


@transaction.atomic
def ask_cancel(
    order_id: UUID, *, reason: str, text: str, at: datetime, right_customer: Customer | None = None
) -> Order:
    """Ask channel sales to cancel an accepted order; with the right customer given, their
    cancel makes the new draft. Raises WrongState."""
    order = lock_order(order_id)
    next_state(order, "ask_cancel")
    if order.cancel_asked_at is not None:
        raise RuleError(_("Channel Sales was already asked to cancel this order."))
    if right_customer is not None:
        check_recreation(order, right_customer)
    order.cancel_asked_at, order.cancel_asked_reason = at, reason
    order.cancel_asked_text, order.cancel_asked_for = text, right_customer
    order.version += 1
    order.changed_at = at
    order.save()
    record(order, "order_cancel_asked", customer_id=order.customer_id, reason=reason, text=text)
    publish(order, at=at)
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
    """Refuse what can't be made again for ``customer``: the same one, a change or termination,
    one who is inactive or not cleared."""
    if order.customer_id == customer.pk:
        raise RuleError(_("This order is already for that customer."), field="customer")
    if order.kind != Order.Kind.NEW:
        raise RuleError(_("This order acts on services of its customer and stays there."))
    check_customer(customer, order.family)


@transaction.atomic
def recreate_order(
    order_id: UUID, customer: Customer, *, by: Membership, at: datetime
) -> tuple[Order, list[str]]:
    """Ordered for the wrong customer: cancel it and make a draft for the right one, in one act.

    The draft has every check run again and points back (ORD-07). The same request again answers
    with the draft that is there. Raises WrongState, CustomerInactive, NotRegistered.
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
        order, reason=Order.CancelReason.WRONG_CUSTOMER, text=customer.label, at=at, act="cancel"
    )
    return copy, dropped
