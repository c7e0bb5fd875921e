"""Who may not see prices sees no credit of a customer anywhere (RIGHTS-03)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from customers.services import change_customer, choose_columns
from orders.credit import CreditExceeded, check_credit
from portal.accounts.models import Membership
from portal.core.actor import acting
from tests.conftest import NOW, HostClient, SignIn
from tests.customers.test_export import csv_rows
from tests.customers.test_rights import with_rights
from tests.orders.test_stale import flex, products_of
from tests.orders.test_wizard import form_token_of, order_of, start_url, to_review

EVERYTHING = (
    "view_customer change_customer add_customer view_order add_order submit_order view_quote "
    "change_quote export_customer"
).split()
# 43,210.98 as it is written in pages and files.
FIGURES = ("43,210.98", "43210.98", "43210,98", "43 210")
COLUMNS = ["name", "credit", "credit_limit", "credit_committed", "credit_available"]


@pytest.fixture
def rich(havsbris: Customer) -> Customer:
    havsbris.refresh_from_db()
    return change_customer(
        havsbris,
        at=NOW,
        by=None,
        version=havsbris.version,
        credit_limit=Decimal("43210.98"),
    )


@pytest.fixture
def blind(mikael: Membership, sign_in: SignIn) -> HostClient:
    """Return the client of somebody who may do much, but not see prices."""
    return sign_in(with_rights(mikael, *EVERYTHING))


def pages_of(client: HostClient, customer: Customer) -> dict[str, str]:
    review = to_review(client, "flex", customer)
    order = order_of(review)
    urls = [
        "/",
        "/customers/",
        "/customers/?sort=-credit",
        "/search/?q=havsbris",
        f"/customers/{customer.pk}/",
        f"/customers/{customer.pk}/edit/",
        f"/customers/{customer.pk}/log/",
        start_url("flex"),
        products_of(review),
        review,
        f"/orders/{order.pk}/",
        "/orders/",
        "/notices/",
    ]
    return {url: client.get(url).content.decode() for url in urls}


def test_no_page_shows_a_customers_credit_without_the_right(
    rich: Customer, anna: Membership, blind: HostClient, sign_in: SignIn
) -> None:
    """RIGHTS-03: neither limit nor use, on page, form, log, order and list."""
    shown = pages_of(sign_in(anna), rich)
    assert len([url for url, page in shown.items() if FIGURES[0] in page]) >= 4
    hidden = pages_of(blind, rich)
    assert {url: each for url, page in hidden.items() for each in FIGURES if each in page} == {}
    assert [url for url, page in hidden.items() if "k-meter" in page or "data-credit" in page] == []
    assert [url for url, page in hidden.items() if "Credit limit" in page] == []


def test_the_list_and_its_file_have_no_column_of_it(
    rich: Customer, mikael: Membership, blind: HostClient
) -> None:
    """RIGHTS-03: also if it was chosen before the right was taken away, or is asked for."""
    choose_columns(mikael, COLUMNS)
    rows = csv_rows(blind, sort="credit_limit")
    assert rows[0] == ["Name"]
    page = blind.get("/customers/?columns=credit").content.decode()
    assert "Credit" not in page
    blind.post("/customers/columns/", {"columns": COLUMNS})
    assert csv_rows(blind)[0] == ["Name"]


def test_a_save_leaves_the_limit_alone(rich: Customer, blind: HostClient) -> None:
    """RIGHTS-03: the form has no such field, and one that is sent all the same counts for nothing;
    nor is somebody told that the limit is below what is in use."""
    Customer.objects.filter(pk=rich.pk).update(credit_committed=Decimal(50000))
    url = f"/customers/{rich.pk}/edit/"
    form: Any = blind.get(url)
    data = {
        bound.name: bound.value() for bound in form.context["form"] if bound.value() is not None
    }
    version = str(form.context["version"])
    saved: Any = blind.post(
        url, {**data, "notes": "Rang", "credit_limit": "1", "version": version}, follow=True
    )
    rich.refresh_from_db()
    assert (rich.notes, rich.credit_limit) == ("Rang", Decimal("43210.98"))
    assert "in use" not in saved.content.decode()


def test_the_refusal_names_no_amounts(
    rich: Customer, anna: Membership, mikael: Membership, blind: HostClient
) -> None:
    """RIGHTS-03, ACC-16: of an order that is too much; who sees prices reads the amounts."""
    review = to_review(blind, "flex", rich)
    products = products_of(review)
    data = {**flex(900), "form_token": form_token_of(blind, products)}
    page = blind.post(products, data).content.decode()
    assert "more than the customer&#x27;s free credit" in page
    assert [each for each in FIGURES if each in page] == []
    for person, words in ((anna, "available 43,210.98"), (None, "available 43,210.98")):
        with acting(person.user if person else None), pytest.raises(CreditExceeded, match=words):
            check_credit(rich, Decimal(99999))
    with acting(mikael.user), pytest.raises(CreditExceeded, match="free credit"):
        check_credit(rich, Decimal(99999))
