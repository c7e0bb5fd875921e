"""The lists of orders, quotes and e-mails: chosen columns, their order, and the file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from customers.models import Customer, ListColumns
from orders.columns import order_columns
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.list_columns import Column, sorts_of
from portal.outbox.columns import email_columns
from quotes.columns import quote_columns
from tests import factories
from tests.conftest import NOW, HostClient, SignIn

CHOOSE = "/customers/columns/"
LISTS = {
    "orders": ("/orders/", ["po_number", "state", "by"]),
    "quotes": ("/quotes/", ["valid", "by", "sent"]),
    "emails": ("/outbox/", ["attempts", "created", "language"]),
}
HEADINGS = {
    "orders": ["Order", "Purchase order number", "State", "Written by"],
    "quotes": ["Quote", "Valid until", "Written by", "Sent"],
    "emails": ["Subject", "Written", "Attempts", "Language"],
}
SECOND = {"orders": "Reference", "quotes": "Title", "emails": "Cause"}


def offered(list_name: str) -> list[Column[Any]]:
    """Every column of a list."""
    if list_name == "emails":
        return email_columns()
    make: Any = order_columns if list_name == "orders" else quote_columns
    found: list[Column[Any]] = make(prices=True, currency="SEK")
    return found


@pytest.fixture
def client(anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn) -> HostClient:
    """Anna, with two orders, quotes and the e-mails about them."""
    for customer in (havsbris, bjorkvik):
        factories.make_order(customer, by=anna, at=NOW)
        quote = factories.make_quote(customer, by=anna, at=NOW)
    factories.make_confirmation(quote, by=anna, at=NOW, email="a.b@bjorkvik.example")
    return sign_in(anna)


def headings(client: HostClient, page: str) -> list[str]:
    text = client.get(page).content.decode()
    found = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', text)
    return [unescape(each) for each in found]


def file_rows(client: HostClient, page: str, query: str = "") -> list[list[str]]:
    answer: Any = client.get(f"{page}export/?format=csv&{query}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(content)))


@pytest.mark.parametrize("list_name", LISTS)
def test_each_list_has_its_own_columns(list_name: str, client: HostClient) -> None:
    """REG-45, REG-10: remembered for each person and list; the file has what is shown."""
    page, wanted = LISTS[list_name]
    standard = headings(client, f"{page}?sort=-state")
    data = {"list_name": list_name, "columns": [*wanted, "nonsense", "<b>"], "query": "sort=-state"}
    answer = client.post(CHOOSE, data)
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?sort=-state")
    assert headings(client, answer["Location"]) == HEADINGS[list_name]
    first, *rest = HEADINGS[list_name]
    assert file_rows(client, page)[0] == [first, SECOND[list_name], *rest]
    for other, (address, _wanted) in LISTS.items():
        if other != list_name:
            assert headings(client, f"{address}?sort=-state") != HEADINGS[list_name]
    assert not ListColumns.objects.exclude(list_name=list_name).exists()
    client.post(CHOOSE, {"list_name": list_name, "then": "standard"})
    assert headings(client, f"{page}?sort=-state") == standard
    assert not ListColumns.objects.exists()


@pytest.mark.parametrize("list_name", LISTS)
def test_all_columns_at_once_and_each_sorts_both_ways(list_name: str, client: HostClient) -> None:
    """REG-45, REG-13: hidden columns too, on the page and in the file, in one order."""
    page, columns = LISTS[list_name][0], offered(list_name)
    client.post(CHOOSE, {"list_name": list_name, "columns": [each.name for each in columns]})
    text = client.get(f"{page}?sort=-state").content.decode()
    assert headings(client, f"{page}?sort=-state") == [each.file_label for each in columns]
    assert text.count("<td") % (len(columns) - 1) == 0
    for name in sorts_of(columns):
        for sign in ("", "-"):
            rows = client.get(f"{page}?sort={sign}{name}").context["rows"]
            assert len(rows) >= 2, name
            heads = [row[0] for row in file_rows(client, page, f"sort={sign}{name}")[1:]]
            first = columns[0].value
            assert heads == [first(row.source, {}) for row in rows], name


def test_prices_are_no_columns_without_the_right(client: HostClient, anna: Membership) -> None:
    """D11, REG-45: neither shown nor sorted by, whatever is stored or asked for."""
    names = {each.name for each in order_columns(prices=False, currency="SEK")}
    assert not names & {"monthly", "one_off"}
    assert {"monthly", "one_off"} <= {each.name for each in offered("orders")}
    anna.role.rights = [right for right in anna.role.rights if right != "view_prices"]
    anna.role.save()
    client.post(CHOOSE, {"list_name": "orders", "columns": ["monthly", "one_off", "state"]})
    assert headings(client, "/orders/?sort=-monthly") == ["Order", "State"]
    assert file_rows(client, "/orders/")[0] == ["Order", "Reference", "State"]
    assert client.get("/orders/?sort=-monthly").context["listing"].sort == "-changed"


def test_an_unknown_list_is_not_there(client: HostClient) -> None:
    """REG-45."""
    assert client.post(CHOOSE, {"list_name": "secrets", "columns": ["a"]}).status_code == 404
    many = {"list_name": "orders", "columns": ["x" * 50, *("state" for _n in range(500))]}
    assert client.post(CHOOSE, many).status_code == 302
    assert len(ListColumns.objects.get().columns) <= 50


def test_names_are_escaped_in_cells(client: HostClient, havsbris: Customer) -> None:
    """USE-05: cells are put together outside the templates."""
    evil = "<script>alert(1)</script>"
    Customer.objects.filter(pk=havsbris.pk).update(name=evil)
    Order.objects.update(reference=f'"{evil}', po_number=evil)
    client.post(CHOOSE, {"list_name": "orders", "columns": ["customer", "po_number"]})
    for page in ("/orders/?sort=-changed", "/quotes/", "/outbox/"):
        text = client.get(page).content.decode()
        assert evil not in text and "&lt;script&gt;" in text


@pytest.mark.parametrize("list_name", ["orders", "quotes"])
def test_common_words_are_found_alike(
    list_name: str, client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REG-37: row by row along an index, or fetched: the same rows in the same order."""
    page = LISTS[list_name][0]
    asked = ("ab", "havsbris", "bjorkvik", "2026", "1004", "havs 10042", "q-", "%", "-", "xyzq")
    addresses = [f"{page}?{urlencode({'q': text, 'sort': '-changed'})}" for text in asked]

    def found() -> list[list[str]]:
        answers = [client.get(address).context["rows"] for address in addresses]
        return [[row.source.number for row in rows] for rows in answers]

    before = found()
    assert len(before[0]) == 2 and before[-1] == []
    monkeypatch.setattr("orders.queries.COMMON", 0)
    assert found() == before


