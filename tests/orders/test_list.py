"""The list of orders and its file: tabs, filters, order, pages (REG-09, REG-10, REG-13, USE-05)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.services import assign
from orders.models import Order
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, HostClient, SignIn


@pytest.fixture
def client(sign_in: SignIn, anna: Membership) -> HostClient:
    return sign_in(anna)


def numbers(client: HostClient, query: str = "") -> list[str]:
    return [row.source.number for row in client.get(f"/orders/{query}").context["rows"]]


def text(client: HostClient, query: str = "") -> str:
    return unescape(client.get(f"/orders/{query}").content.decode())


def made(customer: Customer, by: Membership, count: int, **values: Any) -> list[Order]:
    """Orders in the order in which they changed last, the newest first."""
    found = []
    for number in range(count):
        order = factories.make_order(customer, by=by, at=NOW)
        at = NOW - timedelta(hours=number)
        Order.objects.filter(pk=order.pk).update(**{"changed_at": at, "created_at": at, **values})
        found.append(Order.objects.get(pk=order.pk))
    return found


def test_submitted_orders_stand_once(
    client: HostClient, havsbris: Customer, anna: Membership
) -> None:
    """CON-26: in their group above the whole list; below it where the list is asked for."""
    (order,) = made(havsbris, anna, 1)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    page = text(client)
    assert page.count(f">{order.number}<") == 1
    assert numbers(client) == [draft.number]
    assert "2 orders." in page and "Submitted orders are listed above" in page
    assert set(numbers(client, "?sort=-changed")) == {order.number, draft.number}


def test_tabs_count_and_empty_ones_say_what_is_good(
    client: HostClient, havsbris: Customer, anna: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """USE-05, SPEED-05: counts stop at the limit; a search is not counted anew for each tab."""
    made(havsbris, anna, 3)
    tabs = {tab["label"]: tab["count"] for tab in client.get("/orders/").context["tabs"]}
    assert (tabs["All"], tabs["Submitted"], tabs["Failed"]) == ("3", "3", "0")
    assert client.get("/orders/?q=abc").context["tabs"][0]["count"] is None
    monkeypatch.setattr("portal.core.listing.COUNTED", 2)
    assert client.get("/orders/").context["tabs"][0]["count"] == "2+"
    assert "No order has failed" in text(client, "?state=failed")
    assert "No order matches" in text(client, "?state=failed&family=trunk")


def test_filters_beside_the_box(
    client: HostClient,
    havsbris: Customer,
    bjorkvik: Customer,
    anna: Membership,
    mikael: Membership,
) -> None:
    """REG-09: customer by number or id, person, family, days by the partner's clock."""
    assign(havsbris, mikael, at=NOW)
    first, second = made(havsbris, anna, 2)
    (other,) = made(bjorkvik, anna, 1, created_at=NOW - timedelta(days=3))
    assert numbers(client, f"?customer={bjorkvik.number}") == [other.number]
    assert numbers(client, f"?customer={havsbris.pk}") == [first.number, second.number]
    assert havsbris.label in text(client, f"?customer={havsbris.pk}")
    assert numbers(client, f"?on={mikael.pk}") == [first.number, second.number]
    assert numbers(client, "?on=me") == []
    assert numbers(client, "?family=trunk") == []
    day = (NOW - timedelta(days=3)).date()
    assert numbers(client, f"?to={day}") == [other.number]
    assert numbers(client, f"?from={day + timedelta(days=1)}") == [first.number, second.number]


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "family=abc",
        "on=00000000-0000-4000-8000-00000000dead",
        "customer=00000000-0000-4000-8000-00000000dead",
        "customer=nobody",
        "from=yesterday",
        "to=9999-12-31",
    ],
)
def test_filter_without_a_meaning_shows_nothing_and_says_why(
    query: str, client: HostClient, havsbris: Customer, anna: Membership
) -> None:
    """USE-14: not the whole list, and no file."""
    (order,) = made(havsbris, anna, 1)
    assert numbers(client, f"?{query}") == []
    page = text(client, f"?{query}")
    assert "So nothing is shown" in page and "Remove the filter" in page
    answer = client.get(f"/orders/export/?format=csv&{query}", follow=True)
    assert "There is no file." in answer.content.decode()
    assert order.number not in answer.content.decode()


