"""Suggestions in groups, recent customers, the page of results (REG-40, ORD-17 to ORD-19)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.services import assign, deactivate_customer
from portal.accounts.models import Membership
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn


def groups(client: HostClient, query: str) -> list[tuple[str, str]]:
    """The suggestions with their groups."""
    answer = client.get(f"/search/suggest/?all=1&q={query}")
    assert answer.status_code == 200
    return [(each["group"], each["name"]) for each in json.loads(answer.content)["results"]]


def recent(client: HostClient) -> list[str]:
    answer = client.get("/search/recent/")
    return [each["name"] for each in json.loads(answer.content)["results"]]


@pytest.fixture
def things(havsbris: Customer, bjorkvik: Customer, anna: Membership) -> dict[str, Any]:
    """One of each that answers to "vik"."""
    factories.make_contact(
        havsbris, at=NOW, first_name="Vik", last_name="Toria", phone="+46701234567"
    )
    return {
        "order": factories.make_draft(bjorkvik, by=anna, at=NOW),
        "quote": factories.make_quote(havsbris, by=anna, at=NOW, title="Växel till Viken"),
    }


def test_suggestions_are_grouped(things: dict[str, Any], anna: Membership, sign_in: SignIn) -> None:
    """REG-40, REG-36."""
    client = sign_in(anna)
    assert groups(client, "vik") == [
        ("Customers", "Björkvik Bygg AB"),
        ("Quotes", things["quote"].number),
        ("Contacts", "Vik Toria"),
    ]
    assert ("Orders", things["order"].number) in groups(client, things["order"].number[-4:])
    assert groups(client, "070-1234567") == [("Contacts", "Vik Toria")]
    assert groups(client, "zzz") == []


def test_what_was_found_is_marked(
    things: dict[str, Any], anna: Membership, sign_in: SignIn
) -> None:
    """REG-36: as it is written, on the page too."""
    client = sign_in(anna)
    (found,) = json.loads(client.get("/search/suggest/?q=bjorkv").content)["results"]
    assert found["shown"][0] == [["Björkv", True], ["ik Bygg AB", False]]
    page = client.get("/search/?q=vaxel").content.decode()
    assert "<mark>Växel</mark> till Viken" in page
    assert "+46 <mark>70 123 45 67</mark>" in client.get("/search/?q=0701234567").content.decode()
    assert "Nothing found" in client.get("/search/?q=zzzz").content.decode()


def test_suggestions_follow_the_rights_and_what_is_seen(
    things: dict[str, Any],
    bjorkvik: Customer,
    mikael: Membership,
    lena: Membership,
    brueckner: Partner,
    sign_in: SignIn,
) -> None:
    """REG-40, REG-25: a technician has no right to quotes; another partner finds nothing."""
    client = sign_in(mikael)
    assert groups(client, "vik") == []
    assign(bjorkvik, mikael, at=NOW)
    assert {group for group, _name in groups(client, "bjork")} == {"Customers"}
    assert groups(client, things["quote"].number) == []
    with in_partner(brueckner):
        other = sign_in(lena)
    assert groups(other, "vik") == groups(other, things["order"].number) == []


def test_under_three_characters_asks_nothing(anna: Membership, sign_in: SignIn) -> None:
    """ORD-19."""
    client = sign_in(anna)
    with CaptureQueriesContext(connection) as queries:
        assert groups(client, "vi") == []
    tables = ("customers_customer", "orders_order", "quotes_quote", "customers_contact")
    # The statement that looks the person up names the customers' table.
    asked = [q["sql"] for q in queries if "accounts_membership" not in q["sql"]]
    assert [sql for sql in asked if any(table in sql for table in tables)] == []


def test_an_empty_box_offers_the_last_customers(
    mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-40, ORD-25: the newest first; only those that are still seen and active."""
    assign(havsbris, mikael, at=NOW)
    assign(bjorkvik, mikael, at=NOW)
    client = sign_in(mikael)
    assert recent(client) == []
    for customer in (havsbris, bjorkvik, havsbris):
        client.post("/switch/", {"customer": str(customer.pk)})
    assert recent(client) == ["Havsbris Konsult AB", "Björkvik Bygg AB"]
    client.post("/leave/")
    bjorkvik.assignments.all().delete()
    assert recent(client) == ["Havsbris Konsult AB"]
    deactivate_customer(havsbris, at=NOW)
    assert recent(client) == []


def test_at_most_five_are_kept(anna: Membership, sign_in: SignIn) -> None:
    """REG-40."""
    client = sign_in(anna)
    made = [factories.make_customer(f"Kund {n} AB", f"3100{n}", at=NOW) for n in range(7)]
    for customer in made:
        client.post("/switch/", {"customer": str(customer.pk)})
    assert recent(client) == [f"Kund {n} AB" for n in (6, 5, 4, 3, 2)]
