"""Drafts: one customer from the start, and what they may contain."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer
from customers.services import deactivate_customer
from orders.models import Order
from orders.services.checks import CustomerInactive, NotForResidential, NotOrderable, NotRegistered
from orders.services.drafts import (
    OwnCompanyNotConfirmed,
    StaleOrder,
    build_lines,
    save_products,
    start_draft,
)
from orders.services.moving import delete_draft, move_draft
from orders.services.placing import submit_order
from orders.services.recreating import cancel_order, recreate_order
from portal.accounts.models import Membership
from portal.catalog.models import Family, Product
from portal.core.errors import RuleError, WrongState
from portal.history.models import Entry
from tests import factories
from tests.conftest import NOW


@pytest.mark.parametrize("family", Family.values)
def test_draft_has_one_customer_and_no_order_without(
    family: str, havsbris: Customer, anna: Membership
) -> None:
    """ORD-01, ORD-02: NOT NULL in the database too, for every family."""
    order = start_draft(customer=havsbris, family=family, by=anna, at=NOW)
    assert order.customer == havsbris
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(
            number="X", family=family, currency="SEK", created_at=NOW, changed_at=NOW
        )


def test_own_company_needs_the_tick(own: Customer, anna: Membership) -> None:
    """ORD-05, ORD-10."""
    with pytest.raises(OwnCompanyNotConfirmed) as refusal:
        start_draft(customer=own, family="flex", by=anna, at=NOW)
    assert (
        str(refusal.value)
        == "You are ordering for your own company. Confirm this, or choose a customer."
    )
    assert Order.objects.count() == 0
    order = start_draft(customer=own, family="flex", by=anna, at=NOW, own_confirmed=True)
    assert order.customer == own


def test_trunk_refuses_a_customer_that_is_not_registered(
    bjorkvik: Customer, anna: Membership
) -> None:
    """ORD-14, ORD-16: trunks only."""
    with pytest.raises(NotRegistered) as refusal:
        start_draft(customer=bjorkvik, family="trunk", by=anna, at=NOW)
    assert str(refusal.value) == (
        '"Björkvik Bygg AB" is not registered with Channel Sales for SIP trunk.'
    )
    for family in ("meeting", "flex"):
        assert start_draft(customer=bjorkvik, family=family, by=anna, at=NOW).family == family


def test_inactive_customer_gets_no_draft(havsbris: Customer, anna: Membership) -> None:
    """D9, REG-16."""
    deactivate_customer(havsbris, at=NOW)
    havsbris.refresh_from_db()
    with pytest.raises(CustomerInactive) as refusal:
        start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    assert str(refusal.value) == '"Havsbris Konsult AB" is inactive and cannot be ordered for.'


def test_draft_of_an_inactive_customer_is_not_submitted(
    havsbris: Customer, anna: Membership
) -> None:
    """D9: earlier orders keep the customer's name."""
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    deactivate_customer(havsbris, at=NOW)
    with pytest.raises(CustomerInactive):
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.customer.name) == ("draft", "Havsbris Konsult AB")


def test_withdrawn_product_stops_the_submit(havsbris: Customer, anna: Membership) -> None:
    """ORD-28, ORD-06: every check runs again."""
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    Product.objects.filter(sku="FLX-PRO").update(orderable=False)
    with pytest.raises(NotOrderable):
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)


def test_same_form_twice_makes_one_draft(havsbris: Customer, anna: Membership) -> None:
    """SAFE-05: the id comes with the form."""
    form_id = uuid4()
    first = start_draft(customer=havsbris, family="flex", by=anna, at=NOW, order_id=form_id)
    again = start_draft(customer=havsbris, family="flex", by=anna, at=NOW, order_id=form_id)
    assert first.pk == again.pk == form_id
    assert Order.objects.count() == 1


def test_prices_are_those_of_the_customers_plan_on_the_day(
    havsbris: Customer, anna: Membership
) -> None:
    """D17."""
    flex = factories.product("FLX-PRO")
    (line,) = build_lines(havsbris, "flex", {flex.pk: 3}, at=NOW, currency="SEK")
    assert (line.one_off, line.monthly, line.monthly_total) == (0, 129, 387)


def test_withdrawn_product_is_refused(havsbris: Customer) -> None:
    """ORD-28."""
    old = factories.product("FLX-OLD")
    with pytest.raises(NotOrderable) as refusal:
        build_lines(havsbris, "flex", {old.pk: 1}, at=NOW, currency="SEK")
    assert str(refusal.value) == "Product FLX-OLD cannot be ordered."


def test_residential_gets_only_open_products(anna: Membership) -> None:
    """ACC-06, ACC-07."""
    eva = factories.make_customer("Eva Havström", "10113", at=NOW, type="residential")
    home, pro = factories.product("FLX-HOME"), factories.product("FLX-PRO")
    assert len(build_lines(eva, "flex", {home.pk: 1}, at=NOW, currency="SEK")) == 1
    with pytest.raises(NotForResidential) as refusal:
        build_lines(eva, "flex", {pro.pk: 1}, at=NOW, currency="SEK")
    assert str(refusal.value) == "Product FLX-PRO is not available to residential customers."


