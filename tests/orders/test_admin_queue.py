"""The queue of channel sales: by age, overdue marked, with views of one's own (CHAN-15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from orders.admin_queue import a_working_day_before
from orders.models import Order
from portal.accounts.models import Membership, User
from portal.channel.models import StaffView, SubmittedOrder
from tests.admin_helpers import LATER, bring_to, statements, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_order

LIST = "/admin/channel/submittedorder/"


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
def orders(havsbris: Customer, jonas: Membership) -> list[Order]:
    """Three orders, placed three days, two days and an hour ago; the newest first in a list."""
    found = []
    for hours in (72, 48, 1):
        order = make_order(havsbris, by=jonas, at=NOW)
        at = LATER - timedelta(hours=hours)
        SubmittedOrder.objects.across_partners().filter(pk=order.pk).update(submitted_at=at)
        found.append(order)
    return found


def listed(client: HostClient, query: str = "") -> list[str]:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return [row.number for row in response.context["cl"].result_list]


@pytest.mark.parametrize(
    ("at", "before"),
    [
        # Wednesday, Monday, Saturday, Sunday.
        (datetime(2026, 11, 25, 10, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 10, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (
            datetime(2026, 11, 28, 10, tzinfo=UTC),
            datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC),
        ),
        (
            datetime(2026, 11, 29, 10, tzinfo=UTC),
            datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC),
        ),
    ],
)
def test_a_weekend_is_no_working_day(at: datetime, before: datetime) -> None:
    """CHAN-15: what came on Friday morning is overdue on Monday morning, not on Saturday."""
    assert a_working_day_before(at) == before


def test_a_queue_is_sorted_by_age(client: HostClient, orders: list[Order]) -> None:
    """CHAN-15: the oldest first; the list of all orders begins with the newest."""
    oldest_first = [order.number for order in orders]
    assert listed(client) == oldest_first[::-1]
    for query in ("?state=submitted", "?queue=open"):
        assert listed(client, query) == oldest_first
    # A heading still sorts.
    assert listed(client, "?queue=open&o=-1") == sorted(oldest_first, reverse=True)


def test_what_is_overdue_is_marked_and_filtered(client: HostClient, orders: list[Order]) -> None:
    """CHAN-15: an answer later than a working day, or a start date that has passed."""
    rows = SubmittedOrder.objects.across_partners()
    # It is Monday: a working day ago was Friday at this hour, and 72 hours are not more.
    assert listed(client, "?queue=overdue") == []
    rows.filter(pk=orders[0].pk).update(submitted_at=LATER - timedelta(hours=72, minutes=1))
    assert listed(client, "?queue=overdue") == [orders[0].number]
    assert text(client.get(LIST)).count("Answer overdue") == 1
    bring_to(orders[2], "accepted")
    assert "Start date passed" not in text(client.get(LIST))
    rows.filter(pk=orders[2].pk).update(start_date=date(2026, 11, 22))
    assert text(client.get(LIST)).count("Start date passed") == 1
    assert orders[2].number in listed(client, "?queue=overdue")
    rows.filter(pk=orders[2].pk).update(state="completed")
    assert orders[2].number not in listed(client, "?queue=overdue")


def test_the_marks_take_no_statement(client: HostClient, orders: list[Order]) -> None:
    """CHAN-15."""
    client.get(LIST)
    counted = statements(client, LIST)
    SubmittedOrder.objects.across_partners().filter(pk=orders[0].pk).update(state="completed")
    assert statements(client, LIST) == counted


def test_a_view_is_saved_opened_renamed_and_deleted(
    client: HostClient, orders: list[Order], staff: User
) -> None:
    """CHAN-15."""
    answer = client.post(
        LIST + "views/", {"save": "1", "name": "  Late ones ", "query": "queue=overdue&p=2&o=-1"}
    )
    assert answer["Location"] == f"{LIST}?o=-1&queue=overdue"
    view = StaffView.objects.get()
    assert (view.name, view.query, view.user) == ("Late ones", "o=-1&queue=overdue", staff)
    page = text(client.get(LIST + "?queue=overdue&o=-1"))
    assert 'href="?o=-1&amp;queue=overdue" aria-current="page">Late ones</a>' in page
    assert "Late ones" in text(client.get(LIST))

    # The same name is the same view.
    client.post(LIST + "views/", {"save": "1", "name": "Late ones", "query": "queue=open"})
    view.refresh_from_db()
    assert view.query == "queue=open"

    client.post(LIST + "views/", {"view": view.pk, "rename": "1", "name": "Open ones"})
    view.refresh_from_db()
    assert view.name == "Open ones"
    assert 'value="Open ones"' in text(client.get(LIST + "views/"))
    client.post(LIST + "views/", {"view": view.pk, "delete": "1", "name": ""})
    assert not StaffView.objects.exists()
    assert "You have saved no views of this list." in text(client.get(LIST + "views/"))


def test_views_are_ones_own(client: HostClient, sign_in: SignIn) -> None:
    """CHAN-15: another member of channel sales neither sees nor changes them."""
    client.post(LIST + "views/", {"save": "1", "name": "Mine", "query": ""})
    view = StaffView.objects.get()
    clerk = User.objects.create_user("clerk@kontor.example", "x", name="Clerk", is_staff=True)
    theirs = sign_in(clerk)
    assert "Mine" not in text(theirs.get(LIST))
    theirs.post(LIST + "views/", {"view": view.pk, "delete": "1"})
    theirs.post(LIST + "views/", {"view": view.pk, "rename": "1", "name": "Stolen"})
    view.refresh_from_db()
    assert view.name == "Mine"


def test_what_is_wrong_with_a_view_is_said(client: HostClient) -> None:
    """CHAN-15."""
    for name in ("One", "Two"):
        client.post(LIST + "views/", {"save": "1", "name": name, "query": ""})
    one = StaffView.objects.get(name="One")
    for data, words in (
        ({"save": "1", "name": " ", "query": "queue=open"}, "Enter a name for the view."),
        ({"view": one.pk, "rename": "1", "name": ""}, "Enter a name for the view."),
        ({"view": one.pk, "rename": "1", "name": "Two"}, "You have another view called Two."),
    ):
        assert words in text(client.post(LIST + "views/", data, follow=True))
    for data in ({}, {"view": "x", "delete": "1"}, {"save": "1", "name": "x" * 200, "query": "&="}):
        assert client.post(LIST + "views/", data).status_code == 302
    assert StaffView.objects.count() == 3
