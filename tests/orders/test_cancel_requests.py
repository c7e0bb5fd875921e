"""The partner's request to cancel an accepted order, and channel sales' answer (CHAN-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from customers.models import Customer
from orders.models import Order
from orders.seen import seen_of
from orders.services.fulfilment import (
    cancel_accepted,
    complete_order,
    fail_order,
    provision_order,
    retry_order,
)
from orders.services.recreating import ask_cancel
from orders.services.requests import decline_cancel, withdraw_cancel
from orders.states import NoRequest, RequestOpen
from portal.accounts.models import Membership, User
from portal.channel.models import SubmittedOrder
from portal.core.errors import RuleError
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from tests.admin_helpers import LATER, bring_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_order

AT = NOW + timedelta(hours=1)
ASKED = "The partner asked to cancel this order. Answer the request first."


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


@pytest.fixture
def order(havsbris: Customer, jonas: Membership, anna: Membership) -> Order:
    """An accepted order that Jonas placed and Anna asks to cancel."""
    found = bring_to(make_order(havsbris, by=jonas, at=NOW), "accepted")
    return ask_cancel(found.pk, reason="not_needed", text="They moved", by=anna, at=AT)


def written(partner: Partner) -> frozenset[UUID]:
    return frozenset(OutboundEmail.objects.for_partner(partner).values_list("pk", flat=True))


def mails_since(partner: Partner, before: frozenset[UUID]) -> list[OutboundEmail]:
    found = OutboundEmail.objects.for_partner(partner).exclude(pk__in=before)
    return list(found.order_by("to_address"))


def listed(order: Order) -> bool:
    row = SubmittedOrder.objects.across_partners().get(order_id=order.pk)
    return bool(row.cancel_requested)


def test_declined_with_a_reason_both_who_asked_and_who_placed_are_told(
    order: Order, nordlys: Partner, client: HostClient
) -> None:
    """CHAN-13, CHAN-16: the order stays, the list no longer says that cancellation is asked for."""
    before = written(nordlys)
    assert listed(order)
    page = client.get(order_url(order, "do/decline_cancel/"))
    assert "on 23 Nov 2026: No longer needed. They moved – Anna Test" in text(page)
    data = {"seen": page.context["form"]["seen"].value(), "reason": "It is on the lorry."}
    assert client.post(order_url(order, "do/decline_cancel/"), data).status_code == 302

    order.refresh_from_db()
    assert (order.state, order.has_open_request, listed(order)) == ("accepted", False, False)
    mails = mails_since(nordlys, before)
    assert {mail.to_address for mail in mails} == {"anna@nordlys.example", "jonas@nordlys.example"}
    for mail in mails:
        assert mail.from_name == "Kontor Channel Sales"
        assert "will not be cancelled" in mail.subject
        assert "It is on the lorry." in mail.text
        assert "It is on the lorry." in mail.html
    provision_order(order.pk, at=LATER)


def test_granted_both_are_told(order: Order, nordlys: Partner) -> None:
    """CHAN-13."""
    before = written(nordlys)
    cancel_accepted(order.pk, reason="", at=LATER)
    mails = mails_since(nordlys, before)
    assert {mail.to_address for mail in mails} == {"anna@nordlys.example", "jonas@nordlys.example"}
    assert all("was cancelled" in mail.subject for mail in mails)
    assert not listed(order)


def test_one_person_gets_one_mail(havsbris: Customer, jonas: Membership, nordlys: Partner) -> None:
    """CHAN-13."""
    order = bring_to(make_order(havsbris, by=jonas, at=NOW), "accepted")
    ask_cancel(order.pk, reason="not_needed", text="", by=jonas, at=AT)
    before = written(nordlys)
    decline_cancel(order.pk, reason="No.", at=LATER)
    assert [mail.to_address for mail in mails_since(nordlys, before)] == [jonas.user.email]


@pytest.mark.parametrize("state", ["accepted", "provisioning", "failed"])
def test_nothing_goes_on_before_the_answer(
    state: str, order: Order, client: HostClient, nordlys: Partner
) -> None:
    """CHAN-13: in the services, and on the pages with the same sentence."""
    Order.objects.filter(pk=order.pk).update(state=state)
    acts: dict[str, list[Any]] = {
        "accepted": [("provision", lambda: provision_order(order.pk, at=LATER))],
        "provisioning": [
            (
                "complete",
                lambda: complete_order(
                    order.pk,
                    delivered_on=LATER.date(),
                    vendor_reference="V",
                    deliveries={},
                    at=LATER,
                ),
            ),
            ("fail", lambda: fail_order(order.pk, reason="No power", at=LATER)),
        ],
        "failed": [("retry", lambda: retry_order(order.pk, at=LATER))],
    }
    before = written(nordlys)
    page = text(client.get(order_url(order)))
    for name, act in acts[state]:
        with pytest.raises(RequestOpen) as refused:
            act()
        assert str(refused.value) == ASKED
        for answer in (
            client.get(order_url(order, f"do/{name}/")),
            client.post(order_url(order, f"do/{name}/"), {"seen": seen_of(order).sealed()}),
        ):
            assert answer.status_code == 409
            assert ASKED in text(answer)
        assert order_url(order, f"do/{name}/") not in page
    order.refresh_from_db()
    assert (order.state, written(nordlys)) == (state, before)
    assert order_url(order, "do/decline_cancel/") in page
    assert decline_cancel(order.pk, reason="No.", at=LATER).state == state


def test_an_answer_without_a_reason_or_without_a_request_is_refused(
    order: Order, client: HostClient, anna: Membership
) -> None:
    """CHAN-13."""
    with pytest.raises(RuleError, match=r"Enter a reason\."):
        decline_cancel(order.pk, reason=" ", at=LATER)
    page = client.post(
        order_url(order, "do/decline_cancel/"), {"seen": seen_of(order).sealed(), "reason": " "}
    )
    assert "Enter a reason." in text(page)
    decline_cancel(order.pk, reason="No.", at=LATER)
    for act in (
        lambda: decline_cancel(order.pk, reason="No.", at=LATER),
        lambda: withdraw_cancel(order.pk, by=anna, at=LATER),
    ):
        with pytest.raises(NoRequest):
            act()
    # It may be asked for again.
    ask_cancel(order.pk, reason="other", text="Please", by=anna, at=LATER)
    assert listed(order)


def test_the_partner_withdraws_on_the_orders_page(
    order: Order, sign_in: SignIn, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-13: channel sales gets a mail with a link to the order; answers go to the person."""
    client = sign_in(jonas)
    page = text(client.get(f"/orders/{order.pk}/"))
    assert "Channel Sales was asked to cancel this order" in page
    assert "Withdraw the request" in page
    before = written(nordlys)
    answer = client.post(f"/orders/{order.pk}/cancel/withdraw/", follow=True)
    assert f"Channel Sales was told that order {order.number} stays." in text(answer)
    assert "Withdraw the request" not in text(answer)
    order.refresh_from_db()
    assert (order.has_open_request, listed(order)) == (False, False)
    (mail,) = mails_since(nordlys, before)
    assert mail.to_address == "channel-sales@kontor.example"
    assert mail.reply_to == "jonas@nordlys.example"
    assert mail.subject == (
        f"Order {order.number} for Havsbris Konsult AB, 10042 is not to be cancelled"
    )
    for part in (mail.text, mail.html):
        assert f"http://localhost{order_url(order)}" in part
        assert "Jonas Test took the request to cancel this order back." in part
        assert "Nordlys Telekom AB" in part


