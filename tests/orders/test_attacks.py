"""Regressions: faults that were found by trying to break the portal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from customers.models import Customer
from customers.services import create_customer
from orders.families.flex import FlexForm
from orders.models import LineState, Order
from orders.services import fulfilment, placing, recreating
from orders.services.checks import DetailsMissing, NotRegistered, ServiceBusy
from orders.services.drafts import start_draft
from orders.services.moving import move_draft
from portal.accounts.models import Membership
from portal.accounts.services import invite
from portal.catalog.models import Price, Product
from portal.channel.models import SubmittedOrder
from portal.channel.services import NameTaken
from portal.core.errors import RuleError
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn
from tests.orders.test_fulfilment import place_on, running
from tests.orders.test_wizard import details, form_token_of, switch


def place(order: Order, by: Membership) -> Order:
    return placing.submit_order(order.pk, version=order.version, by=by, at=NOW)


def test_named_users_survive_an_unchanged_save(havsbris: Customer, anna: Membership) -> None:
    users = [{"name": "Ada", "email": "ada@a.example", "seat": "FLX-PRO"}]
    order = factories.make_draft(
        havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 1}, details={"users": users}
    )
    data = {f"q_{factories.product('FLX-PRO').pk}": "1", "users-TOTAL_FORMS": "1"}
    data |= {"users-INITIAL_FORMS": "1", "users-0-name": "Ada", "users-0-seat": "FLX-PRO"}
    data |= {"users-0-email": "ada@a.example"}
    form = FlexForm(data, order=order, today=NOW.date())
    assert form.is_valid(), form.errors
    assert form.details() == {"users": users}


@pytest.mark.parametrize("family", ["trunk", "meeting"])
def test_copy_for_another_customer_asks_for_the_delivery_anew(
    family: str, havsbris: Customer, anna: Membership
) -> None:
    """SAFE-02: an emergency address or hosts of one customer never reach another."""
    other = factories.make_customer("Fjällbäck AB", "10023", at=NOW, cleared=True)
    order = factories.make_order(havsbris, by=anna, at=NOW, family=family)
    copy, _dropped = recreating.recreate_order(order.pk, other, by=anna, at=NOW)
    assert copy.details == {}
    with pytest.raises(DetailsMissing):
        place(copy, anna)


def test_order_is_recreated_for_one_customer_only(
    havsbris: Customer, bjorkvik: Customer, own: Customer, anna: Membership
) -> None:
    order = factories.make_order(havsbris, by=anna, at=NOW)
    copy, _dropped = recreating.recreate_order(order.pk, bjorkvik, by=anna, at=NOW)
    with pytest.raises(RuleError) as refusal:
        recreating.recreate_order(order.pk, own, by=anna, at=NOW)
    assert copy.number in str(refusal.value) and "Björkvik Bygg AB" in str(refusal.value)


def test_form_id_of_something_else_makes_a_draft_of_its_own(
    havsbris: Customer, bjorkvik: Customer, anna: Membership, jonas: Membership
) -> None:
    form_id = uuid4()
    first = start_draft(customer=havsbris, family="flex", by=anna, at=NOW, order_id=form_id)
    made = [
        start_draft(customer=bjorkvik, family="flex", by=anna, at=NOW, order_id=form_id),
        start_draft(customer=havsbris, family="meeting", by=anna, at=NOW, order_id=form_id),
        start_draft(customer=havsbris, family="flex", by=jonas, at=NOW, order_id=form_id),
    ]
    assert len({first.pk, *(order.pk for order in made)}) == 4
    assert [order.customer for order in made] == [bjorkvik, havsbris, havsbris]


def test_change_takes_the_one_off_price_of_what_it_adds(
    havsbris: Customer, anna: Membership
) -> None:
    """D8, D16: a change can't bypass the credit limit."""
    order = factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 1, "FLX-D30": 1})
    fulfilment.accept_order(order.pk, at=NOW)
    fulfilment.provision_order(order.pk, at=NOW)
    fulfilment.complete_order(
        order.pk, delivered_on=NOW.date(), vendor_reference="", deliveries={}, at=NOW
    )
    # A phone that is rented: one that was bought once is not changed (ORD-51).
    Product.objects.filter(sku="FLX-D30").update(rental=True)
    phone = havsbris.services.get(product__sku="FLX-D30")
    changed = place_on(phone, "change", 3, anna)
    assert (changed.exposure, changed.one_off) == (Decimal("2590.00"), Decimal("2590.00"))