def test_product_of_another_family_is_refused(havsbris: Customer) -> None:
    """D25: an order holds one family."""
    with pytest.raises(RuleError):
        build_lines(havsbris, "flex", {factories.product("MTG-HOST").pk: 1}, at=NOW, currency="SEK")


def test_quantity_outside_the_bounds_is_refused(havsbris: Customer) -> None:
    product = factories.product("FLX-PRO")
    with pytest.raises(RuleError, match="order 1 to 1000"):
        build_lines(havsbris, "flex", {product.pk: 1001}, at=NOW, currency="SEK")


def test_stale_draft_is_not_overwritten(havsbris: Customer, anna: Membership) -> None:
    """SAFE-06: two editors."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    pro = factories.product("FLX-PRO")
    with pytest.raises(StaleOrder):
        save_products(order.pk, version=1, quantities={pro.pk: 9}, details={}, site=None, at=NOW)
    assert [line.quantity for line in order.lines.all()] == [2]


def test_moving_a_draft_copies_it_deletes_the_old_and_lists_what_went(
    havsbris: Customer, anna: Membership
) -> None:
    """D2, ORD-06."""
    eva = factories.make_customer("Eva Havström", "10113", at=NOW, type="residential")
    order = factories.make_draft(
        havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2, "FLX-HOME": 1}
    )
    moved, dropped = move_draft(order.pk, eva, version=order.version, by=anna, at=NOW)
    assert moved.pk != order.pk
    assert moved.customer == eva
    assert dropped == ["Product FLX-PRO"]
    assert [line.product_name for line in moved.lines.all()] == ["Product FLX-HOME"]
    assert not Order.objects.filter(pk=order.pk).exists()
    assert Entry.objects.filter(object_pk=str(order.pk), verb="order_deleted").exists()


def test_moving_a_draft_to_the_own_company_needs_the_tick(
    havsbris: Customer, own: Customer, anna: Membership
) -> None:
    """ORD-05 applies to a change of customer too."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    with pytest.raises(OwnCompanyNotConfirmed):
        move_draft(order.pk, own, version=order.version, by=anna, at=NOW)
    assert Order.objects.get().customer == havsbris


def test_draft_is_deleted_and_the_log_kept(havsbris: Customer, anna: Membership) -> None:
    """ORD-07."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    delete_draft(order.pk)
    assert Order.objects.count() == 0
    entry = Entry.objects.get(verb="order_deleted")
    assert entry.additional_data["customer"] == "Havsbris Konsult AB, 10042"


def test_submitted_order_is_not_deleted(havsbris: Customer, anna: Membership) -> None:
    """ORD-07, SM-ORDER."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    with pytest.raises(WrongState) as refusal:
        delete_draft(order.pk)
    assert str(refusal.value) == "This order is submitted and cannot be deleted."


def test_recreate_cancels_and_makes_the_draft_in_one_transaction(
    havsbris: Customer, bjorkvik: Customer, anna: Membership
) -> None:
    """ORD-07: the old one is CANCELLED with wrong_customer, the new draft points back."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    copy, dropped = recreate_order(order.pk, bjorkvik, by=anna, at=NOW)
    order.refresh_from_db()
    havsbris.refresh_from_db()
    assert (order.state, order.cancel_reason) == ("cancelled", "wrong_customer")
    assert (copy.state, copy.customer, copy.recreated_from) == ("draft", bjorkvik, order)
    assert dropped == []
    assert copy.reference == "Office move"
    assert [line.quantity for line in copy.lines.all()] == [2]
    assert havsbris.credit_committed == 0
    again, _none = recreate_order(order.pk, bjorkvik, by=anna, at=NOW)
    assert again == copy


def test_recreate_for_an_uncleared_customer_leaves_everything(
    havsbris: Customer, bjorkvik: Customer, anna: Membership
) -> None:
    """ORD-07: all checks run again, and nothing is changed."""
    order = factories.make_order(havsbris, by=anna, at=NOW, family="trunk")
    with pytest.raises(NotRegistered):
        recreate_order(order.pk, bjorkvik, by=anna, at=NOW)
    order.refresh_from_db()
    assert order.state == "submitted"
    assert Order.objects.count() == 1


def test_cancel_takes_a_reason_and_frees_the_credit(havsbris: Customer, anna: Membership) -> None:
    order = factories.make_order(havsbris, by=anna, at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.credit_committed == 258
    cancel_order(order.pk, reason="not_needed", text="", at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.credit_committed == 0
    with pytest.raises(WrongState) as refusal:
        cancel_order(order.pk, reason="not_needed", text="", at=NOW)
    assert str(refusal.value) == "This order is cancelled and cannot be cancelled."


def test_order_numbers_count_up_in_the_partner(havsbris: Customer, anna: Membership) -> None:
    numbers = [
        start_draft(customer=havsbris, family="flex", by=anna, at=NOW).number for _i in range(2)
    ]
    assert all(number.startswith("2026-") for number in numbers)
    assert int(numbers[1][-4:]) == int(numbers[0][-4:]) + 1