def test_withdrawing_after_the_answer_says_so(
    order: Order, sign_in: SignIn, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-13: of two who act at once, the second is told."""
    cancel_accepted(order.pk, reason="", at=LATER)
    before = written(nordlys)
    answer = sign_in(jonas).post(f"/orders/{order.pk}/cancel/withdraw/", follow=True)
    assert "There is no open request to cancel this order." in text(answer)
    assert written(nordlys) == before


def test_who_may_not_cancel_may_not_withdraw(
    order: Order, sign_in: SignIn, mikael: Membership
) -> None:
    """CHAN-13: the right is that of cancelling."""
    assert sign_in(mikael).post(f"/orders/{order.pk}/cancel/withdraw/").status_code in (403, 404)
    order.refresh_from_db()
    assert order.has_open_request


def test_request_and_answer_stand_in_the_orders_history(
    order: Order, sign_in: SignIn, jonas: Membership, anna: Membership
) -> None:
    """CHAN-13."""
    decline_cancel(order.pk, reason="It is on the lorry.", at=LATER)
    ask_cancel(order.pk, reason="wrong_products", text="", by=anna, at=LATER)
    withdraw_cancel(order.pk, by=anna, at=LATER)
    page = text(sign_in(jonas).get(f"/orders/{order.pk}/"))
    for words in (
        "Channel Sales was asked to cancel the order: No longer needed. They moved",
        "Channel Sales declined to cancel the order: It is on the lorry.",
        "Channel Sales was asked to cancel the order: Wrong products or quantities.",
        "The request to cancel was taken back.",
    ):
        assert words in page, words