def test_prices_that_changed_are_shown_before_the_order_is_placed(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """D17, ACC-14."""
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    url = f"/orders/{draft.pk}/review/"
    form_token = form_token_of(client, url)
    Price._default_manager.create(
        product=factories.product("FLX-PRO"),
        rate_plan=havsbris.rate_plan,
        currency="SEK",
        valid_from=date(2026, 2, 1),
        one_off=0,
        monthly=Decimal("140.00"),
    )
    answer = client.post(url, {"form_token": form_token, "start_date": "2027-03-01"})
    page = answer.content.decode()
    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "Prices have changed since the draft was saved. Check the new totals." in page
    assert "280.00" in page
    assert (draft.state, draft.monthly) == ("draft", Decimal("280.00"))
    assert client.post(url, details(client, url)).status_code == 302


@pytest.mark.parametrize("target", ["uncleared", "same"])
def test_asking_to_cancel_for_another_customer_is_checked(
    target: str, havsbris: Customer, bjorkvik: Customer, anna: Membership
) -> None:
    order = factories.make_order(havsbris, by=anna, at=NOW, family="trunk")
    fulfilment.accept_order(order.pk, at=NOW)
    right = bjorkvik if target == "uncleared" else havsbris
    with pytest.raises(NotRegistered if target == "uncleared" else RuleError):
        recreating.ask_cancel(
            order.pk, reason="wrong_customer", text="", at=NOW, right_customer=right
        )


def test_cancel_goes_through_when_the_copy_is_no_longer_possible(
    havsbris: Customer, bjorkvik: Customer, anna: Membership
) -> None:
    order = factories.make_order(havsbris, by=anna, at=NOW)
    fulfilment.accept_order(order.pk, at=NOW)
    recreating.ask_cancel(
        order.pk, reason="wrong_customer", text="Oops", at=NOW, right_customer=bjorkvik
    )
    with pytest.raises(RuleError, match="already asked"):
        recreating.ask_cancel(order.pk, reason="other", text="Again", at=NOW)
    Customer.objects.filter(pk=bjorkvik.pk).update(is_active=False)
    cancelled, copy = fulfilment.cancel_accepted(order.pk, reason="", at=NOW)
    assert (cancelled.state, copy) == ("cancelled", None)


def test_recreating_for_the_own_company_needs_the_tick(
    havsbris: Customer, own: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-05."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    url = f"/orders/{order.pk}/recreate/"
    answer = client.post(url, {"customer": str(own.pk)})
    assert "You are ordering for your own company." in answer.content.decode()
    order.refresh_from_db()
    assert order.state == "submitted"
    assert client.post(url, {"customer": str(own.pk), "own": "on"}).status_code == 302


def test_moving_a_returned_draft_keeps_channel_sales_in_step(
    havsbris: Customer, bjorkvik: Customer, anna: Membership
) -> None:
    order = factories.make_order(havsbris, by=anna, at=NOW)
    fulfilment.return_order(order.pk, reason="Fix", at=NOW)
    order.refresh_from_db()
    move_draft(order.pk, bjorkvik, version=order.version, by=anna, at=NOW)
    row = SubmittedOrder.objects.across_partners().get(order_id=order.pk)
    assert row.state == "cancelled"
    assert {line.state for line in order.lines.all()} == {LineState.CANCELLED}


def test_delivery_before_the_order_is_refused(havsbris: Customer, anna: Membership) -> None:
    order = factories.make_order(havsbris, by=anna, at=NOW)
    fulfilment.accept_order(order.pk, at=NOW)
    fulfilment.provision_order(order.pk, at=NOW)
    with pytest.raises(RuleError) as refusal:
        fulfilment.complete_order(
            order.pk, delivered_on=date(1, 1, 1), vendor_reference="", deliveries={}, at=NOW
        )
    assert refusal.value.field == "delivered_on"


def test_service_is_changed_by_one_order_at_a_time(havsbris: Customer, anna: Membership) -> None:
    """D16."""
    service = running(havsbris, anna)
    place_on(service, "terminate", 0, anna)
    with pytest.raises(ServiceBusy):
        place_on(service, "change", 5, anna)


@pytest.mark.parametrize("name", ["\u200b", "Björk\u200bvik Bygg AB", "\u202e", "...", "   "])
def test_names_that_cannot_be_told_apart_are_refused(
    name: str, bjorkvik: Customer, anna: Membership
) -> None:
    """ACC-11."""
    with pytest.raises((NameTaken, RuleError)):
        create_customer(
            at=NOW,
            by=anna,
            name=name,
            number="20700",
            billing_email="a@b.example",
            credit_limit=Decimal(1),
        )


def test_invitation_reveals_nothing_about_an_account_elsewhere(
    nordlys: Partner, anna: Membership, lena: Membership, sign_in: SignIn
) -> None:
    """ISO-22: neither that it exists nor whose it is."""
    invite(
        partner=nordlys,
        email=lena.user.email,
        name="L",
        role=anna.role,
        language="en",
        by=anna.user,
        at=NOW,
    )
    page = sign_in(anna).get("/people/").content.decode()
    assert lena.user.name not in page
    assert lena.user.email in page


@pytest.mark.parametrize("act", ["cancel", "recreate", "delete"])
def test_pages_of_actions_that_are_not_possible_say_so(
    act: str, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """D22."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    fulfilment.reject_order(order.pk, reason="No", at=NOW)
    answer = sign_in(anna).get(f"/orders/{order.pk}/{act}/", follow=True)
    assert "This order is rejected and cannot be" in answer.content.decode()


def test_nothing_to_change_makes_no_draft(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    client = sign_in(anna)
    switch(client, havsbris)
    answer = client.post(f"/orders/for/{havsbris.pk}/meeting/change/", follow=True)
    assert "This customer has no active services of this family." in answer.content.decode()
    assert Order.objects.count() == 0
