"""Running services and deliveries as charges of a period (ACC-23).

A one-off price is charged on the day of delivery. A monthly price is charged from the day of
delivery to the day before the end, by days for a part of a month. Quantity and price of a service
on a day are taken from its delivered orders and the change log: a change of the rate plan leaves
the past as it was (ACC-14).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from customers.models import Customer, CustomerQuerySet
from orders.models import LineState, Order, OrderLine, Service
from portal.core.formats import round_money
from portal.history.models import Entry
from portal.tenancy.context import local_day

DAY = timedelta(days=1)
Steps = list[tuple[date, Decimal]]


@dataclass(frozen=True)
class Charge:
    """One amount to charge; ``end`` is the last day it is for."""

    customer: Customer
    kind: str  # "ONCE" or "MONTHLY"
    sku: str
    description: str
    start: date
    end: date
    quantity: int
    price: Decimal
    amount: Decimal
    currency: str
    days: int = 0
    days_of_month: int = 0
    identifiers: str = ""
    # The order that it was delivered for; of services from before that was kept it is unknown.
    order: Order | None = None


def charges_between(customers: CustomerQuerySet, *, start: date, end: date) -> list[Charge]:
    """Return the charges of these customers from ``start`` to ``end``, both included."""
    found = [*_once(customers, start, end), *_monthly(customers, start, end)]
    found.sort(key=lambda each: (each.customer.number_sort, each.start, each.kind, each.sku))
    return found


def _once(customers: CustomerQuerySet, start: date, end: date) -> Iterator[Charge]:
    lines = OrderLine.objects.filter(
        customer__in=customers,
        state=LineState.DELIVERED,
        delivered_on__range=(start, end),
        one_off__gt=0,
    ).exclude(order__kind=Order.Kind.TERMINATE)
    for line in lines.select_related("customer", "product", "order"):
        count = line.quantity if line.one_off_quantity is None else line.one_off_quantity
        if count == 0 or line.delivered_on is None:
            continue
        yield Charge(
            customer=line.customer,
            kind="ONCE",
            sku=line.product.sku,
            description=line.product_name,
            start=line.delivered_on,
            end=line.delivered_on,
            quantity=count,
            price=line.one_off,
            amount=line.one_off_total,
            currency=line.order.currency,
            identifiers=line.identifiers,
            order=line.order,
        )


def _monthly(customers: CustomerQuerySet, start: date, end: date) -> Iterator[Charge]:
    services = list(
        Service.objects.filter(customer__in=customers, started_on__lte=end)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=start))
        .select_related("customer", "product", "made_by__order")
    )
    changes = _delivered_changes(services)
    quantities, prices = _quantities(services, changes), _prices(services)
    for service in services:
        first = max(start, service.started_on)
        last = min(end, service.ended_on - DAY) if service.ended_on else end
        counts, costs = quantities[str(service.pk)], prices[str(service.pk)]
        for begin, until in _pieces(first, last, [day for day, _value in (*counts, *costs)]):
            quantity, price = int(_at(counts, begin)), _at(costs, begin)
            if quantity == 0 or price == 0:
                continue
            length = calendar.monthrange(begin.year, begin.month)[1]
            days = (until - begin).days + 1
            yield Charge(
                customer=service.customer,
                kind="MONTHLY",
                sku=service.product.sku,
                description=service.product_name,
                start=begin,
                end=until,
                quantity=quantity,
                price=price,
                amount=round_money(price * quantity * days / length),
                currency=service.currency,
                days=days,
                days_of_month=length,
                identifiers=service.identifiers,
                order=_order_on(service, changes.get(service.pk, []), begin),
            )


def _pieces(first: date, last: date, changes: list[date]) -> Iterator[tuple[date, date]]:
    """Split the days from ``first`` to ``last`` at each month and at each change."""
    begin = first
    while begin <= last:
        month_end = begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])
        until = min([last, month_end, *(day - DAY for day in changes if begin < day)])
        yield begin, until
        begin = until + DAY


def _at(steps: Steps, day: date) -> Decimal:
    """Return the value on a day: that of the last step not after it."""
    value = steps[0][1]
    for since, each in steps:
        if since <= day:
            value = each
    return value


def _changes(services: list[Service], field: str) -> dict[str, list[tuple[date, str, str]]]:
    """Return (day, old, new) of a field of each service from the change log, oldest first."""
    entries = Entry.objects.filter(
        content_type=ContentType.objects.get_for_model(Service),
        object_pk__in=[str(service.pk) for service in services],
        action=Entry.Action.UPDATE,
        changes__has_key=field,
    ).order_by("timestamp", "id")
    found: dict[str, list[tuple[date, str, str]]] = {}
    for entry in entries:
        values = (entry.changes or {}).get(field)
        if isinstance(values, list) and len(values) == 2:
            day = local_day(entry.timestamp)
            found.setdefault(entry.object_pk, []).append((day, str(values[0]), str(values[1])))
    return found


def _number(text: str, fallback: Decimal) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return fallback


def _prices(services: list[Service]) -> dict[str, Steps]:
    changes = _changes(services, "monthly")
    found: dict[str, Steps] = {}
    for service in services:
        logged = changes.get(str(service.pk), [])
        begin = _number(logged[0][1], service.monthly) if logged else service.monthly
        steps = [(service.started_on, begin)]
        steps += [(day, _number(new, service.monthly)) for day, _old, new in logged]
        found[str(service.pk)] = steps
    return found


def _delivered_changes(services: list[Service]) -> dict[UUID, list[OrderLine]]:
    """Return the delivered lines that changed each service, oldest first."""
    lines = OrderLine.objects.filter(
        service__in=services, state=LineState.DELIVERED, order__kind=Order.Kind.CHANGE
    ).select_related("order")
    found: dict[UUID, list[OrderLine]] = {}
    for line in lines.order_by("delivered_on", "order__changed_at"):
        if line.service_id is not None and line.delivered_on is not None:
            found.setdefault(line.service_id, []).append(line)
    return found


def _order_on(service: Service, changes: list[OrderLine], day: date) -> Order | None:
    """Return the order that a service is charged for on a day: its own, or the last change."""
    order = service.made_by.order if service.made_by is not None else None
    for line in changes:
        if line.delivered_on is not None and line.delivered_on <= day:
            order = line.order
    return order


def _quantities(
    services: list[Service], delivered: dict[UUID, list[OrderLine]]
) -> dict[str, Steps]:
    """Return each service's quantities by day of delivery; the first one is in the log."""
    changes = _changes(services, "quantity")
    found: dict[str, Steps] = {}
    for service in services:
        key, now = str(service.pk), Decimal(service.quantity)
        logged = changes.get(key, [])
        begin = _number(logged[0][1], now) if logged else now
        steps = [
            (line.delivered_on, Decimal(line.quantity))
            for line in delivered.get(service.pk, [])
            if line.delivered_on is not None
        ]
        found[key] = [(service.started_on, begin), *steps]
    return found
