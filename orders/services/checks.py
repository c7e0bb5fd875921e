"""Who may be ordered for, and what may be ordered for her. Run at every step and at submit."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from customers.models import Customer, FamilyClearance, families_with_registration
from orders.models import OrderLine
from portal.catalog.models import Family, Product
from portal.errors import RuleError


class CustomerInactive(RuleError):
    """D9, REG-16."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(
            _('"%(customer)s" is inactive and cannot be ordered for.')
            % {"customer": customer.name},
            field="customer",
        )


class NotRegistered(RuleError):
    """ORD-14."""

    def __init__(self, customer: Customer, family: str) -> None:
        super().__init__(
            _('"%(customer)s" is not registered with Channel Sales for %(family)s.')
            % {"customer": customer.name, "family": Family(family).label},
            field="customer",
        )


class NotForResidential(RuleError):
    """ACC-07."""

    def __init__(self, product: str) -> None:
        super().__init__(
            _("%(product)s is not available to residential customers.") % {"product": product}
        )


class NotOrderable(RuleError):
    """ORD-28."""

    def __init__(self, product: str) -> None:
        super().__init__(_("%(product)s cannot be ordered.") % {"product": product})


def is_cleared(customer: Customer, family: str) -> bool:
    """Whether the family asks for no registration, or this customer has it."""
    if family not in families_with_registration():
        return True
    return FamilyClearance.objects.filter(
        customer=customer, family=family, revoked_at__isnull=True
    ).exists()


def check_customer(customer: Customer, family: str) -> None:
    """Refuse an inactive customer (CustomerInactive) or one not cleared (NotRegistered)."""
    if not customer.is_active:
        raise CustomerInactive(customer)
    if not is_cleared(customer, family):
        raise NotRegistered(customer, family)


def check_product(product: Product, customer: Customer) -> None:
    """Refuse a withdrawn product (ORD-28) or one not open to her type (ACC-07)."""
    if not product.orderable:
        raise NotOrderable(product.title)
    if customer.is_residential and not product.available_to_residential:
        raise NotForResidential(product.title)


def check_lines(lines: Iterable[OrderLine], customer: Customer) -> None:
    """Run :func:`check_product` over an order that is about to be placed. Ending a service that
    runs is always possible."""
    for line in lines:
        if line.service_id is None:
            check_product(line.product, customer)
