"""Changes of a customer that depend on what runs for it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from customers.services import set_personal_number
from orders.models import Order, OrderLine, Service
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan, prices_on
from portal.core.errors import RuleError
from portal.history.services import record
from portal.tenancy.context import local_day


def _refuse_what_runs(customer: Customer) -> None:
    """Raise RuleError, naming what runs that a residential customer can't have (ACC-08)."""
    running = Service.objects.filter(
        customer=customer, ended_on__isnull=True, product__available_to_residential=False
    )
    names = [service.product_name for service in running.order_by("product_name")]
    if names:
        raise RuleError(
            _("%(n)s active products are not available to residential customers: %(names)s")
            % {"n": len(names), "names": ", ".join(sorted(set(names)))},
            field="type",
        )


def _refuse_what_is_ordered(customer: Customer) -> None:
    """Raise RuleError, naming the open orders of what a residential customer can't have (ORD-64).

    Orders that end services make nothing run.
    """
    lines = OrderLine.objects.filter(
        customer=customer, order__state__in=Order.LIVE, product__available_to_residential=False
    ).exclude(order__kind=Order.Kind.TERMINATE)
    found = list(lines.select_related("order", "product").order_by("order__number", "position"))
    if found:
        names = [f"{line.title} ({line.order.number})" for line in found]
        raise RuleError(
            ngettext(
                "%(n)s ordered product is not available to residential customers: %(names)s. "
                "Cancel the order first.",
                "%(n)s ordered products are not available to residential customers: %(names)s. "
                "Cancel the orders first.",
                len(found),
            )
            % {"n": len(found), "names": ", ".join(names)},
            field="type",
        )


@transaction.atomic
def change_customer_type(customer: Customer, type: str, *, at: datetime) -> None:
    """Change a customer's type to normal or residential (ACC-05).

    Raise RuleError, naming the products, if any that a residential customer can't have run
    (ACC-08) or are in an open order (ORD-64).
    """
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.type == type:
        return
    if type == Customer.Type.RESIDENTIAL:
        _refuse_what_runs(current)
        _refuse_what_is_ordered(current)
    old, new = Customer.Type(current.type).label, Customer.Type(type).label
    current.type = type
    current.touch(at)
    current.save(update_fields=["type", "version", "changed_at"])
    record(current, "customer_type_changed", customer_id=current.pk, old=str(old), new=str(new))
    if not current.is_residential:
        # A company has none (REG-31), and personal data is not kept without need (D19).
        set_personal_number(current, "")


def plan_preview(customer: Customer, plan: RatePlan, *, at: datetime) -> list[dict[str, object]]:
    """Return the effect of another plan on each running service (ACC-14).

    Each has name, quantity, old and new monthly price per unit; ``new`` is None if the plan has no
    price.
    """
    running = list(
        Service.objects.select_related("product").filter(customer=customer, ended_on__isnull=True)
    )
    if not running:
        return []
    prices = prices_on(
        [service.product for service in running],
        rate_plan_id=plan.pk,
        currency=running[0].currency,
        day=local_day(at),
    )
    return [
        {
            "service": service,
            "old": service.monthly,
            "new": prices[service.product_id][1] if service.product_id in prices else None,
        }
        for service in running
    ]


@transaction.atomic
def change_rate_plan(
    customer: Customer, plan: RatePlan, *, by: Membership | None, at: datetime
) -> int:
    """Change the rate plan from now on (ACC-14); return how many services changed.

    Running services take its monthly prices; one-off prices and the past stay. Raise RuleError
    without the right to set credit (PA), or if a running product has no price in the plan.
    """
    if by is not None and not by.may("set_credit"):
        raise RuleError(_("Only an administrator can choose another rate plan."), field="rate_plan")
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.rate_plan_id == plan.pk:
        return 0
    preview = plan_preview(current, plan, at=at)
    missing = [str(row["service"]) for row in preview if row["new"] is None]
    if missing:
        raise RuleError(
            _("%(plan)s has no price for: %(names)s. Ask Channel Sales.")
            % {"plan": plan.name, "names": ", ".join(missing)},
            field="rate_plan",
        )
    old = current.rate_plan.name
    changed = 0
    for row in preview:
        service = row["service"]
        price = row["new"]
        assert isinstance(service, Service) and isinstance(price, Decimal)
        if service.monthly != price:
            before = service.exposure
            service.monthly = price
            service.save(update_fields=["monthly"])
            current.credit_committed += service.exposure - before
            changed += 1
    current.rate_plan = plan
    current.touch(at)
    current.save(update_fields=["rate_plan", "version", "changed_at", "credit_committed"])
    record(
        current, "rate_plan_changed", customer_id=current.pk, old=old, new=plan.name, lines=changed
    )
    return changed
