"""Entries of several tables are read in one statement and ordered by urgency (ONB-24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.errors import TenantLeak
from portal.tenancy.connection import connection
from portal.tenancy.entries import Entries, Entry, age_in_words, most_urgent, read_entries
from portal.tenancy.models import Partner
from quotes.models import Quote
from tests import factories
from tests.conftest import NOW


def kind(name: str, rows: Any, **more: Any) -> Entries:
    return Entries(name, name, "file", rows, ("changed_at",), lambda pk: f"/{name}/{pk}/", **more)


def entry(name: str, rank: int, minutes: int) -> Entry:
    since = NOW - timedelta(minutes=minutes)
    of = kind(name, Order.objects.none())
    return Entry(of, connection.tenant.pk, since, rank, "", "", "", "")


def test_all_kinds_come_in_one_statement(
    havsbris: Customer, anna: Membership, django_assert_num_queries: Any
) -> None:
    """ONB-24: with the customer; a kind that can have no rows costs nothing."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    kinds = [
        kind("orders", Order.objects.all(), detail="family", words=str.upper),
        kind("nothing", Order.objects.none()),
        kind("quotes", Quote.objects.all(), rank=2, detail="title"),
    ]
    with django_assert_num_queries(1):
        found = {each.kind.name: each for each in read_entries(kinds, each=3)}
    assert set(found) == {"orders", "quotes"}
    assert (found["orders"].title, found["orders"].detail) == (order.number, "FLEX")
    assert (found["orders"].rank, found["quotes"].rank) == (9, 2)
    assert found["quotes"].url == f"/quotes/{quote.pk}/"
    assert found["quotes"].customer == "Havsbris Konsult AB"
    assert found["quotes"].customer_number == "10042"
    with django_assert_num_queries(0):
        assert read_entries([kinds[1]], each=3) == []


def test_each_kind_is_read_up_to_its_limit(havsbris: Customer, anna: Membership) -> None:
    """SPEED-05: the first by the kind's own order."""
    first = factories.make_draft(havsbris, by=anna, at=NOW)
    for minute in (1, 2):
        factories.make_draft(havsbris, by=anna, at=NOW + timedelta(minutes=minute))
    found = read_entries([kind("orders", Order.objects.all())], each=1)
    assert [each.pk for each in found] == [first.pk]


def test_rows_of_another_partner_are_refused(
    havsbris: Customer, anna: Membership, brueckner: Partner
) -> None:
    """ISO-12: each row is checked, though it is read without its model."""
    factories.make_draft(havsbris, by=anna, at=NOW)
    connection.tenant, mine = brueckner, connection.tenant
    try:
        with pytest.raises(TenantLeak):
            read_entries([kind("orders", Order.objects.all())], each=1)
    finally:
        connection.tenant = mine


def test_the_most_urgent_come_first_and_no_kind_takes_all(nordlys: Partner) -> None:
    """ONB-24: of equal urgency the oldest first."""
    drafts = [entry("drafts", 6, minutes) for minutes in range(20)]
    reports = [entry("reports", 0, 1), entry("reports", 0, 5)]
    shown = most_urgent([*drafts, *reports, entry("quotes", 7, 0)], limit=6, of_a_kind=3)
    assert [(each.kind.name, each.since) for each in shown] == [
        ("reports", reports[1].since),
        ("reports", reports[0].since),
        *(("drafts", drafts[minutes].since) for minutes in (19, 18, 17)),
        ("quotes", NOW),
    ]
    alone = most_urgent(drafts, limit=6, of_a_kind=3)
    assert len(alone) == 6


def test_age_in_words() -> None:
    """ONB-24."""
    ages = [age_in_words(NOW - timedelta(seconds=n), NOW) for n in (-5, 59, 3600, 86400 * 3)]
    assert [age.replace("\u00a0", " ") for age in ages] == [
        "just now",
        "just now",
        "1 hour",
        "3 days",
    ]
