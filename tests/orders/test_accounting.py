"""The export for accounting: REG-30, D13, ACC-23."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from customers.services import assign, change_settings, partner_settings
from orders.models import Order, Service
from orders.services.customer_changes import change_rate_plan
from orders.services.fulfilment import accept_order, complete_order, provision_order
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from tests import factories
from tests.conftest import NOW, SignIn
from tests.orders.test_fulfilment import place_on

URL = "/orders/accounting/"


def records(client: Any, **query: str) -> list[dict[str, str]]:
    """Return the rows of a CSV export."""
    answer = client.get(URL, {"format": "csv", **query})
    assert answer["Content-Type"].startswith("text/csv"), answer.content.decode()[-3000:]
    assert answer["Content-Disposition"].startswith("attachment; ")
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def delivered(order: Order, on: date) -> Order:
    """Return the order, delivered on a day."""
    at = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=12)
    accept_order(order.pk, at=at)
    provision_order(order.pk, at=at)
    return complete_order(order.pk, delivered_on=on, vendor_reference="V", deliveries={}, at=at)


def test_our_reference_is_the_first_assigned_when_the_setting_is_on(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-30, D13: with the setting on and off; for customers and orders."""
    assign(havsbris, mikael, at=NOW)
    assign(havsbris, jonas, at=NOW + timedelta(hours=1))
    factories.make_order(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    period = {"start": "2026-11-01", "end": "2026-11-30"}

    def references() -> set[str]:
        rows = [*records(client, what="customers"), *records(client, what="orders", **period)]
        mine = [row for row in rows if row["CustomerNumber"] == havsbris.number]
        return {row["OurReference"] for row in mine}

    assert references() == {""}
    change_settings(partner_settings(), assignee_in_reference=True)
    assert references() == {"Mikael Test"}
    assert "first person assigned" in client.get(URL).content.decode()


def test_only_administrators_change_the_setting(
    anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """REG-29, REG-30."""
    form = {
        "number_min": "4",
        "number_max": "10",
        "sales_credit_limit": "0",
        "assignee_in_reference": "on",
        "number_pattern": "any",
        "version": "1",
    }
    assert sign_in(jonas).post("/customers/settings/", form).status_code == 403
    assert not partner_settings().assignee_in_reference
    assert sign_in(anna).post("/customers/settings/", form).status_code == 302
    assert partner_settings().assignee_in_reference


def test_customers_use_the_programs_columns(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-30, REG-31, D19: column names, masked personal numbers, escaped formulas."""
    factories.make_contact(havsbris, at=NOW, is_primary=True)
    factories.make_customer(
        "=Eva", "10113", at=NOW, type="residential", personal_number="811228-9874"
    )
    rows = {row["CustomerNumber"]: row for row in records(sign_in(anna), what="customers")}
    company, person = rows["10042"], rows["10113"]
    assert company["Name"] == "Havsbris Konsult AB" and company["Type"] == "COMPANY"
    assert company["YourReference"] == "Annika Sandell" and company["ZipCode"] == "803 20"
    assert (company["CreditLimit"], company["PriceList"]) == ("40000.00", "Standard")
    assert company["Currency"] == "SEK" and company["Active"] == "1"
    assert person["Name"] == "'=Eva" and person["Type"] == "PRIVATE"
    assert person["OrganisationNumber"] == "********"


def test_json_is_documented_and_complete(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    factories.make_order(havsbris, by=anna, at=NOW)
    query = {"what": "orders", "format": "json", "start": "2026-11-01", "end": "2026-11-30"}
    answer = sign_in(anna).get(URL, query)
    document = json.loads(answer.content)
    assert document["Format"] == "kontor-accounting/1"
    assert (document["From"], document["To"]) == ("2026-11-01", "2026-11-30")
    (row,) = document["Orders"]
    assert (row["ArticleNumber"], row["OrderedQuantity"], row["TotalMonthly"]) == (
        "FLX-PRO",
        2,
        "258.00",
    )
    assert row["YourOrderNumber"] == "HB-1" and row["State"] == "SUBMITTED"


def test_the_period_is_by_the_partners_clock(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D20: half past eleven at night in UTC is the next day in Stockholm."""
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    factories.make_order(havsbris, by=anna, at=late)
    client = sign_in(anna)
    day = {"what": "orders", "start": "2026-11-24", "end": "2026-11-24"}
    assert [row["OrderDate"] for row in records(client, **day)] == ["2026-11-24"]
    assert records(client, what="orders", start="2026-11-23", end="2026-11-23") == []


def test_charges_of_a_period(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """ACC-23: one-off on delivery, monthly by days, cut at month ends; net and in order."""
    order = factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1})
    delivered(order, date(2026, 11, 24))
    service = Service.objects.get(product__sku="FLX-PRO")
    service.ended_on = date(2026, 12, 11)
    service.save()
    client = sign_in(anna)
    rows = records(client, what="charges", start="2026-11-01", end="2026-12-31")
    assert [
        (row["Charge"], row["ArticleNumber"], row["From"], row["To"], row["Share"], row["Amount"])
        for row in rows
    ] == [
        ("MONTHLY", "FLX-PRO", "2026-11-24", "2026-11-30", "7/30", "60.20"),
        ("ONCE", "FLX-D30", "2026-11-24", "2026-11-24", "1", "1295.00"),
        ("MONTHLY", "FLX-PRO", "2026-12-01", "2026-12-10", "10/31", "83.23"),
    ]
    assert rows[1]["DocumentNumber"] == order.number and rows[1]["YourOrderNumber"] == "HB-1"
    assert records(client, what="charges", start="2027-01-01", end="2027-01-31") == []


def test_each_charge_names_its_order(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """ORD-63: reference, purchase order, order and quote number; those of a change from its day."""
    order = factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2})
    Order.objects.filter(pk=order.pk).update(reference="Floor 3", quote_number="Q-2026-0007")
    delivered(order, date(2026, 11, 24))
    service = Service.objects.get()
    change = place_on(service, Order.Kind.CHANGE, 3, anna)
    Order.objects.filter(pk=change.pk).update(reference="Floor 4", po_number="HB-2")
    delivered(change, date(2026, 11, 27))
    names = ("DocumentNumber", "YourOrderNumber", "OfferNumber", "Remarks")
    client = sign_in(anna)
    rows = records(client, what="charges", start="2026-11-01", end="2026-11-30")
    assert [(row["Charge"], row["From"], *(row[name] for name in names)) for row in rows] == [
        ("MONTHLY", "2026-11-24", order.number, "HB-1", "Q-2026-0007", "Floor 3"),
        ("MONTHLY", "2026-11-27", change.number, "HB-2", "", "Floor 4"),
    ]
    placed = records(client, what="orders", start="2026-11-01", end="2026-11-30")
    assert sorted(tuple(row[name] for name in names) for row in placed) == [
        (order.number, "HB-1", "Q-2026-0007", "Floor 3"),
        (change.number, "HB-2", "", "Floor 4"),
    ]


def test_another_plan_leaves_past_charges(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-14, ACC-23: each day has the price of that day."""
    delivered(factories.make_order(havsbris, by=anna, at=NOW), date(2026, 11, 24))
    plan = RatePlan._default_manager.get(name="Business 25")
    with time_machine.travel(datetime(2026, 12, 16, 9, tzinfo=UTC), tick=False):
        change_rate_plan(havsbris, plan, by=anna, at=datetime(2026, 12, 16, 9, tzinfo=UTC))
    rows = records(sign_in(anna), what="charges", start="2026-12-01", end="2026-12-31")
    assert [(row["From"], row["To"], row["Price"], row["Amount"]) for row in rows] == [
        ("2026-12-01", "2026-12-15", "129.00", "124.84"),
        ("2026-12-16", "2026-12-31", "116.10", "119.85"),
    ]


def test_another_quantity_counts_from_its_delivery(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D16, ACC-23: before it the old quantity."""
    delivered(factories.make_order(havsbris, by=anna, at=NOW), date(2026, 11, 24))
    change = place_on(Service.objects.get(), "change", 5, anna)
    delivered(change, date(2026, 12, 11))
    rows = records(sign_in(anna), what="charges", start="2026-12-01", end="2026-12-31")
    assert [(row["From"], row["To"], row["Quantity"]) for row in rows] == [
        ("2026-12-01", "2026-12-10", "2"),
        ("2026-12-11", "2026-12-31", "5"),
    ]


def test_export_needs_its_right_and_shows_what_may_be_seen(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-24, REG-25, ACC-23: export_customer; amounts need view_prices; only assigned ones."""
    factories.make_customer("Annan AB", "10999", at=NOW)
    assign(havsbris, mikael, at=NOW)
    denied = sign_in(mikael)
    assert denied.get(URL).status_code == 403
    assert URL not in denied.get("/").content.decode()
    assert URL in sign_in(jonas).get("/").content.decode()
    mikael.role.rights = [*mikael.role.rights, "export_customer", "view_order"]
    mikael.role.save()
    rows = records(sign_in(mikael), what="customers")
    assert [row["CustomerNumber"] for row in rows] == ["10042"]
    assert "CreditLimit" not in rows[0] and "PriceList" not in rows[0]
    factories.make_order(havsbris, by=anna, at=NOW)
    period = {"start": "2026-11-01", "end": "2026-11-30"}
    (row,) = records(sign_in(mikael), what="orders", **period)
    assert "TotalMonthly" not in row
    refused = sign_in(mikael).get(URL, {"what": "charges", "format": "csv", **period})
    assert refused.status_code == 200 and "Content-Disposition" not in refused


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"what": "orders"}, "Enter a date."),
        ({"what": "orders", "start": "2026-02-01", "end": "2026-01-01"}, "before the first"),
        ({"what": "charges", "start": "2020-01-01", "end": "2026-01-01"}, "at most two years"),
        ({"what": "charges", "start": "0001-01-01", "end": "0001-01-02"}, "at most two years"),
        ({"what": "charges", "start": "9999-12-30", "end": "9999-12-31"}, "at most two years"),
        ({"what": "nothing"}, "Select a valid choice"),
        ({"what": "orders", "start": "x", "end": "y"}, "Enter a valid date."),
    ],
)
def test_what_can_not_be_exported_says_why(
    query: dict[str, str], error: str, anna: Membership, sign_in: SignIn
) -> None:
    answer = sign_in(anna).get(URL, {"format": "csv", **query})
    assert answer.status_code == 200 and error in answer.content.decode()


Count = Callable[[int], AbstractContextManager[Any]]


@pytest.mark.parametrize("rows", [1, 3])
def test_exports_ask_the_same_whatever_the_rows(
    rows: int, anna: Membership, sign_in: SignIn, django_assert_num_queries: Count
) -> None:
    change_settings(partner_settings(), assignee_in_reference=True)
    for number in range(rows):
        customer = factories.make_customer(f"Kund {number} AB", f"5000{number}", at=NOW)
        factories.make_contact(customer, at=NOW, is_primary=True)
        assign(customer, anna, at=NOW)
        delivered(factories.make_order(customer, by=anna, at=NOW), date(2026, 11, 24))
    client = sign_in(anna)
    client.get("/")
    period = {"format": "csv", "start": "2026-11-01", "end": "2026-11-30"}
    # The person (3); customers, settings, assigned, contacts; lines, settings, assigned; one-off,
    # monthly, the log twice, changes, settings, assigned.
    for what, more in (("customers", 4), ("orders", 3), ("charges", 7)):
        with django_assert_num_queries(2 + more):
            assert client.get(URL, {"what": what, **period}).status_code == 200
