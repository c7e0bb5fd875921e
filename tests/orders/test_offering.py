"""What can be bought, and why not, for partners and for staff (CHAN-45)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from portal.accounts.models import Membership, User
from portal.catalog.models import RatePlan
from tests.conftest import HostClient, SignIn
from tests.factories import product

PRICES = "/orders/prices/"


@pytest.fixture
def client(anna: Membership, sign_in: SignIn) -> HostClient:
    """Anna on her host."""
    return sign_in(anna)


def row(page: Any, sku: str) -> str:
    """Return the row of a product as text."""
    html = str(page.content.decode())
    start = html.index(f">Product {sku}<")
    return html[start : html.index("</tr>", start)]


def test_each_reason_is_said(client: HostClient, bjorkvik: Customer) -> None:
    """CHAN-45: of one customer, and what it may order with which condition."""
    product("TRK-NUM20").needs.set([product("TRK-10")])
    page = client.get(PRICES, {"customer": str(bjorkvik.pk)})
    assert "The customer is not registered for SIP trunk." in row(page, "TRK-10")
    assert "Withdrawn" in row(page, "FLX-OLD")
    assert "Needs one of these" not in row(page, "TRK-10")
    assert "129.00" in row(page, "FLX-PRO")
    assert "Withdrawn" not in row(page, "FLX-PRO")


def test_type_plan_and_family_without_a_customer(client: HostClient, nordlys: object) -> None:
    """CHAN-45: before there is a customer; conditions are told instead of reasons."""
    product("TRK-NUM20").needs.set([product("TRK-10")])
    plan = RatePlan._default_manager.get(name="Master")
    asked = {"plan": str(plan.pk), "type": "residential", "family": "flex"}
    page = client.get(PRICES, asked)
    assert "Not for residential customers." in row(page, "FLX-PRO")
    assert "103.20" in row(page, "FLX-PRO")
    assert "residential" not in row(page, "FLX-HOME")
    assert "TRK-10" not in page.content.decode()
    trunks = client.get(PRICES, {**asked, "type": "normal", "family": "trunk"})
    assert "Needs one of these: Product TRK-10." in row(trunks, "TRK-NUM20")
    assert "Needs a registration with Channel Sales." in row(trunks, "TRK-10")


@pytest.mark.parametrize("query", ["plan=x", "family=zzz", "type=9", "customer=1", "plan=99999"])
def test_odd_addresses_are_answered(query: str, client: HostClient) -> None:
    """INP-01: with the list as it is without them."""
    assert client.get(f"{PRICES}?{query}").status_code == 200


def test_staff_ask_the_same(sign_in: SignIn, staff: User, settings: Any) -> None:
    """CHAN-45: by type, plan, currency and family."""
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)
    url = "/admin/catalog/product/offering/"
    assert client.get(url).status_code == 200
    plan = RatePlan._default_manager.get(name="Standard")
    asked = {"type": "residential", "plan": str(plan.pk), "currency": "SEK", "family": "flex"}
    assert "Not for residential customers." in row(client.get(url, asked), "FLX-PRO")
    without = client.get(url, {**asked, "currency": "GBP"})
    assert "No price in this rate plan and currency." in row(without, "FLX-HOME")
    assert client.get(url, {**asked, "plan": "x"}).status_code == 200
