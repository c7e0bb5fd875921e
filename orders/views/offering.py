"""The price list: what can be bought at which price, and why not (CHAN-45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.active_customer import active_customer
from customers.models import Customer
from customers.services import default_rate_plan
from orders.offering import offerings_for
from portal.accounts.access import PartnerRequest, needs
from portal.catalog.models import Family, RatePlan
from portal.catalog.offering import Offering, offerings
from portal.channel.announcing import announced_to
from portal.core.errors import RuleError
from portal.core.http import parse_uuid
from portal.tenancy.context import local_day


def _customer(request: PartnerRequest) -> Customer | None:
    """Return the customer of the address, otherwise the active one; none where it says so."""
    if request.GET.get("plan"):
        return None
    visible = Customer.objects.visible_to(request.membership).select_related("rate_plan")
    named = parse_uuid(request.GET.get("customer", ""))
    if named is not None:
        return visible.filter(pk=named).first()
    active = active_customer(request)
    return visible.filter(pk=active.pk).first() if active is not None else None


def _plan(request: PartnerRequest, plans: list[RatePlan]) -> RatePlan | None:
    asked = request.GET.get("plan", "")
    found = next((plan for plan in plans if str(plan.pk) == asked), None)
    if found is not None:
        return found
    try:
        return default_rate_plan()
    except RuleError:
        return None


def _groups(rows: list[Offering]) -> list[tuple[str, list[Offering]]]:
    by_family = groupby(rows, key=lambda each: each.product.family_id)
    return [(str(Family(code).label), list(found)) for code, found in by_family]


@dataclass(frozen=True)
class _Asked:
    """What the address asks for: a customer, or a type and a plan; and perhaps a family."""

    customer: Customer | None
    plan: RatePlan | None
    residential: bool
    family: str

    def rows(self, *, currency: str, day: date) -> list[Offering]:
        """Return the products with their prices and reasons."""
        if self.customer is not None:
            return offerings_for(self.customer, currency=currency, day=day, family=self.family)
        if self.plan is None:
            return []
        return offerings(
            residential=self.residential,
            rate_plan_id=self.plan.pk,
            currency=currency,
            day=day,
            family=self.family,
        )


def _asked(request: PartnerRequest, plans: list[RatePlan]) -> _Asked:
    customer, family = _customer(request), request.GET.get("family", "")
    family = family if family in Family.values else ""
    if customer is not None:
        return _Asked(customer, customer.rate_plan, customer.is_residential, family)
    residential = request.GET.get("type") == Customer.Type.RESIDENTIAL
    return _Asked(None, _plan(request, plans), residential, family)


@needs("view_prices")
@require_safe
def price_list(request: PartnerRequest) -> HttpResponse:
    """Show each product with its price and each reason against it, for a customer or a plan."""
    plans = list(RatePlan._default_manager.order_by("position", "id"))
    asked, day = _asked(request, plans), local_day(timezone.now())
    currency = request.partner.currency
    context: dict[str, Any] = {
        "customer": asked.customer,
        "groups": _groups(asked.rows(currency=currency, day=day)),
        "plans": plans,
        "plan": asked.plan,
        "types": Customer.Type.choices,
        "type": Customer.Type.RESIDENTIAL if asked.residential else Customer.Type.NORMAL,
        "families": [("", _("All families")), *Family.choices],
        "family": asked.family,
        "currency": currency,
        "day": day,
        "announcements": announced_to(request.partner)[:3],
    }
    return render(request, "orders/price_list.html", context)
