"""What one customer can buy, and why not (CHAN-45)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from customers.models import Customer, FamilyClearance
from portal.catalog.models import Family
from portal.catalog.offering import Offering, offerings


def offerings_for(
    customer: Customer, *, currency: str, day: date, family: str = ""
) -> list[Offering]:
    """Return the products with every reason that holds for this customer today."""
    found = offerings(
        residential=customer.is_residential,
        rate_plan_id=customer.rate_plan_id,
        currency=currency,
        day=day,
        family=family,
    )
    cleared = set(
        FamilyClearance.objects.filter(customer=customer, revoked_at=None).values_list(
            "family", flat=True
        )
    )
    return [_for_customer(each, customer, cleared) for each in found]


def _for_customer(each: Offering, customer: Customer, cleared: set[str]) -> Offering:
    family = each.product.family
    if not customer.is_active:
        each = each.refused(_("The customer is inactive."))
    if family.requires_channel_registration and family.code not in cleared:
        text = _("The customer is not registered for %(family)s.")
        each = each.refused(text % {"family": Family(family.code).label})
    return each
