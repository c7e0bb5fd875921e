"""Channel sales' transitions, the state machine, and the resulting services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from customers.models import Customer
from orders import states
from orders.credit import committed_by_rows
from orders.models import LineState, Order, Service
from orders.services import fulfilment, placing, recreating
from orders.services.drafts import save_details, start_draft
from orders.services.ending import ending_of
from orders.services.service_lines import save_service_lines
from portal.accounts.models import Membership
from portal.channel.models import SubmittedOrder
from portal.core.errors import RuleError, WrongState
from portal.history.models import Entry
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW

Act = Callable[[Order], Any]

ACTS: dict[str, Act] = {
    "accept": lambda order: fulfilment.accept_order(order.pk, at=NOW),
    "reject": lambda order: fulfilment.reject_order(order.pk, reason="No", at=NOW),
    "return": lambda order: fulfilment.return_order(order.pk, reason="Fix it", at=NOW),
    "provision": lambda order: fulfilment.provision_order(order.pk, at=NOW),
    "fail": lambda order: fulfilment.fail_order(order.pk, reason="No stock", at=NOW),
    "retry": lambda order: fulfilment.retry_order(order.pk, at=NOW),
    "complete": lambda order: fulfilment.complete_order(
        order.pk, delivered_on=NOW.date(), vendor_reference="V-1", deliveries={}, at=NOW
    ),
    "cancel_accepted": lambda order: fulfilment.cancel_accepted(order.pk, reason="Gone", at=NOW),
    "cancel": lambda order: recreating.cancel_order(order.pk, reason="not_needed", text="", at=NOW),
    "ask_cancel": lambda order: recreating.ask_cancel(
        order.pk, reason="not_needed", text="", at=NOW
    ),
}
WAY_TO: dict[str, list[str]] = {
    "submitted": [],
    "accepted": ["accept"],
    "provisioning": ["accept", "provision"],
    "failed": ["accept", "provision", "fail"],
    "completed": ["accept", "provision", "complete"],
    "rejected": ["reject"],
    "cancelled": ["cancel"],
}


def order_in(state: str, customer: Customer, by: Membership) -> Order:
    """Return an order that was brought to ``state`` by the transitions that lead there."""
    order = factories.make_order(customer, by=by, at=NOW)
    for act in WAY_TO[state]:
        ACTS[act](order)
    order.refresh_from_db()
    assert order.state == state
    return order


@pytest.mark.parametrize("state", list(WAY_TO))
@pytest.mark.parametrize("act", list(ACTS))
def test_machine_allows_what_is_listed_and_refuses_the_rest(
    state: str, act: str, havsbris: Customer, anna: Membership
) -> None:
    """SM-ANY, SM-ORDER: anything not listed is refused with a message, and changes nothing."""
    order = order_in(state, havsbris, anna)
    listed = states.TRANSITIONS[act].get(state)
    if listed is not None:
        ACTS[act](order)
        order.refresh_from_db()
        assert order.state == listed
    else:
        with pytest.raises(WrongState) as refusal:
            ACTS[act](order)
        word = states.DONE_WORDS[act]
        assert str(refusal.value) == f"This order is {state} and cannot be {word}."
        order.refresh_from_db()
        assert order.state == state
    havsbris.refresh_from_db()
    assert havsbris.credit_committed == committed_by_rows(havsbris.pk)


def test_accepting_makes_a_prospect_a_customer(havsbris: Customer, anna: Membership) -> None:
    """D4."""
    assert havsbris.lifecycle == "prospect"
    order_in("accepted", havsbris, anna)
    havsbris.refresh_from_db()
    assert havsbris.lifecycle == "customer"


@pytest.mark.parametrize("act", ["reject", "return", "fail"])
def test_reason_is_required(act: str, havsbris: Customer, anna: Membership) -> None:
    """SM-ORDER: reason required."""
    order = order_in("provisioning" if act == "fail" else "submitted", havsbris, anna)
    service = {"reject": fulfilment.reject_order, "return": fulfilment.return_order}.get(
        act, fulfilment.fail_order
    )
    with pytest.raises(RuleError, match="Enter a reason"):
        service(order.pk, reason="  ", at=NOW)


@pytest.mark.parametrize(
    ("way", "subject"),
    [
        (["accept"], "was accepted"),
        (["reject"], "was rejected"),
        (["return"], "came back for changes"),
        (["accept", "provision"], "is being delivered"),
        (["accept", "provision", "fail"], "Delivery of order"),
        (["accept", "provision", "fail", "retry"], "is being delivered again"),
        (["accept", "provision", "complete"], "is complete"),
        (["accept", "cancel_accepted"], "was cancelled"),
    ],
)
def test_each_transition_mails_who_ordered_once_and_is_logged(
    way: list[str], subject: str, havsbris: Customer, jonas: Membership
) -> None:
    """The partner gets an e-mail for each transition; channel sales' row is updated."""
    order = factories.make_order(havsbris, by=jonas, at=NOW)
    for act in way[:-1]:
        ACTS[act](order)
    mails = OutboundEmail.objects.across_partners()
    before, logged = mails.count(), Entry.objects.filter(object_pk=str(order.pk)).count()
    ACTS[way[-1]](order)
    new = list(mails.order_by("-created_at")[: mails.count() - before])
    assert [mail.to_address for mail in new] == ["jonas@nordlys.example"]
    assert subject in new[0].subject
    assert "Havsbris Konsult AB, 10042" in new[0].subject
    assert Entry.objects.filter(object_pk=str(order.pk)).count() == logged + 1
    order.refresh_from_db()
    row = SubmittedOrder.objects.across_partners().get(order_id=order.pk)
    assert row.state == order.state