def test_pages_by_a_column_without_values_are_found_by_their_key(
    client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEED-07: rows without a value come last in both directions, on the way back as well."""
    monkeypatch.setattr("portal.core.listing.COUNTED", 2)
    monkeypatch.setattr("portal.tenancy.list_pages.page_size", lambda query: 2)
    one = Order.objects.order_by("pk")[0]
    for number in range(9):
        start = NOW.date() + timedelta(days=number % 3) if number % 2 else None
        copy = Order.objects.get(pk=one.pk)
        copy.pk, copy.number, copy.start_date = uuid4(), f"X-{number}", start
        copy._state.adding = True
        copy.save()
    for sort in ("start", "-start", "submitted", "-by", "po_number", "customer"):
        numbers: list[list[str]] = []
        page: Any = None
        address = f"/orders/?sort={sort}"
        while address:
            answer = client.get(address)
            page = answer.context["page"]
            numbers.append([row.source.number for row in answer.context["rows"]])
            more = page.has_next()
            address = f"/orders/?sort={sort}&page={page.number + 1}{page.next_key}" * more
        flat = [number for each in numbers for number in each]
        assert len(flat) == len(set(flat)) == 11, sort
        starts = [Order.objects.get(number=number).start_date for number in flat]
        if sort.endswith("start"):
            dated = [start for start in starts if start]
            assert starts[: len(dated)] == sorted(dated, reverse=sort == "-start")
        for place in range(len(numbers) - 1, 1, -1):
            address = f"/orders/?sort={sort}&page={place}{page.previous_key}"
            answer = client.get(address)
            page = answer.context["page"]
            assert [row.source.number for row in answer.context["rows"]] == numbers[place - 1], sort
