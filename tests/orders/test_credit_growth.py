"""Changes of services that cost more on the day of delivery than on the day of the order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from customers.services import change_customer
from orders.credit import CreditExceeded, committed_by_rows
from orders.services.customer_changes import change_rate_plan
from orders.services.fulfilment import accept_order, complete_order, provision_order
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from tests import factories
from tests.conftest import NOW
from tests.orders.test_fulfilment import place_on, running


@pytest.mark.parametrize("limit", ["645.00", "644.99"])
def test_completing_takes_the_increase_since_the_order(limit: str, anna: Membership) -> None:
    """D8, ACC-14, ACC-16: five seats at 129.00 instead of 116.10.

    Exactly enough credit passes; with a cent less it is refused and nothing is delivered.
    """
    cheap = RatePlan._default_manager.get(name="Business 25")
    customer = factories.make_customer("Kvarnholm AB", "10047", at=NOW, rate_plan=cheap)
    service = running(customer, anna, 2)
    order = place_on(service, "change", 5, anna)
    assert order.exposure == 3 * Decimal("116.10")
    change_rate_plan(customer, RatePlan._default_manager.get(name="Standard"), by=anna, at=NOW)
    customer.refresh_from_db()
    assert customer.credit_committed == committed_by_rows(customer.pk) == Decimal("606.30")
    change_customer(
        customer, at=NOW, by=anna, version=customer.version, credit_limit=Decimal(limit)
    )
    accept_order(order.pk, at=NOW)
    provision_order(order.pk, at=NOW)
    details: dict[str, Any] = {
        "delivered_on": NOW.date(),
        "vendor_reference": "",
        "deliveries": {},
        "at": NOW,
    }
    if limit == "644.99":
        with pytest.raises(CreditExceeded):
            complete_order(order.pk, **details)
    else:
        complete_order(order.pk, **details)
    service.refresh_from_db()
    committed = Customer.objects.get(pk=customer.pk).credit_committed
    assert (service.quantity, committed) == (
        (2, Decimal("606.30")) if limit == "644.99" else (5, Decimal("645.00"))
    )
    assert committed == committed_by_rows(customer.pk)
