"""Sorting along indexes, and counts that stop."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F, Subquery
from django.db.models.functions import Collate, Lower

from customers.columns import COLUMNS
from customers.models import Customer
from orders.columns import order_columns
from orders.models import Order
from portal.core.list_columns import sorts_of
from portal.core.listing import can_be_null, counts_up_to, short_total
from portal.history.models import Entry
from portal.outbox.columns import email_columns
from portal.outbox.models import OutboundEmail
from quotes.columns import quote_columns
from quotes.models import Quote
from tests import factories
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("what", "model", "null"),
    [
        (F("changed_at"), Order, False),
        (F("start_date"), Order, True),
        (F("customer__sort_key"), Order, False),
        (F("contact__last_name"), Order, True),
        (F("pk"), Order, False),
        (F("something_annotated"), Order, True),
        (Collate(F("sort_key"), "C"), Customer, False),
        (Collate(Lower("city"), "C"), Customer, False),
        (Lower("business_type__name"), Customer, True),
        (F("credit_limit") - F("credit_committed"), Customer, False),
        (Subquery(Customer.objects.values("name")[:1]), Customer, True),
        (F("timestamp"), Entry, False),
    ],
)
def test_the_model_says_what_can_be_null(what: Any, model: Any, null: bool) -> None:
    """SPEED-07: NULLS LAST where there can be a NULL, nowhere else."""
    assert can_be_null(what, model) is null


def test_no_list_begins_with_an_order_that_no_index_serves() -> None:
    """SPEED-07: the order in which each list is first seen."""
    offered: Any
    for offered, name, model in (
        (order_columns(prices=True, currency="SEK"), "changed", Order),
        (quote_columns(prices=True, currency="SEK"), "changed", Quote),
        (email_columns(), "created", OutboundEmail),
        (COLUMNS, "name", Customer),
        (COLUMNS, "number", Customer),
    ):
        for term in sorts_of(offered)[name]:
            assert not can_be_null(F(term) if isinstance(term, str) else term, model), name


def test_counts_of_several_queries_in_one_statement(
    nordlys: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEED-05."""
    for number in range(3):
        factories.make_customer(f"Kund {number}", f"4000{number}", at=NOW)
    some = Customer.objects.filter(name__startswith="Kund")
    with django_assert_num_queries(1):
        assert counts_up_to([some, some.none(), some.filter(name="Kund 1")]) == [3, 0, 1]
    monkeypatch.setattr("portal.core.listing.COUNTED", 1)
    assert counts_up_to([some, some.none()]) == [2, 0]
    assert [short_total(count) for count in (0, 1, 2)] == ["0", "1", "1+"]
    with django_assert_num_queries(0):
        assert counts_up_to([some.none()]) == [0]