def test_customer_that_is_not_seen_is_as_if_not_there(
    sign_in: SignIn, havsbris: Customer, brueckner: Any, anna: Membership, lena: Membership
) -> None:
    """ANS-01, USE-14: a customer of another partner has no name here."""
    page = sign_in(lena).get(f"/orders/?customer={havsbris.pk}").content.decode()
    assert havsbris.name not in page and "Daher wird nichts angezeigt" in page


def file_of(client: HostClient, query: str) -> list[list[str]]:
    answer: Any = client.get(f"/orders/export/?format=csv{query}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(content)))


def test_file_has_the_rows_on_screen(
    client: HostClient, havsbris: Customer, anna: Membership
) -> None:
    """REG-10: the same orders in the same order."""
    made(havsbris, anna, 4)
    for query in ("sort=number", "sort=-number", "state=submitted", "q=2026&sort=customer"):
        rows = file_of(client, f"&{query}")
        assert rows[0][:3] == ["Order", "Reference", "Customer"]
        assert [row[0] for row in rows[1:]] == numbers(client, f"?{query}")
    assert "Monthly, SEK" in file_of(client, "")[0]
    with CaptureQueriesContext(connection) as queries:
        file_of(client, "")
    # None for each row.
    assert "orders_order" in str(queries.captured_queries)
    assert len(queries) < 12


def test_file_needs_its_right(sign_in: SignIn, mikael: Membership) -> None:
    """D11."""
    assert sign_in(mikael).get("/orders/export/").status_code == 403


def test_sorted_column_is_marked(client: HostClient, havsbris: Customer, anna: Membership) -> None:
    """REG-13."""
    made(havsbris, anna, 2)
    page = client.get("/orders/?sort=-number").content.decode()
    assert page.count("aria-sort") == 1 and 'aria-sort="descending"' in page


def test_pages_beyond_the_count_are_found_by_their_key(
    client: HostClient, havsbris: Customer, anna: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEED-07: as quick as the first; rows that come or go meanwhile shift nothing."""
    monkeypatch.setattr("portal.core.listing.COUNTED", 50)
    orders = made(havsbris, anna, 8)
    first = orders[0]
    Order.objects.bulk_create(
        Order(
            partner_id=first.partner_id,
            number=f"X-{number:04}",
            customer=havsbris,
            family=first.family,
            currency="SEK",
            created_at=NOW - timedelta(days=1),
            # Ties are decided by the id.
            changed_at=NOW - timedelta(days=1, minutes=number // 40),
        )
        for number in range(160)
    )
    seen: list[str] = []
    address = "/orders/?sort=-changed"
    while address:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert "NULLS LAST" not in str(queries.captured_queries)
        if "after=" in address:
            assert "OFFSET" not in str(queries.captured_queries)
        seen += [row.source.number for row in answer.context["rows"]]
        page: Any = answer.context["page"]
        has_next = page.has_next()
        address = f"/orders/?sort=-changed&page={page.number + 1}{page.next_key}" * has_next
    assert len(seen) == len(set(seen)) == 168
    assert seen[:8] == [order.number for order in orders]


def test_compact_rows_are_remembered(client: HostClient) -> None:
    """USE-15: the cookie of the switch comes back as rows that stand closer."""
    assert "data-density" not in client.get("/orders/").content.decode().split("<body")[0]
    client.cookies["density"] = "compact"
    page = client.get("/orders/").content.decode()
    assert 'data-density="compact"' in page.split("<body")[0]
    assert 'aria-pressed="true"' in page


@pytest.mark.parametrize("address", ["/orders/", "/quotes/", "/outbox/"])
def test_days_at_the_ends_of_the_calendar(
    address: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-09, USE-14: a day before the first or after the last one shows nothing, and no 500."""
    factories.make_order(havsbris, by=anna, at=NOW)
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    factories.make_confirmation(quote, by=anna, at=NOW)
    client = sign_in(anna)
    for days in ("from=0001-01-01", "to=0001-01-01", "from=9999-12-31", "to=9999-12-31"):
        answer = client.get(f"{address}?{days}")
        assert (answer.status_code, answer.context["rows"]) == (200, []), days
    day = NOW.date().isoformat()
    assert client.get(f"{address}?from={day}&to={day}").context["rows"]
