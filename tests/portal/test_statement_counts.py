"""Lists and form pages cost the same number of statements with 1, 3 and 50 rows (G1, G2)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from customers.models import Customer
from customers.services import assign
from portal.accounts.models import Membership, Team
from portal.accounts.services import save_team
from portal.notices.services import notify
from tests import factories
from tests.conftest import NOW, SignIn

Count = Callable[[int], AbstractContextManager[Any]]

# What every page of a signed-in person queries: the session, the person with place and role, the
# active customer, and how many problem reports wait (G1: at most four).
BASE = 4


def world(rows: int, anna: Membership) -> Customer:
    """Create so many customers with an order, a contact and a site each; return the last."""
    customer = None
    for number in range(rows):
        customer = factories.make_customer(f"Kund {number:03} AB", f"5{number:04}", at=NOW)
        factories.make_contact(customer, at=NOW, email=f"a{number}@k.example")
        factories.make_site(customer)
        factories.make_order(customer, by=anna, at=NOW)
        factories.make_quote(customer, by=anna, at=NOW)
    assert customer is not None
    return customer


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_lists_ask_the_same_whatever_the_rows(
    rows: int, anna: Membership, sign_in: SignIn, django_assert_num_queries: Count
) -> None:
    customer = world(rows, anna)
    assign(customer, anna, at=NOW)
    for number in range(rows):
        notify(anna, "assigned", at=NOW, customer="Acme, 1")
        save_team(Team(partner=anna.partner), name=f"Team {number}")
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(customer.pk)})
    client.get("/")
    for url, more in (
        ("/customers/", 2),  # what the list offers, rows with their plan and count
        # people, columns, tabs, rows with customer and count, two groups of ten, saved filters
        ("/orders/", 7),
        ("/quotes/", 5),  # the same without groups
        ("/people/", 2),
        ("/outbox/", 5),  # tabs, rows with their count, customers, saved filters
        ("/orders/new/", 3),  # the customer, the own company, the families
        ("/people/me/", 0),
        ("/people/roles/", 1),
        ("/people/teams/", 1),
        ("/people/log/", 1),
        ("/notices/", 2),
        (f"/customers/{customer.pk}/log/", 3),  # the customer, who was erased, rows
        # The customer, people, assignments, absences, exceptions.
        (f"/customers/{customer.pk}/access/", 5),
        (f"/customers/{customer.pk}/assign/", 3),  # the customer, people, assignments
    ):
        with django_assert_num_queries(BASE + more):
            assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_form_pages_ask_the_same_whatever_the_rows(
    rows: int, anna: Membership, sign_in: SignIn, django_assert_num_queries: Count
) -> None:
    customer = world(rows, anna)
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(customer.pk)})
    client.get("/")
    draft = factories.make_draft(customer, by=anna, at=NOW)
    for url, more in (
        # settings, first plan, next number, business types, plans twice, custom fields
        ("/customers/new/", 7),
        (f"/customers/{customer.pk}/edit/", 6),
        ("/customers/settings/", 2),
        ("/orders/new/flex/", 4),
        # One of them: whether the customer is registered for the family (CHAN-04).
        (f"/orders/{draft.pk}/products/", 7),
        (f"/orders/{draft.pk}/review/", 10),
    ):
        with django_assert_num_queries(BASE + more):
            assert client.get(url).status_code == 200, url