def test_completing_makes_one_service_a_line(havsbris: Customer, anna: Membership) -> None:
    """D16, ORD-29: date, vendor's reference and identifiers per line; delivery starts billing."""
    order = factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1})
    fulfilment.accept_order(order.pk, at=NOW)
    fulfilment.provision_order(order.pk, at=NOW)
    line = order.lines.get(product__sku="FLX-PRO")
    day = NOW.date()
    fulfilment.complete_order(
        order.pk,
        delivered_on=day,
        vendor_reference="VR-77",
        deliveries={line.pk: fulfilment.Delivery("L-1", "+46 26 390 06 10")},
        at=NOW,
    )
    services = Service.objects.order_by("product_name")
    assert [(s.product_name, s.quantity, s.started_on) for s in services] == [
        ("Product FLX-D30", 1, day),
        ("Product FLX-PRO", 2, day),
    ]
    line.refresh_from_db()
    assert (line.state, line.delivered_on, line.vendor_reference, line.identifiers) == (
        LineState.DELIVERED,
        day,
        "L-1",
        "+46 26 390 06 10",
    )
    order.refresh_from_db()
    assert (order.completed_on, order.vendor_reference) == (day, "VR-77")


def test_date_of_delivery_is_the_partners(havsbris: Customer, anna: Membership) -> None:
    """D20: half past midnight in Stockholm is today there, whatever the date in UTC."""
    order = order_in("provisioning", havsbris, anna)
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    fulfilment.complete_order(
        order.pk, delivered_on=date(2026, 11, 25), vendor_reference="", deliveries={}, at=at
    )
    order.refresh_from_db()
    assert order.state == "completed"


def test_delivery_in_the_future_is_refused(havsbris: Customer, anna: Membership) -> None:
    order = order_in("provisioning", havsbris, anna)
    with pytest.raises(RuleError) as refusal:
        fulfilment.complete_order(
            order.pk,
            delivered_on=date(2027, 1, 1),
            vendor_reference="",
            deliveries={},
            at=NOW,
        )
    assert refusal.value.field == "delivered_on"
    order.refresh_from_db()
    assert order.state == "provisioning"


def running(customer: Customer, by: Membership, quantity: int = 2) -> Service:
    """Return a running service of so many seats."""
    order = factories.make_order(customer, by=by, at=NOW, quantities={"FLX-PRO": quantity})
    for act in ("accept", "provision", "complete"):
        ACTS[act](order)
    return Service.objects.get(customer=customer, ended_on=None)


def place_on(service: Service, kind: str, total: int, by: Membership) -> Order:
    """Place a CHANGE or TERMINATE order on a service."""
    order = start_draft(
        customer=service.customer, family="flex", by=by, at=NOW, own_confirmed=True, kind=kind
    )
    order = save_service_lines(order.pk, version=order.version, totals={service.pk: total}, at=NOW)
    order = save_details(
        order.pk,
        version=order.version,
        at=NOW,
        reference="",
        po_number="",
        start_date=NOW.date(),
        contact=None,
    )
    return placing.submit_order(
        order.pk, version=order.version, by=by, at=NOW, ending=ending_of(order)
    )


@pytest.mark.parametrize(("total", "exposure"), [(5, 3 * 129), (1, 0)])
def test_change_states_the_new_total(
    total: int, exposure: int, havsbris: Customer, anna: Membership
) -> None:
    """D16: not the difference; only the increase uses credit."""
    service = running(havsbris, anna)
    order = place_on(service, "change", total, anna)
    assert order.exposure == exposure
    for act in ("accept", "provision", "complete"):
        ACTS[act](order)
    service.refresh_from_db()
    havsbris.refresh_from_db()
    assert service.quantity == total
    assert havsbris.credit_committed == committed_by_rows(havsbris.pk) == total * 129


def test_termination_ends_the_service_and_frees_the_credit(
    havsbris: Customer, anna: Membership
) -> None:
    """D16."""
    service = running(havsbris, anna)
    order = place_on(service, "terminate", 0, anna)
    for act in ("accept", "provision", "complete"):
        ACTS[act](order)
    service.refresh_from_db()
    havsbris.refresh_from_db()
    assert service.ended_on == NOW.date()
    assert havsbris.credit_committed == committed_by_rows(havsbris.pk) == 0


def test_asked_cancel_for_the_wrong_customer_makes_the_draft(
    havsbris: Customer, bjorkvik: Customer, anna: Membership
) -> None:
    """SM-ORDER: with wrong_customer the cancellation makes the new draft."""
    order = order_in("accepted", havsbris, anna)
    recreating.ask_cancel(
        order.pk, reason="wrong_customer", text="It was Björkvik", at=NOW, right_customer=bjorkvik
    )
    assert SubmittedOrder.objects.across_partners().get(order_id=order.pk).cancel_requested
    cancelled, copy = fulfilment.cancel_accepted(order.pk, reason="", at=NOW)
    assert copy is not None
    assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "wrong_customer")
    assert (copy.state, copy.customer, copy.recreated_from_id) == ("draft", bjorkvik, order.pk)


def test_returned_order_is_cancelled_never_deleted(havsbris: Customer, anna: Membership) -> None:
    """SM-ORDER: a draft that was returned from SUBMITTED."""
    from orders.services.moving import delete_draft

    order = factories.make_order(havsbris, by=anna, at=NOW)
    ACTS["return"](order)
    with pytest.raises(RuleError, match="Cancel it instead"):
        delete_draft(order.pk)
    ACTS["cancel"](order)
    order.refresh_from_db()
    assert order.state == "cancelled"
