"""Finding customers (ORD-17 to ORD-24) and the active customer (ORD-25, ACC-03)."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.queries import find_customers
from customers.services import assign, deactivate_customer
from portal.accounts.models import Membership
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn


def names(text: str, person: Membership, family: str | None = None) -> list[str]:
    return [match.name for match in find_customers(text, person=person, family=family)]


def results(client: HostClient, query: str) -> list[dict[str, object]]:
    answer = client.get(f"/search/suggest/?q={query}")
    assert answer.status_code == 200
    found: list[dict[str, object]] = json.loads(answer.content)["results"]
    return found


def test_substring_of_the_name_and_prefix_of_the_number(anna: Membership) -> None:
    """ORD-18."""
    factories.make_customer("Nordvik AB", "10042", at=NOW)
    factories.make_customer("AB Nordvik", "20042", at=NOW)
    assert names("nord", anna) == ["Nordlys Telekom AB", "Nordvik AB", "AB Nordvik"]
    assert names("NORDV", anna) == ["Nordvik AB", "AB Nordvik"]
    assert names("100", anna)[-1] == "Nordvik AB"
    assert names("0042", anna) == []


@pytest.mark.parametrize("typed", ["", "n", "no", "  no  ", "%%"])
def test_under_three_characters_query_nothing(
    typed: str, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-19: 200, an empty list and no SQL on customers."""
    client = sign_in(anna)
    with CaptureQueriesContext(connection) as queries:
        assert results(client, typed) == []
    # The statement that looks the person up names the table, too.
    asked = [q["sql"] for q in queries if "accounts_membership" not in q["sql"]]
    assert [sql for sql in asked if "customers_customer" in sql] == []


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_signs_of_patterns_are_found_literally(sign: str, anna: Membership) -> None:
    """INP-02."""
    factories.make_customer(f"Aa{sign}bb AB", "30001", at=NOW)
    factories.make_customer("Aaxbb AB", "30002", at=NOW)
    assert names(f"a{sign}b", anna) == [f"Aa{sign}bb AB"]


def test_suggestion_has_name_number_and_town(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-20."""
    (found,) = results(sign_in(anna), "havs")
    assert (found["name"], found["number"], found["town"]) == (
        "Havsbris Konsult AB",
        "10042",
        "Gävle",
    )


def test_only_selectable_customers_of_this_partner(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, brueckner: Partner
) -> None:
    """ORD-24: active ones, for trunks the cleared ones, never another partner's."""
    with in_partner(brueckner):
        factories.make_customer("Havsbris Kiel GmbH", "10042", at=NOW)
    assert names("havsbris", anna) == ["Havsbris Konsult AB"]
    assert names("björkvik", anna, "trunk") == []
    assert names("havsbris", anna, "trunk") == ["Havsbris Konsult AB"]
    deactivate_customer(havsbris, at=NOW)
    assert names("havsbris", anna) == []


def test_technician_finds_the_assigned_only(
    mikael: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """REG-25."""
    assert names("havsbris", mikael) == []
    assign(havsbris, mikael, at=NOW)
    assert names("havsbris", mikael) == ["Havsbris Konsult AB"]
    assert names("björkvik", mikael) == []


def test_at_most_ten_and_the_exact_number_first(anna: Membership) -> None:
    """SPEED-01: the best matches of all branches are ranked."""
    for number in range(12):
        factories.make_customer(f"Likadana {number:02} AB", f"7770{number:02}", at=NOW)
    factories.make_customer("Zzz AB", "7770", at=NOW)
    found = names("7770", anna)
    assert len(found) == 10
    assert found[0] == "Zzz AB"


def test_search_page_works_without_scripts(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-17."""
    page = sign_in(anna).get("/search/?q=havs").content.decode()
    assert "Havsbris Konsult AB" in page
    assert "Type at least three characters." in sign_in(anna).get("/search/?q=ha").content.decode()


def test_switch_and_leave(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """USE-01, ACC-03, ACC-22: switching leads to the customer's page; the chip shows it.

    Leaving clears it.
    """
    client = sign_in(anna)
    answer = client.post("/switch/", {"customer": str(havsbris.pk)})
    assert answer["Location"] == f"/customers/{havsbris.pk}/"
    assert "Customer 10042" in client.get("/").content.decode()
    client.post("/leave/")
    assert "No customer chosen" in client.get("/").content.decode()


def test_active_customer_ends_with_deactivation_and_with_access(
    mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-25: it is looked up at each request."""
    assign(havsbris, mikael, at=NOW)
    client = sign_in(mikael)
    client.post("/switch/", {"customer": str(havsbris.pk)})
    assert "Customer 10042" in client.get("/").content.decode()
    havsbris.assignments.all().delete()
    assert "No customer chosen" in client.get("/").content.decode()
    assign(havsbris, mikael, at=NOW)
    assert "No customer chosen" in client.get("/").content.decode()
    client.post("/switch/", {"customer": str(havsbris.pk)})
    deactivate_customer(havsbris, at=NOW)
    assert "No customer chosen" in client.get("/").content.decode()


def test_active_customer_ends_at_sign_out(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-25."""
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(havsbris.pk)})
    client.post("/accounts/logout/")
    client = sign_in(anna)
    assert "No customer chosen" in client.get("/").content.decode()


@pytest.mark.usefixtures("stopped_clock")
def test_sixty_searches_a_minute(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """INP-11, INP-14: further ones get 429 with Retry-After."""
    client = sign_in(anna)
    answers = [client.get("/search/suggest/?q=havs") for _i in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 429
    assert 0 < int(answers[60]["Retry-After"]) <= 60
