"""The front page of the admin is a desk: what waits, since when, and where it is (CHAN-35)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from customers.registrations.services import register_customer
from orders.models import Order
from portal.accounts.models import Membership, User
from portal.channel.models import SubmittedOrder
from portal.channel.names import keep_question
from portal.core.desk import MOST
from portal.core.staff_rights import StaffGroup
from portal.tenancy.models import Partner
from support.services.handing_over import escalate
from support.services.progress import acknowledge
from support.services.reporting import report_problem
from tests.admin_helpers import bring_to, member_of_staff, statements, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_customer, make_order
from tests.support.conftest import problem

FIGURE = re.compile(
    r'<a\s+class="k-figure[^"]*"\s+href="([^"]*)">\s*<strong>([^<]*)</strong>\s*<span>([^<]*)</span>'
    r"(?:\s*<small>([^<]*)</small>)?"
)


@pytest.fixture(autouse=True)
def _days_later(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    settings.VENDOR_TIME_ZONE = "Europe/Stockholm"
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


def figures(client: HostClient) -> dict[str, tuple[str, str, str]]:
    """Return count, age and address of each figure by its label."""
    found = FIGURE.findall(text(client.get("/admin/")))
    return {
        unescape(label): (count, unescape(age).replace("\xa0", " "), unescape(url))
        for url, count, label, age in found
    }


def rows_of(client: HostClient, url: str) -> int:
    """Return how many rows the list of a figure has."""
    response = client.get(url)
    assert response.status_code == 200, url
    return len(response.context["cl"].result_list)


def test_each_figure_counts_its_list(
    client: HostClient, havsbris: Customer, jonas: Membership, anna: Membership, nordlys: Partner
) -> None:
    """CHAN-35: with the age of the oldest, and a link to exactly what was counted."""
    make_order(havsbris, by=jonas, at=NOW)
    make_order(havsbris, by=jonas, at=NOW + timedelta(days=1))
    bring_to(make_order(havsbris, by=jonas, at=NOW), "failed")
    asked = bring_to(make_order(havsbris, by=jonas, at=NOW), "accepted")
    SubmittedOrder.objects.for_partner(nordlys).filter(order_id=asked.pk).update(
        cancel_requested=True
    )
    report = report_problem(havsbris, problem(), by=anna, at=NOW)
    acknowledge(report.pk, by=anna, at=NOW)
    escalate(report.pk, text="The trunk is down.", by=anna, at=NOW)
    other = make_customer("Ekdal AB", "10099", at=NOW)
    register_customer(family="trunk", customer=other, channels=1, by=jonas, at=NOW)
    keep_question(partner=nordlys, by=jonas.user, name="Ekdal", message="?", at=NOW)
    Partner._default_manager.filter(slug="brueckner").update(migrated_to="old")
    found = figures(client)
    assert {label: value[:2] for label, value in found.items()} == {
        "Orders to accept": ("2", "oldest: 3 days"),
        "Cancels asked for": ("1", "oldest: 2 days"),
        "Failed deliveries": ("1", "oldest: 2 days"),
        "Registrations to decide": ("1", "oldest: 3 days"),
        "Questions about names": ("1", "oldest: 3 days"),
        "Escalated reports": ("1", "oldest: 3 days"),
        "E-mails not delivered": ("0", ""),
        "Partners behind on migrations": ("1", ""),
    }
    for count, _age, url in found.values():
        assert rows_of(client, url) == int(count), url


def test_nothing_waits(client: HostClient) -> None:
    """CHAN-35: an empty desk says so, and what it would count."""
    page = text(client.get("/admin/"))
    assert "Nothing waits for Channel Sales." in page
    assert "No orders in these days." in page
    assert {count for count, _age, _url in figures(client).values()} == {"0"}


def test_counting_ends_at_a_hundred(
    client: HostClient, havsbris: Customer, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-35, CHAN-40: however many wait, no more rows are read."""
    order = make_order(havsbris, by=jonas, at=NOW)
    row = SubmittedOrder.objects.for_partner(nordlys).get(order_id=order.pk)
    for _number in range(MOST - 1):
        row.pk = Order._meta.pk.get_default()
        row.save(force_insert=True)
    assert figures(client)["Orders to accept"][0] == "99"
    row.pk = Order._meta.pk.get_default()
    row.save(force_insert=True)
    assert figures(client)["Orders to accept"][0] == "99+"


def test_charts_are_tables_of_days_and_partners(
    client: HostClient, havsbris: Customer, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-35: fourteen days with those without orders; a partner's bar links to its orders."""
    make_order(havsbris, by=jonas, at=NOW)
    make_order(havsbris, by=jonas, at=NOW - timedelta(days=20))
    page = text(client.get("/admin/"))
    chart = page[page.index("k-columns") : page.index("desk-busiest")]
    assert chart.count('<th role="rowheader"') == 14
    assert re.findall(r"<span>(\d+)</span>", chart).count("1") == 1
    bar = re.search(r'<a href="([^"]*)">Nordlys Telekom AB</a>', page)
    assert bar is not None
    assert rows_of(client, unescape(bar.group(1))) == 1


def test_it_costs_a_fixed_number_of_statements(
    client: HostClient, sign_in: SignIn, havsbris: Customer, jonas: Membership
) -> None:
    """CHAN-35, CHAN-40: at most twenty, for who has groups too."""
    client.get("/admin/")
    one = statements(client, "/admin/")
    for _number in range(3):
        make_order(havsbris, by=jonas, at=NOW)
    assert statements(client, "/admin/") == one
    reader = sign_in(member_of_staff(StaffGroup.READ))
    assert statements(reader, "/admin/") <= 20


def test_without_rights_nothing_is_counted(sign_in: SignIn) -> None:
    """CHAN-31, CHAN-35: the figures are as much to be read as the lists."""
    assert figures(sign_in(member_of_staff())) == {}
