"""Acts on several orders: asked first, then rows that are done once (CHAN-10, CHAN-11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError

from customers.models import Customer
from orders.models import Order
from orders.services import bulk
from orders.services.fulfilment import return_order
from orders.services.placing import submit_order
from orders.services.recreating import ask_cancel
from portal.accounts.models import Membership, User
from portal.channel.accesses import sentence
from portal.channel.models import BulkAct, BulkActItem, StaffAccess
from portal.history.models import Entry
from portal.outbox.models import OutboundEmail
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner
from tests.admin_helpers import LATER, bring_to, mails_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_customer, make_order

LIST = "/admin/channel/submittedorder/"
ACTS = "/admin/channel/bulkact/"


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
def order(havsbris: Customer, jonas: Membership) -> Order:
    """A Flex order that Jonas placed for Havsbris."""
    return make_order(havsbris, by=jonas, at=NOW)


@pytest.fixture
def german(brueckner: Partner, lena: Membership) -> Order:
    """A Meeting order at the other partner."""
    with in_partner(brueckner):
        customer = make_customer("Havelwerk GmbH", "20001", at=NOW)
        return make_order(customer, by=lena, at=NOW + timedelta(minutes=1), family="meeting")


def ask(client: HostClient, action: str, *orders: Order) -> Any:
    """Open the page that asks before an act on these orders."""
    chosen = [order.pk for order in orders]
    return client.post(LIST, {"action": action, "_selected_action": chosen})


def posted(page: Any, **more: str) -> dict[str, Any]:
    """Return what the form of that page sends."""
    rows = page.context["rows"]
    return {
        "act_id": str(page.context["form"]["act_id"].value()),
        "order": [str(row.order.order_id) for row in rows],
        **{f"seen-{row.order.order_id}": row.seen for row in rows},
        **more,
    }


def start(client: HostClient, act: str, page: Any, **more: str) -> BulkAct:
    """Send the form and return the act."""
    response = client.post(f"{LIST}bulk/{act}/", posted(page, **more))
    assert response.status_code == 302, text(response)
    found = BulkAct.objects.get(pk=UUID(response["Location"].split("/")[-3]))
    assert response["Location"] == f"{ACTS}{found.pk}/change/"
    return found


def items(act: BulkAct) -> dict[str, BulkActItem]:
    """Return the act's orders by their customer's name."""
    found = BulkActItem.objects.across_partners().filter(act=act).select_related("partner")
    return {item.customer.partition(",")[0]: item for item in found}


def work(act: BulkAct) -> None:
    """Do what the worker does with each order, as it is called in a partner's context."""
    for item in items(act).values():
        with in_public(), in_partner(item.partner):
            bulk.run_item(item.pk, at=LATER + timedelta(minutes=1))


def state_of(order: Order, partner: Partner) -> str:
    with in_partner(partner):
        return Order.objects.get(pk=order.pk).state


def test_the_page_names_each_order_partner_customer_and_mail(
    client: HostClient, order: Order, german: Order
) -> None:
    """CHAN-10: nothing happens before the button is pressed, which says how many of how many."""
    page = ask(client, "accept", order, german)
    shown = text(page)
    for words in (
        order.number,
        german.number,
        "Nordlys Telekom AB",
        "Brückner IT GmbH",
        "Havsbris Konsult AB, 10042",
        "Havelwerk GmbH, 20001",
        "jonas@nordlys.example",
        "lena@brueckner.example",
        "SEK\u00a0258.00",
        "The vendor can deliver.",
        'value="Accept 2 orders of 2 partners"',
    ):
        assert words in shown, words
    assert BulkAct.objects.count() == 0
    order.refresh_from_db()
    assert order.state == "submitted"


