"""Checks of the customer and the products, run at every step and when placing an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Exists
from django.utils.translation import gettext as _

from customers.custom_values import missing_for
from customers.models import Customer, FamilyClearance
from orders.models import LineState, Order, OrderLine, Service
from orders.services.completeness import Missing, missing_of
from portal.catalog.models import Family, Product, ProductFamily
from portal.core.errors import RuleError


class CustomerInactive(RuleError):
    """Refuse an order for a deactivated customer (REG-16, D9)."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(
            _('"%(customer)s" is inactive and cannot be ordered for.')
            % {"customer": customer.name},
            field="customer",
        )


class NotRegistered(RuleError):
    """Refuse an order for a customer that is not registered for the product family (ORD-14)."""

    def __init__(self, customer: Customer, family: str) -> None:
        super().__init__(
            _('"%(customer)s" is not registered with Channel Sales for %(family)s.')
            % {"customer": customer.name, "family": Family(family).label},
            field="customer",
        )


class NotForResidential(RuleError):
    """Refuse a product that residential customers may not have (ACC-07)."""

    def __init__(self, product: str) -> None:
        super().__init__(
            _("%(product)s is not available to residential customers.") % {"product": product}
        )


class NotOrderable(RuleError):
    """Refuse a product that is withdrawn from manual ordering (ORD-28)."""

    def __init__(self, product: str) -> None:
        super().__init__(_("%(product)s cannot be ordered.") % {"product": product})


class DetailsMissing(RuleError):
    """Refuse an order without what its delivery needs, which it names (ORD-06, ORD-60)."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        words = " ".join(dict.fromkeys(each.text for each in missing))
        super().__init__(
            _("The delivery needs more: %(missing)s Fill it in in the products step.")
            % {"missing": words}
        )


def check_details(order: Order, lines: Iterable[OrderLine]) -> None:
    """Refuse an order without what its delivery needs.

    A draft that was parked or copied for another customer may lack it. Raise DetailsMissing.
    """
    missing = missing_of(order, lines)
    if missing:
        raise DetailsMissing(missing)


class ServiceEnded(RuleError):
    """Refuse to change a service that has ended (D16)."""

    def __init__(self, service: Service) -> None:
        super().__init__(_("%(service)s has ended.") % {"service": service.title})


class ServiceBusy(RuleError):
    """Refuse to change a service that another order changes or ends (D16); ``other`` (ORD-61)."""

    def __init__(self, service: Service, other: Order) -> None:
        words = (
            _("%(service)s is being ended by order %(number)s.")
            if other.ends_services
            else _("%(service)s is being changed by order %(number)s.")
        )
        super().__init__(words % {"service": service.title, "number": other.number})
        self.other = other


def check_services(order: Order, lines: Iterable[OrderLine]) -> None:
    """Raise ServiceEnded, or ServiceBusy for a service that another live order acts on."""
    for line in lines:
        if line.service is None:
            continue
        if line.service.ended_on is not None:
            raise ServiceEnded(line.service)
        others = OrderLine.objects.filter(service=line.service, order__state__in=Order.LIVE)
        over = (LineState.DELIVERED, LineState.CANCELLED)
        other = others.exclude(order=order).exclude(state__in=over).first()
        if other is not None:
            raise ServiceBusy(line.service, other.order)


class FieldsMissing(RuleError):
    """Refuse an order while a custom field that its family requires is empty (REG-28)."""

    def __init__(self, customer: Customer, family: str, labels: list[str]) -> None:
        super().__init__(
            _("An order of %(family)s needs %(fields)s of %(customer)s. Fill it in first.")
            % {
                "family": Family(family).label,
                "fields": ", ".join(labels),
                "customer": customer.label,
            }
        )


def check_custom_fields(order: Order) -> None:
    """Raise FieldsMissing if a custom field that the family requires is empty.

    Terminating services is always possible.
    """
    if order.kind == Order.Kind.TERMINATE:
        return
    missing = missing_for(order.customer, order.family)
    if missing:
        raise FieldsMissing(order.customer, order.family, [field.label for field in missing])


def is_cleared(customer: Customer, family: str) -> bool:
    """Return whether the family needs no registration, or this customer has it."""
    cleared = FamilyClearance.objects.filter(
        customer=customer, family=family, revoked_at__isnull=True
    )
    needs = ProductFamily._default_manager.filter(code=family, requires_channel_registration=True)
    return not needs.exclude(Exists(cleared)).exists()


def check_active(customer: Customer) -> None:
    """Raise CustomerInactive for a deactivated customer (REG-16, D9)."""
    if not customer.is_active:
        raise CustomerInactive(customer)


def check_customer(customer: Customer, family: str) -> None:
    """Refuse an inactive customer (CustomerInactive) or one not registered (NotRegistered)."""
    check_active(customer)
    if not is_cleared(customer, family):
        raise NotRegistered(customer, family)


def check_product(product: Product, customer: Customer) -> None:
    """Refuse a withdrawn product (ORD-28) or one not open to the customer's type (ACC-07)."""
    if not product.orderable:
        raise NotOrderable(product.title)
    if customer.is_residential and not product.available_to_residential:
        raise NotForResidential(product.title)


def check_raised(service: Service, total: int, customer: Customer) -> None:
    """Refuse more of a service that residential customers may not have (ORD-64).

    Raise NotForResidential. What such a customer has from before can stay, be lowered and end.
    """
    closed = customer.is_residential and not service.product.available_to_residential
    if closed and total > service.quantity:
        raise NotForResidential(service.title)


def lock_type(customer: Customer) -> None:
    """Read the customer's type, which stays to the end of the transaction.

    A change of the type waits, and then sees the order that is placed now (ORD-64). The lock is
    shared: orders of one customer do not wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type FROM customers_customer WHERE id = %s FOR KEY SHARE", [customer.pk]
        )
        (customer.type,) = cursor.fetchone()


def check_lines(lines: Iterable[OrderLine], customer: Customer) -> None:
    """Run :func:`check_product` for each line of an order that is about to be placed.

    Of a line that changes a service, check whether it may be raised (ORD-64). Terminating services
    is always possible.
    """
    for line in lines:
        if line.service is None:
            check_product(line.product, customer)
        else:
            check_raised(line.service, line.quantity, customer)
