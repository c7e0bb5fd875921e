"""Lines move with the order; a part is delivered on its own day (ORD-66)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from customers.models import Contact, Customer
from orders.charges import charges_between
from orders.credit import committed_by_rows
from orders.models import Order, OrderLine, Service
from orders.seen import seen_of
from orders.services.delivering import Delivery, NothingChosen, deliver_lines, plan_delivery
from orders.services.fulfilment import (
    accept_order,
    cancel_accepted,
    complete_order,
    fail_order,
    provision_order,
    retry_order,
    return_order,
)
from orders.services.placing import submit_order
from portal.accounts.models import Membership, User
from portal.core.errors import RuleError, WrongState
from portal.outbox.models import OutboundEmail
from tests.admin_helpers import LATER, bring_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_contact, make_draft

AT = NOW + timedelta(days=4)
FIRST, LAST = date(2026, 11, 24), date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def contact(havsbris: Customer) -> Contact:
    return make_contact(havsbris, at=NOW)


@pytest.fixture
def order(havsbris: Customer, contact: Contact, jonas: Membership) -> Order:
    """Two seats and a phone, placed."""
    draft = make_draft(havsbris, by=jonas, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1})
    draft.contact = contact
    draft.save()
    return submit_order(draft.pk, version=draft.version, by=jonas, at=NOW)


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    return sign_in(staff)


def states(order: Order) -> list[str]:
    return [line.state for line in order.lines.order_by("position")]


def line_of(order: Order, sku: str) -> OrderLine:
    return order.lines.get(product__sku=sku)


def part(order: Order, sku: str, day: date, **said: str) -> Order:
    return deliver_lines(
        order.pk,
        delivered_on=day,
        vendor_reference="K-1",
        deliveries={line_of(order, sku).pk: Delivery(**said)},
        at=AT,
    )


def committed(order: Order) -> Any:
    customer = Customer.objects.get(pk=order.customer_id)
    assert customer.credit_committed == committed_by_rows(customer.pk)
    return customer.credit_committed


def mail_of(order: Order, address: str, words: str) -> OutboundEmail:
    """Return the e-mail to an address whose subject has these words."""
    found = OutboundEmail.objects.across_partners().filter(about_id=order.pk, to_address=address)
    return found.get(subject__contains=words)


def test_lines_move_with_the_order(order: Order, jonas: Membership) -> None:
    """ORD-66: accepted, provisioning, failed; back to pending when it is returned."""
    for act, state in (
        (lambda: return_order(order.pk, reason="?", at=NOW), "pending"),
        (lambda: submit_order(order.pk, version=None, by=jonas, at=NOW), "pending"),
        (lambda: accept_order(order.pk, at=NOW), "accepted"),
        (lambda: provision_order(order.pk, at=NOW), "delivering"),
        (lambda: fail_order(order.pk, reason="?", at=NOW), "failed"),
        (lambda: retry_order(order.pk, at=NOW), "delivering"),
    ):
        act()
        assert states(order) == [state, state]


def test_a_part_is_delivered_and_billed_from_its_day(
    order: Order, contact: Contact, jonas: Membership
) -> None:
    """ORD-66, D8: services of delivered lines begin on their own day; the last one completes."""
    before = committed(order)
    bring_to(order, "provisioning")
    part(order, "FLX-PRO", FIRST, identifiers="SEAT 1 - 2")
    order.refresh_from_db()
    assert (order.state, states(order)) == ("provisioning", ["delivered", "delivering"])
    assert committed(order) == before
    for address in (jonas.user.email, contact.email):
        mail = mail_of(order, address, "A part of order")
        assert "SEAT 1 - 2" in mail.html
        assert "2 × Product FLX-PRO: Delivered 24 Nov 2026" in mail.text
        assert "FLX-D30" not in mail.text
    part(order, "FLX-D30", LAST, tracking="PN 4711")
    order.refresh_from_db()
    assert (order.state, order.completed_on) == ("completed", LAST)
    assert states(order) == ["delivered", "delivered"] and committed(order) == before
    begun = dict(Service.objects.values_list("product__sku", "started_on"))
    assert begun == {"FLX-PRO": FIRST, "FLX-D30": LAST}
    found = charges_between(Customer.objects.all(), start=date(2026, 11, 1), end=LAST)
    assert {(each.sku, each.start) for each in found} == {("FLX-PRO", FIRST), ("FLX-D30", LAST)}
    done = mail_of(order, jonas.user.email, "is complete")
    assert "the last of it on 26 Nov 2026" in done.text and "PN 4711" in done.text
    assert "2 × Product FLX-PRO: Delivered 24 Nov 2026" in done.text


def test_what_is_delivered_stays_when_the_rest_fails(order: Order, contact: Contact) -> None:
    """ORD-66, ORD-52: the customer is not told that nothing was delivered."""
    bring_to(order, "provisioning")
    part(order, "FLX-PRO", FIRST)
    fail_order(order.pk, reason="No phones", at=AT)
    assert states(order) == ["delivered", "failed"]
    order.refresh_from_db()
    order.cancel_asked_reason = "wrong_customer"
    order.save()
    cancel_accepted(order.pk, reason="No phones", at=AT)
    assert states(order) == ["delivered", "cancelled"] and committed(order) == 258
    assert Service.objects.get().ended_on is None
    assert "Nothing more will be delivered." in mail_of(order, contact.email, "was cancelled").text


def test_what_can_not_be_a_part_is_refused(order: Order) -> None:
    """ORD-66: none, before provisioning, in the future, what is delivered already."""
    with pytest.raises(WrongState):
        part(order, "FLX-PRO", FIRST)
    bring_to(order, "provisioning")
    with pytest.raises(RuleError, match="in the future"):
        part(order, "FLX-PRO", date(2026, 12, 24))
    part(order, "FLX-PRO", FIRST)
    with pytest.raises(NothingChosen):
        part(order, "FLX-PRO", LAST)
    assert line_of(order, "FLX-PRO").delivered_on == FIRST
    complete_order(order.pk, delivered_on=LAST, vendor_reference="K", deliveries={}, at=AT)
    assert line_of(order, "FLX-PRO").delivered_on == FIRST


def test_staff_deliver_a_part_from_its_page(order: Order, client: HostClient) -> None:
    """ORD-66: a tick for each line that is open; gone once one is left."""
    bring_to(order, "provisioning")
    url = order_url(order, "do/deliver/")
    seat = line_of(order, "FLX-PRO")
    page = text(client.get(url))
    assert "2 × Product FLX-PRO" in page and f"done_{seat.pk}" in page
    assert page.count("Tracking number") == 1
    data = {"seen": seen_of(order).sealed(), "delivered_on": "2026-11-23", "vendor_reference": ""}
    assert "Choose at least one line." in text(client.post(url, data))
    ticked = {**data, f"done_{seat.pk}": "on", f"ids_{seat.pk}": "SEAT 9"}
    said = text(client.post(url, ticked, follow=True))
    assert f"A part of order {order.number} is done." in said
    assert "SEAT 9" in said and "do/deliver/" not in said and "do/complete/" in said
    assert "Products delivered: 2 × Product FLX-PRO." in said


def test_the_expected_day_and_tracking_numbers_are_told(
    order: Order, jonas: Membership, client: HostClient, sign_in: SignIn
) -> None:
    """ORD-66: on the order's page with its steps, in the log and by mail; not for the past."""
    bring_to(order, "accepted")
    url, phone = order_url(order, "do/plan/"), line_of(order, "FLX-D30")
    assert f"track_{phone.pk}" in text(client.get(url))
    data = {"seen": seen_of(order).sealed(), "expected_on": "2026-11-20"}
    assert "This day is in the past." in text(client.post(url, data))
    data = {**data, "expected_on": "2026-12-03", f"track_{phone.pk}": "PN 4711"}
    assert client.post(url, data).status_code == 302
    page = text(sign_in(jonas).get(f"/orders/{order.pk}/"))
    assert page.count("Expected on 3 Dec 2026") == 2 and "Tracking number PN 4711" in page
    mail = mail_of(order, jonas.user.email, "News on the delivery")
    for body in (mail.text, mail.html):
        assert "Channel Sales expects to have delivered on 3 Dec 2026." in body
        assert "Product FLX-D30: PN 4711" in body
    order.refresh_from_db()
    with pytest.raises(RuleError, match="Nothing was changed"):
        plan_delivery(order.pk, expected_on=date(2026, 12, 3), tracking={}, at=NOW)