def test_what_is_not_possible_is_left_out_with_the_reason(
    client: HostClient, order: Order, german: Order, brueckner: Partner
) -> None:
    """CHAN-10."""
    bring_to(order, "accepted")
    page = ask(client, "accept", order, german)
    assert [row.order.order_id for row in page.context["rows"]] == [german.pk]
    (left,) = page.context["left_out"]
    assert left.reason == "This order is accepted and cannot be accepted."
    assert 'value="Accept 1 order of 1 partner"' in text(page)
    work(start(client, "accept", page))
    assert state_of(german, brueckner) == "accepted"

    page = ask(client, "accept", order)
    assert "This is not possible for any of the orders." in text(page)
    assert 'type="submit" class="default' not in text(page)


def test_orders_of_a_suspended_partner_are_left_out(
    client: HostClient, order: Order, german: Order, brueckner: Partner
) -> None:
    """CHAN-10."""
    Partner._default_manager.filter(pk=brueckner.pk).update(is_active=False)
    page = ask(client, "accept", order, german)
    assert [row.reason for row in page.context["left_out"]] == ["The partner is suspended."]


def test_each_order_is_done_in_its_partner_with_a_row_and_a_mail(
    client: HostClient,
    order: Order,
    german: Order,
    nordlys: Partner,
    brueckner: Partner,
    staff: User,
) -> None:
    """CHAN-11, D24: each by itself, logged as if it had been done on its page."""
    mails = mails_to(nordlys, "jonas@nordlys.example")
    act = start(client, "accept", ask(client, "accept", order, german))
    assert {item.state for item in items(act).values()} == {"waiting"}
    assert "0 of 2 orders." in text(client.get(f"{ACTS}{act.pk}/change/"))
    work(act)

    assert {item.state for item in items(act).values()} == {"done"}
    assert items(act)["Havelwerk GmbH"].partner == brueckner
    assert (state_of(order, nordlys), state_of(german, brueckner)) == ("accepted", "accepted")
    assert mails_to(nordlys, "jonas@nordlys.example") == mails + 1
    with in_partner(brueckner):
        entry = Entry.objects.get(verb="order_accepted_by_vendor")
        assert (entry.by_staff, entry.actor_id) == (True, staff.pk)
        assert OutboundEmail.objects.for_partner(brueckner).filter(about_id=german.pk).count() == 2
    for partner, each, slug in ((nordlys, order, "nordlys"), (brueckner, german, "brueckner")):
        noted = StaffAccess.objects.for_partner(partner).get(method="POST", user=staff)
        assert (noted.path, noted.status) == (order_url(each, "do/accept/", slug), 200)
        # CHAN-34: as the partner reads it.
        assert sentence(noted) == f"Accept: order {each.number}"
    page = text(client.get(f"{ACTS}{act.pk}/change/"))
    assert "2 done" in page
    assert f"Order {order.number} is accepted." in page
    assert "data-live" not in page
    listed = text(client.get(ACTS))
    assert "2 orders of 2 partners" in listed
    assert "2 done" in listed


def test_a_refusal_stops_no_other_and_stays_readable(
    client: HostClient,
    order: Order,
    german: Order,
    nordlys: Partner,
    brueckner: Partner,
    jonas: Membership,
) -> None:
    """CHAN-11, CHAN-12: what changed after the page was opened is refused, with the changes."""
    page = ask(client, "accept", order, german)
    at = NOW + timedelta(hours=1)
    draft = return_order(order.pk, reason="Which floor?", at=at)
    submit_order(draft.pk, version=draft.version, by=jonas, at=at)
    Order.objects.filter(pk=order.pk).update(reference="Second floor")
    act = start(client, "accept", page)
    work(act)

    found = items(act)
    assert (found["Havelwerk GmbH"].state, state_of(german, brueckner)) == ("done", "accepted")
    refused = found["Havsbris Konsult AB"]
    assert (refused.state, state_of(order, nordlys)) == ("refused", "submitted")
    assert "Reference: Office move → Second floor" in refused.result
    assert StaffAccess.objects.for_partner(nordlys).get(method="POST").status == 409
    assert "1 done, 1 refused" in text(client.get(ACTS))


