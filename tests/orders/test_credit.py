"""Credit: the worked example of the specification, and the effect of each transition."""

from __future__ import annotations

from decimal import Decimal

import pytest

from customers.models import Customer
from customers.services import change_customer
from orders.credit import CreditExceeded, check_credit, committed_by_rows, take_credit
from orders.services.fulfilment import (
    accept_order,
    complete_order,
    fail_order,
    provision_order,
    reject_order,
    return_order,
)
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW


def limited(limit: str, committed: str) -> Customer:
    """Return a customer with this limit and this much in use."""
    customer = factories.make_customer("Kvarnholm AB", "10047", at=NOW, credit_limit=limit)
    Customer.objects.filter(pk=customer.pk).update(credit_committed=Decimal(committed))
    customer.refresh_from_db()
    return customer


def test_worked_example_equal_is_allowed(nordlys: object) -> None:
    """ACC-16: limit 100.00, in use 70.00, need 30.00."""
    customer = limited("100.00", "70.00")
    check_credit(customer, Decimal("30.00"))
    take_credit(customer.pk, Decimal("30.00"))
    customer.refresh_from_db()
    assert customer.credit_committed == 100


def test_worked_example_two_cents_more_is_refused(nordlys: object) -> None:
    """ACC-16: need 30.02."""
    customer = limited("100.00", "70.00")
    for act in (
        lambda: check_credit(customer, Decimal("30.02")),
        lambda: take_credit(customer.pk, Decimal("30.02")),
    ):
        with pytest.raises(CreditExceeded) as refusal:
            act()
        assert str(refusal.value) == (
            "Credit limit exceeded: this order needs 30.02, available 30.00 of 100.00."
            " 0.02 is missing."
        )
    customer.refresh_from_db()
    assert customer.credit_committed == 70


def test_zero_limit_blocks_chargeable_lines_only(anna: Membership) -> None:
    """ACC-15, ACC-16: non-chargeable lines always pass, even over the limit."""
    customer = limited("0.00", "0.00")
    with pytest.raises(CreditExceeded):
        factories.make_draft(customer, by=anna, at=NOW, quantities={"FLX-PRO": 1})
    order = factories.make_order(customer, by=anna, at=NOW, quantities={"FLX-GUIDE": 5})
    assert (order.exposure, order.one_off) == (0, 500)


def test_exposure_is_one_off_plus_one_month(havsbris: Customer, anna: Membership) -> None:
    """D8."""
    order = factories.make_order(
        havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 12, "FLX-D30": 4, "FLX-GUIDE": 1}
    )
    havsbris.refresh_from_db()
    assert order.exposure == havsbris.credit_committed == 12 * 129 + 4 * 1295


def test_submit_decides_when_credit_was_used_since(anna: Membership) -> None:
    """D8: checked early when saved, decided at submit; a refusal changes nothing."""
    customer = limited("300.00", "0.00")
    first = factories.make_draft(customer, by=anna, at=NOW)
    second = factories.make_draft(customer, by=anna, at=NOW)
    submit_order(first.pk, version=first.version, by=anna, at=NOW)
    with pytest.raises(CreditExceeded):
        submit_order(second.pk, version=second.version, by=anna, at=NOW)
    second.refresh_from_db()
    customer.refresh_from_db()
    assert second.state == "draft"
    assert customer.credit_committed == 258


def test_raised_limit_lets_the_same_order_pass(anna: Membership) -> None:
    """ACC-17."""
    customer = limited("100.00", "0.00")
    with pytest.raises(CreditExceeded):
        factories.make_draft(customer, by=anna, at=NOW)
    change_customer(
        customer, at=NOW, by=anna, version=customer.version, credit_limit=Decimal("258.00")
    )
    customer.refresh_from_db()
    assert factories.make_order(customer, by=anna, at=NOW).state == "submitted"


def test_limit_below_what_is_in_use_blocks_new_items_only(
    havsbris: Customer, anna: Membership
) -> None:
    """ACC-17."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    change_customer(
        havsbris, at=NOW, by=anna, version=havsbris.version, credit_limit=Decimal("10.00")
    )
    havsbris.refresh_from_db()
    assert havsbris.credit_available < 0
    accept_order(order.pk, at=NOW)
    with pytest.raises(CreditExceeded):
        factories.make_draft(havsbris, by=anna, at=NOW)


@pytest.mark.parametrize("act", ["reject", "return"])
def test_rejected_and_returned_orders_free_their_credit(
    act: str, havsbris: Customer, anna: Membership
) -> None:
    """SM-ORDER: exposure released."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    {"reject": reject_order, "return": return_order}[act](order.pk, reason="Why", at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.credit_committed == committed_by_rows(havsbris.pk) == 0


def test_failed_and_completed_orders_keep_their_credit(
    havsbris: Customer, anna: Membership
) -> None:
    """SM-ORDER: SUBMITTED, ACCEPTED, PROVISIONING, FAILED, COMPLETED-and-live count."""
    failed = factories.make_order(havsbris, by=anna, at=NOW)
    done = factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-D30": 1})
    for order in (failed, done):
        accept_order(order.pk, at=NOW)
        provision_order(order.pk, at=NOW)
    fail_order(failed.pk, reason="No stock", at=NOW)
    complete_order(done.pk, delivered_on=NOW.date(), vendor_reference="V-1", deliveries={}, at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.credit_committed == committed_by_rows(havsbris.pk) == 258 + 1295
