"""Channel sales' actions on orders, through the pages of the admin (SM-ORDER)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from orders.models import LineState, Order, Service
from orders.seen import seen_of
from orders.services.recreating import ask_cancel
from portal.accounts.models import Membership, User
from portal.channel.models import StaffAccess, SubmittedOrder
from portal.core import admin_pages
from portal.core.staff_rights import StaffGroup
from portal.history.models import Entry
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.admin_helpers import (
    LATER,
    bring_to,
    mails_to,
    member_of_staff,
    order_url,
    statements,
    text,
)
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_customer, make_draft, make_order

LIST = "/admin/channel/submittedorder/"
# action -> (state before, what is posted, state after, verb in the log)
ACTIONS: dict[str, tuple[str, dict[str, str], str, str]] = {
    "accept": ("submitted", {}, "accepted", "order_accepted_by_vendor"),
    "return": ("submitted", {"reason": "Which floor?"}, "draft", "order_returned"),
    "reject": ("submitted", {"reason": "Not served"}, "rejected", "order_rejected_by_vendor"),
    "provision": ("accepted", {}, "provisioning", "order_provisioning_by_vendor"),
    "fail": ("provisioning", {"reason": "No power"}, "failed", "order_failed_by_vendor"),
    "retry": ("failed", {}, "provisioning", "order_provisioning_by_vendor"),
    "cancel_accepted": ("accepted", {"reason": "Asked by phone"}, "cancelled", "order_cancelled"),
    "complete": (
        "provisioning",
        {"delivered_on": "2026-11-23", "vendor_reference": "KC-77"},
        "completed",
        "order_completed_by_vendor",
    ),
}


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


def post(client: HostClient, order: Order, action: str, data: dict[str, str], **kwargs: Any) -> Any:
    """Post an act from a page that shows the order as it is now."""
    seen = seen_of(Order.objects.get(pk=order.pk)).sealed()
    return client.post(order_url(order, f"do/{action}/"), {"seen": seen, **data}, **kwargs)


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_changes_logs_and_mails_once(
    action: str, client: HostClient, order: Order, nordlys: Partner, jonas: Membership, staff: User
) -> None:
    before, data, after, verb = ACTIONS[action]
    bring_to(order, before)
    mails = mails_to(nordlys, jonas.user.email)
    page = client.get(order_url(order, f"do/{action}/"))
    assert page.status_code == 200
    assert "Havsbris Konsult AB, 10042" in text(page)

    response = post(client, order, action, data, follow=True)

    order.refresh_from_db()
    assert order.state == after
    assert response.redirect_chain == [(order_url(order), 302)]
    assert order.number in text(response)
    entry = Entry.objects.filter(object_pk=str(order.pk), verb=verb).latest("id")
    assert entry.by_staff
    assert entry.actor_id == staff.pk
    assert mails_to(nordlys, jonas.user.email) == mails + 1
    access = StaffAccess.objects.for_partner(nordlys).filter(
        user=staff, method="POST", path=order_url(order, f"do/{action}/")
    )
    assert access.count() == 1
    row = SubmittedOrder.objects.for_partner(nordlys).get(order_id=order.pk)
    assert row.state == after


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_of_another_state_is_refused_with_a_message(
    action: str, client: HostClient, order: Order, nordlys: Partner, jonas: Membership
) -> None:
    bring_to(order, "completed")
    mails = mails_to(nordlys, jonas.user.email)
    for response in (
        client.get(order_url(order, f"do/{action}/")),
        post(client, order, action, ACTIONS[action][1]),
    ):
        assert response.status_code == 409
        assert "This order is completed and cannot be" in text(response)
    order.refresh_from_db()
    assert order.state == "completed"
    assert mails_to(nordlys, jonas.user.email) == mails


def test_only_actions_that_the_state_allows_are_shown(client: HostClient, order: Order) -> None:
    def shown() -> set[str]:
        page = text(client.get(order_url(order)))
        return {action for action in ACTIONS if order_url(order, f"do/{action}/") in page}

    assert shown() == {"accept", "return", "reject"}
    bring_to(order, "accepted")
    assert shown() == {"provision", "cancel_accepted"}


def test_the_same_action_twice_mails_once(
    client: HostClient, order: Order, nordlys: Partner, jonas: Membership
) -> None:
    mails = mails_to(nordlys, jonas.user.email)
    assert post(client, order, "accept", {}).status_code == 302
    assert post(client, order, "accept", {}).status_code == 409
    assert mails_to(nordlys, jonas.user.email) == mails + 1


@pytest.mark.parametrize("action", ["reject", "return", "fail", "cancel_accepted"])
def test_a_reason_is_required(action: str, client: HostClient, order: Order) -> None:
    before = ACTIONS[action][0]
    bring_to(order, before)
    response = post(client, order, action, {"reason": "   "})
    assert response.status_code == 200
    assert "Enter a reason." in text(response)
    order.refresh_from_db()
    assert order.state == before


def test_completing_records_each_line_and_makes_services(
    client: HostClient, order: Order, havsbris: Customer
) -> None:
    """D16, ORD-29."""
    bring_to(order, "provisioning")
    line = order.lines.get()
    data = {
        "delivered_on": "2026-11-23",
        "vendor_reference": "KC-100",
        f"ref_{line.pk}": "KC-100-1",
        f"ids_{line.pk}": "SEAT 1\nSEAT 2",
    }
    assert post(client, order, "complete", data).status_code == 302
    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.completed_on, order.vendor_reference) == (date(2026, 11, 23), "KC-100")
    assert (line.state, line.delivered_on) == (LineState.DELIVERED, date(2026, 11, 23))
    assert (line.vendor_reference, line.identifiers) == ("KC-100-1", "SEAT 1\nSEAT 2")
    service = Service.objects.get(customer=havsbris)
    assert (service.started_on, service.identifiers) == (date(2026, 11, 23), "SEAT 1\nSEAT 2")
    assert "SEAT 2" in text(client.get(order_url(order)))


def test_a_date_in_the_future_is_refused_at_its_field(client: HostClient, order: Order) -> None:
    bring_to(order, "provisioning")
    data = {"delivered_on": "2026-11-24", "vendor_reference": "KC-1"}
    response = post(client, order, "complete", data)
    assert response.status_code == 200
    assert response.context["form"].errors["delivered_on"] == [
        "The date of delivery is in the future."
    ]
    assert Service.objects.count() == 0


def test_today_is_the_partners_day(client: HostClient, order: Order) -> None:
    """D20: just after midnight in Stockholm it is still yesterday in UTC."""
    bring_to(order, "provisioning")
    with time_machine.travel(LATER.replace(hour=23, minute=30), tick=False):
        page = client.get(order_url(order, "do/complete/"))
        assert 'value="2026-11-24"' in text(page)
        data = {"delivered_on": "2026-11-24", "vendor_reference": "KC-1"}
        assert post(client, order, "complete", data).status_code == 302


def test_cancel_that_the_partner_asked_for_makes_the_new_draft(
    client: HostClient, order: Order, bjorkvik: Customer
) -> None:
    """SM-ORDER: ACCEPTED -> CANCELLED; with wrong_customer it makes the draft."""
    bring_to(order, "accepted")
    ask_cancel(
        order.pk,
        reason=Order.CancelReason.WRONG_CUSTOMER,
        text="Their purchase order",
        at=NOW + timedelta(hours=1),
        right_customer=bjorkvik,
    )
    assert "Cancel asked for" in text(client.get(LIST + "?cancel_requested__exact=1"))
    page = text(client.get(order_url(order, "do/cancel_accepted/")))
    assert "The partner asked to cancel the order on 23 Nov 2026" in page
    assert "Their purchase order" in page
    assert "A new draft is made for Björkvik Bygg AB, 10017." in page

    response = post(client, order, "cancel_accepted", {"reason": "", "draft": "yes"}, follow=True)

    draft = Order.objects.get(recreated_from=order)
    assert (draft.customer_id, draft.state) == (bjorkvik.pk, "draft")
    assert draft.number in text(response)
    order.refresh_from_db()
    assert (order.state, order.state_reason) == ("cancelled", "Their purchase order")


def test_a_page_names_who_for_whom_and_what(client: HostClient, order: Order) -> None:
    page = text(client.get(order_url(order)))
    for words in (
        "Nordlys Telekom AB",
        "All partners",
        "Havsbris Konsult AB",
        "10042",
        "Norra Kungsgatan 14",
        "803 20 Gävle",
        "Product FLX-PRO",
        "Office move",
        "Jonas Test",
        "Order placed.",
    ):
        assert words in page, words


def test_another_partners_order_is_404(
    client: HostClient, order: Order, brueckner: Partner
) -> None:
    for rest in ("change/", "do/accept/"):
        assert client.get(order_url(order, rest, slug="brueckner")).status_code == 404
    assert client.post(order_url(order, "do/accept/", slug="brueckner")).status_code == 404
    assert client.get(order_url(order, slug="nobody")).status_code == 404
    assert client.get("/admin/p/nordlys/orders/order/not-an-id/change/").status_code == 404
    assert client.get(order_url(order, "do/explode/")).status_code == 404
    order.refresh_from_db()
    assert order.state == "submitted"


def test_a_partners_unfinished_draft_is_its_own(
    client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    draft = make_draft(havsbris, by=jonas, at=NOW)
    assert client.get(order_url(draft)).status_code == 404
    assert draft.number not in text(client.get("/admin/p/nordlys/orders/order/"))


def test_only_staff_and_only_on_the_public_host(
    sign_in: SignIn, order: Order, anna: Membership
) -> None:
    url = order_url(order)
    stranger = sign_in(None, "localhost").get(url, follow=True)
    assert stranger.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert sign_in(anna, "localhost").get(url).status_code == 302
    for path in ("/admin/", url, LIST):
        assert sign_in(anna).get(path).status_code == 404


def test_staff_of_the_group_act(sign_in: SignIn, order: Order) -> None:
    """CHAN-31: the group is enough; nobody has to be a superuser."""
    client = sign_in(member_of_staff(StaffGroup.ORDERS))
    assert client.get(LIST).status_code == 200
    assert client.get("/admin/catalog/product/").status_code == 200
    assert post(client, order, "accept", {}).status_code == 302


def test_orders_are_never_written_raw(client: HostClient, order: Order) -> None:
    assert client.post(order_url(order), {"state": "completed"}).status_code == 403
    assert client.post(order_url(order, "delete/"), {"post": "yes"}).status_code == 403
    assert client.get("/admin/p/nordlys/orders/order/add/").status_code == 403
    assert client.get(LIST + "add/").status_code == 403
    order.refresh_from_db()
    assert order.state == "submitted"


# The list of all partners


@pytest.fixture
def german(brueckner: Partner, lena: Membership) -> Order:
    """A Meeting order at the other partner."""
    with in_partner(brueckner):
        customer = make_customer("Havelwerk GmbH", "20001", at=NOW)
        return make_order(customer, by=lena, at=NOW, family="meeting")


def listed(client: HostClient, query: str = "") -> set[str]:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return {row.customer_name for row in response.context["cl"].result_list}


def test_the_list_crosses_partners_and_links_into_them(
    client: HostClient, order: Order, german: Order, brueckner: Partner
) -> None:
    assert listed(client) == {"Havsbris Konsult AB", "Havelwerk GmbH"}
    page = text(client.get(LIST))
    assert order_url(order) in page
    assert order_url(german, slug="brueckner") in page
    response = client.get(f"{LIST}{german.pk}/change/")
    assert response["Location"] == order_url(german, slug="brueckner")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=submitted", {"Havsbris Konsult AB", "Havelwerk GmbH"}),
        ("?state=completed", set()),
        ("?family=meeting", {"Havelwerk GmbH"}),
        ("?kind=change", set()),
        ("?cancel_requested__exact=1", set()),
        ("?q=havs", {"Havsbris Konsult AB"}),
        ("?q=2000", {"Havelwerk GmbH"}),
    ],
)
def test_filters_and_search_of_the_list(
    query: str, found: set[str], client: HostClient, order: Order, german: Order
) -> None:
    assert listed(client, query) == found


def test_filter_by_partner(
    client: HostClient, order: Order, german: Order, nordlys: Partner
) -> None:
    assert listed(client, f"?partner__id__exact={nordlys.pk}") == {"Havsbris Konsult AB"}


@pytest.mark.parametrize("url", [LIST, "/admin/p/nordlys/orders/order/"])
def test_lists_take_no_statement_for_each_row(
    url: str, client: HostClient, order: Order, havsbris: Customer, jonas: Membership
) -> None:
    client.get(url)
    one = statements(client, url)
    for _number in range(4):
        make_order(havsbris, by=jonas, at=NOW)
    assert statements(client, url) == one


def test_crafted_choice_of_orders_is_bad_input(staff: User, sign_in: SignIn) -> None:
    """INP-01: an invalid key is refused and is not an error."""
    answer = sign_in(staff).post(LIST, {"action": "accept", "_selected_action": "not-a-uuid"})
    assert answer.status_code == 400


def test_search_finds_by_number_and_customer_within_the_filter(
    client: HostClient, order: Order, bjorkvik: Customer, jonas: Membership
) -> None:
    """CHAN-40: each way of searching alone, and together with a filter."""
    other = make_order(bjorkvik, by=jonas, at=NOW)
    for query, found in (
        (f"q={order.number}", {order}),
        (f"q={order.number[-4:]}", {order}),
        ("q=havsbris", {order}),
        ("q=1001", {other}),
        ("q=2026", {order, other}),
        ("q=2026&state=accepted", set()),
        ("q=%25", set()),
        ("q=zzz", set()),
    ):
        page = text(client.get(f"{LIST}?{query}"))
        assert {each for each in (order, other) if order_url(each) in page} == found, query


def test_long_list_is_counted_up_to_a_limit(
    client: HostClient,
    order: Order,
    bjorkvik: Customer,
    jonas: Membership,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CHAN-40: no exact count; the page says that there are more."""
    make_order(bjorkvik, by=jonas, at=NOW)
    monkeypatch.setattr(admin_pages, "MOST", 1)
    with CaptureQueriesContext(connection) as seen:
        page = text(client.get(LIST))
    assert "1+" in page
    counts = [query["sql"] for query in seen if "COUNT(" in query["sql"]]
    assert counts and all("LIMIT" in sql for sql in counts)