def test_an_order_without_a_version_is_refused(
    client: HostClient, order: Order, nordlys: Partner
) -> None:
    """CHAN-12, in bulk too."""
    data = posted(ask(client, "accept", order)) | {f"seen-{order.pk}": "forged"}
    client.post(f"{LIST}bulk/accept/", data)
    act = BulkAct.objects.get()
    work(act)
    assert items(act)["Havsbris Konsult AB"].state == "refused"
    assert state_of(order, nordlys) == "submitted"


@pytest.mark.parametrize(
    ("act", "action"), [("reject", "reject"), ("return", "return_for_changes")]
)
def test_one_reason_for_all(
    act: str,
    action: str,
    client: HostClient,
    order: Order,
    german: Order,
    nordlys: Partner,
    brueckner: Partner,
) -> None:
    """CHAN-10: without the reason the page stays, with the versions that it had."""
    page = ask(client, action, order, german)
    again = client.post(f"{LIST}bulk/{act}/", posted(page, reason=" "))
    assert again.status_code == 200
    assert "Enter a reason." in text(again)
    assert posted(again)["order"] == posted(page)["order"]
    assert posted(again)["act_id"] == posted(page)["act_id"]
    assert [row.seen for row in again.context["rows"]] == [row.seen for row in page.context["rows"]]
    assert BulkAct.objects.count() == 0

    work(start(client, act, again, reason="Not served there"))
    after = {"reject": "rejected", "return": "draft"}[act]
    assert (state_of(order, nordlys), state_of(german, brueckner)) == (after, after)
    order.refresh_from_db()
    assert order.state_reason == "Not served there"


def test_the_same_page_sent_twice_is_one_act(client: HostClient, order: Order) -> None:
    """CHAN-11."""
    page = ask(client, "accept", order)
    assert start(client, "accept", page) == start(client, "accept", page)
    assert BulkActItem.objects.across_partners().count() == 1


def test_an_order_is_done_once_however_often_it_is_called(
    client: HostClient, order: Order, nordlys: Partner
) -> None:
    """CHAN-11: the worker's second call, and that of the sweep, find nothing to do."""
    mails = mails_to(nordlys, "jonas@nordlys.example")
    act = start(client, "accept", ask(client, "accept", order))
    work(act)
    work(act)
    assert mails_to(nordlys, "jonas@nordlys.example") == mails + 1
    assert Entry.objects.filter(verb="order_accepted_by_vendor").count() == 1
    assert [item.state for item in items(act).values()] == ["done"]
    assert StaffAccess.objects.for_partner(nordlys).filter(method="POST").count() == 1


def test_a_worker_that_dies_leaves_nothing_half_and_the_sweep_does_it_again(
    client: HostClient, order: Order, nordlys: Partner, django_capture_on_commit_callbacks: Any
) -> None:
    """CHAN-11: order and row are one transaction, which a database that refuses the row shows."""
    mails = mails_to(nordlys, "jonas@nordlys.example")
    act = start(client, "accept", ask(client, "accept", order))
    (item,) = items(act).values()
    table = "ALTER TABLE public.channel_bulkactitem"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"{table} ADD CONSTRAINT breaks CHECK (state <> 'done')")
        with pytest.raises(IntegrityError):
            work(act)
        cursor.execute(f"{table} DROP CONSTRAINT breaks")
    assert state_of(order, nordlys) == "submitted"
    assert mails_to(nordlys, "jonas@nordlys.example") == mails
    (item,) = items(act).values()
    assert (item.state, item.attempts) == ("waiting", 1)

    assert bulk.sweep(at=LATER + timedelta(seconds=90)) == 0
    with in_public(), django_capture_on_commit_callbacks() as called:
        assert bulk.sweep(at=LATER + timedelta(minutes=3)) == 1
    (call,) = called
    assert dict(call.arguments) == {"item": str(item.pk), "partner": str(nordlys.pk)}
    work(act)
    assert state_of(order, nordlys) == "accepted"
    assert mails_to(nordlys, "jonas@nordlys.example") == mails + 1
    assert [item.state for item in items(act).values()] == ["done"]
    assert bulk.sweep(at=LATER + timedelta(hours=1)) == 0


