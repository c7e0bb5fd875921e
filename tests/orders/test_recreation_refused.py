"""Re-creating after acceptance checks the customer when it is done (ORD-54)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from orders.models import Order
from orders.seen import seen_of
from orders.services.recreating import ask_cancel
from portal.accounts.models import Membership, User
from portal.outbox.models import OutboundEmail
from tests.admin_helpers import LATER, bring_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_order


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def order(havsbris: Customer, bjorkvik: Customer, jonas: Membership, anna: Membership) -> Order:
    """An accepted order that was meant for Björkvik, as Anna says."""
    found = bring_to(make_order(havsbris, by=jonas, at=NOW), "accepted")
    asked = ask_cancel(
        found.pk, reason="wrong_customer", text="", by=anna, at=NOW, right_customer=bjorkvik
    )
    return asked


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    return sign_in(staff)


def act(client: HostClient, order: Order, draft: str) -> Any:
    data = {"seen": seen_of(order).sealed(), "reason": "As asked", "draft": draft}
    return client.post(order_url(order, "do/cancel_accepted/"), data, follow=True)


def mails(order: Order) -> list[OutboundEmail]:
    found = OutboundEmail.objects.across_partners().filter(about_id=order.pk)
    return list(found.filter(subject__contains="was cancelled").order_by("to_address"))


def test_the_draft_is_linked_on_the_page_and_in_the_mail(
    order: Order, anna: Membership, client: HostClient, sign_in: SignIn
) -> None:
    """ORD-54: to who asked and who placed it; the draft is of who asked."""
    act(client, order, "yes")
    copy = Order.objects.get(recreated_from=order)
    assert copy.created_by == anna
    found = mails(order)
    assert [mail.to_address for mail in found] == [anna.user.email, "jonas@nordlys.example"]
    for mail in found:
        for body in (mail.text, mail.html):
            assert f"Draft {copy.number} was made for {copy.customer.label}." in body
            assert f"/orders/{copy.pk}/" in body
    page = text(sign_in(anna).get(f"/orders/{order.pk}/"))
    assert f'href="/orders/{copy.pk}/">{copy.number}</a>' in page
    assert f"Draft {copy.number} was made for {copy.customer.label}." in page


def test_staff_see_it_before_and_the_partner_is_told(
    order: Order, bjorkvik: Customer, anna: Membership, client: HostClient, sign_in: SignIn
) -> None:
    """ORD-54: the customer was deactivated while the page of the act was open."""
    url = order_url(order, "do/cancel_accepted/")
    assert f"A new draft is made for {bjorkvik.label}." in text(client.get(url))
    bjorkvik.is_active = False
    bjorkvik.save()
    answer = text(act(client, order, "yes"))
    order.refresh_from_db()
    assert order.state == "accepted"
    assert "What becomes of the draft has changed. Read it, then confirm." in answer
    assert f"No draft can be made for {bjorkvik.label}" in answer
    assert "is inactive and cannot be ordered for." in answer
    assert 'name="draft" value="no"' in answer and "As asked" in answer
    said = text(act(client, order, "no"))
    assert f"No draft could be made for {bjorkvik.label}." in said
    order.refresh_from_db()
    assert order.state == "cancelled" and not Order.objects.filter(recreated_from=order).exists()
    for mail in mails(order):
        for body in (mail.text, mail.html):
            assert f"No draft could be made for {bjorkvik.label}." in body
            assert "is inactive and cannot be ordered for." in body
            assert f"/orders/{order.pk}/" in body
    page = text(sign_in(anna).get(f"/orders/{order.pk}/"))
    assert f"No draft could be made for {bjorkvik.label}." in page
