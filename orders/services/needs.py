"""Products that need others: a number block needs its trunk (CHAN-44)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from orders.models import Order, OrderLine, Service
from portal.catalog.models import Product
from portal.core.errors import RuleError


class NeedsOther(RuleError):
    """Refuse a product without one of those that it needs, with the cure (CHAN-44)."""

    def __init__(self, product: Product, bases: Iterable[Product]) -> None:
        names = "; ".join(base.title for base in bases)
        text = _("%(product)s needs one of these: %(bases)s. Add one to the order.")
        super().__init__(text % {"product": product.title, "bases": names}, field=f"q_{product.pk}")


class StillNeeded(RuleError):
    """Refuse to end what a service that stays needs, with the cure (CHAN-44)."""

    def __init__(self, stays: Service) -> None:
        text = _("%(service)s needs what you end. End it in the same order.")
        super().__init__(text % {"service": stays.product_name}, field=f"s_{stays.pk}")


def needed_by(products: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return the products of which each of these needs one; those that need none are missing."""
    rows = Product.objects.filter(pk__in=list(products), needs__isnull=False)
    found: dict[UUID, set[UUID]] = {}
    for product, base in rows.values_list("pk", "needs"):
        found.setdefault(product, set()).add(base)
    return found


def _running(order: Order) -> list[Service]:
    rows = Service.objects.filter(customer=order.customer_id, ended_on__isnull=True)
    return list(rows.select_related("product"))


def check_needs(order: Order, lines: Iterable[OrderLine]) -> None:
    """Refuse what can't be delivered or can't stay for want of another product (CHAN-44).

    A new product finds what it needs in the same order or among the services that run. One that
    stays keeps what it needs; what was sold once keeps nothing. Raise NeedsOther, StillNeeded.
    """
    if order.kind == Order.Kind.NEW:
        _check_new(order, {line.product_id: line.product for line in lines})
    elif order.kind == Order.Kind.TERMINATE:
        _check_ending(order, {line.service_id for line in lines})


def _check_new(order: Order, ordered: dict[UUID, Product]) -> None:
    needs = needed_by(ordered)
    missing = {product: bases for product, bases in needs.items() if not bases & ordered.keys()}
    if not missing:
        return
    there = {service.product_id for service in _running(order)}
    for product, bases in missing.items():
        if not bases & there:
            offered = Product.objects.filter(pk__in=bases, orderable=True).in_order()
            raise NeedsOther(ordered[product], offered)


def _check_ending(order: Order, ended: set[UUID | None]) -> None:
    running = _running(order)
    stays = [service for service in running if service.pk not in ended]
    ends = {service.product_id for service in running if service.pk in ended}
    there = {service.product_id for service in stays}
    needs = needed_by(there)
    for service in stays:
        bases = needs.get(service.product_id, set())
        if service.product.rental and bases & ends and not bases & there:
            raise StillNeeded(service)