def test_an_order_that_fails_again_and_again_is_given_up(
    client: HostClient, order: Order, nordlys: Partner
) -> None:
    """CHAN-11: the page does not wait for ever."""
    act = start(client, "accept", ask(client, "accept", order))
    BulkActItem.objects.across_partners().filter(act=act).update(attempts=bulk.ATTEMPTS)
    work(act)
    (item,) = items(act).values()
    assert item.state == "failed"
    assert item.result == "It did not work, and the order is as it was. Try again on its page."
    assert state_of(order, nordlys) == "submitted"


def test_what_waits_for_a_suspended_partner_is_refused(
    client: HostClient, order: Order, nordlys: Partner
) -> None:
    """CHAN-11: its tasks do not run, so the sweep says why."""
    act = start(client, "accept", ask(client, "accept", order))
    Partner._default_manager.filter(pk=nordlys.pk).update(is_active=False)
    bulk.sweep(at=LATER + timedelta(minutes=5))
    (item,) = items(act).values()
    assert (item.state, item.result) == ("refused", "The partner is suspended.")


def test_another_partners_context_does_nothing(
    client: HostClient, order: Order, brueckner: Partner, nordlys: Partner
) -> None:
    """CHAN-11: an order is acted on in its own partner's schema or not at all."""
    act = start(client, "accept", ask(client, "accept", order))
    (item,) = items(act).values()
    with in_public(), in_partner(brueckner):
        bulk.run_item(item.pk, at=LATER)
    assert [each.state for each in items(act).values()] == ["waiting"]
    assert state_of(order, nordlys) == "submitted"


def test_a_request_to_cancel_keeps_an_order_from_being_provisioned(
    client: HostClient, order: Order
) -> None:
    """CHAN-13, in bulk too."""
    bring_to(order, "accepted")
    ask_cancel(order.pk, reason="not_needed", text="", at=NOW + timedelta(hours=1))
    page = ask(client, "provision", order)
    assert [row.reason for row in page.context["left_out"]] == [
        "The partner asked to cancel this order. Answer the request first."
    ]


def test_more_orders_than_one_act_takes_are_refused(
    client: HostClient, order: Order, german: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CHAN-10."""
    monkeypatch.setattr("orders.admin_asking.MOST", 1)
    response = client.post(
        LIST, {"action": "accept", "_selected_action": [order.pk, german.pk]}, follow=True
    )
    assert "Choose at most 1 orders at once." in text(response)
    assert BulkAct.objects.count() == 0


def test_crafted_requests_start_nothing(client: HostClient, order: Order) -> None:
    """INP-01."""
    assert client.get(f"{LIST}bulk/accept/").status_code == 302
    assert client.post(f"{LIST}bulk/explode/").status_code == 404
    for data in ({}, {"act_id": "x", "order": ["x"]}, {"order": [str(order.pk)]}):
        assert client.post(f"{LIST}bulk/accept/", data).status_code == 200
    assert client.get(f"{ACTS}not-an-id/change/").status_code == 404
    assert client.post(f"{LIST}bulk/accept/", {"act_id": str(order.pk)}).status_code == 200
    assert BulkAct.objects.count() == 0


def test_only_staff_start_and_read_acts(
    client: HostClient, sign_in: SignIn, order: Order, anna: Membership
) -> None:
    """ISO-16."""
    act = start(client, "accept", ask(client, "accept", order))
    stranger = sign_in(anna, "localhost")
    for url in (f"{ACTS}{act.pk}/change/", ACTS):
        assert stranger.get(url).status_code == 302
    assert stranger.post(f"{LIST}bulk/accept/", {}).status_code == 302
