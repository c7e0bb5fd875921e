"""Registrations in channel sales' admin: the queue, the decision, and who holds a name."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.models import Customer, CustomerRegistration
from customers.registrations.services import register_customer
from portal.accounts.models import Membership, User
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.admin_helpers import LATER, text
from tests.conftest import NOW, HostClient, SignIn

QUEUE = "/admin/channel/registrationrow/"
# action -> what is posted beside the version, state after
DECISIONS = {
    "approve": ({}, "approved"),
    "ask": ({"text": "How many sites?"}, "needs_info"),
    "reject": ({"text": "Not served there"}, "rejected"),
}


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


@pytest.fixture
def row(bjorkvik: Customer, jonas: Membership) -> CustomerRegistration:
    """A registration of a customer that the partner has."""
    return register_customer(family="trunk", customer=bjorkvik, channels=10, by=jonas, at=NOW)


def url(row: CustomerRegistration, rest: str = "change/") -> str:
    return f"/admin/p/nordlys/customers/customerregistration/{row.pk}/{rest}"


@pytest.mark.parametrize("action", DECISIONS)
def test_each_decision_asks_first_and_is_done_once(
    action: str, client: HostClient, row: CustomerRegistration
) -> None:
    """CHAN-02: the page names customer, family and who gets the mail; the second is refused."""
    data, after = DECISIONS[action]
    page = text(client.get(url(row, f"do/{action}/")))
    assert "Björkvik Bygg AB, 10017" in page
    assert "jonas@nordlys.example" in page
    posted = {**data, "version": "1"}
    assert client.post(url(row, f"do/{action}/"), posted).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (after, "Sam Whitlock")
    again = client.post(url(row, f"do/{action}/"), posted)
    assert again.status_code == 409
    assert "This registration is" in text(again)


def test_decision_on_an_older_version_is_refused(
    client: HostClient, row: CustomerRegistration
) -> None:
    """CHAN-02: the partner has withdrawn and sent another meanwhile."""
    row.touch(LATER)
    row.save()
    answer = client.post(url(row, "do/reject/"), {"text": "No", "version": "1"})
    assert "changed this" in text(answer)
    row.refresh_from_db()
    assert row.state == "submitted"


def test_reason_is_required(client: HostClient, row: CustomerRegistration) -> None:
    """CHAN-02: a rejection without words is shown again at its field."""
    answer = client.post(url(row, "do/reject/"), {"text": " ", "version": "1"})
    assert "Write what the partner is told." in text(answer)


def test_queue_shows_what_is_open_first(client: HostClient, row: CustomerRegistration) -> None:
    """CHAN-02: each row leads into its partner's admin."""
    page = text(client.get(QUEUE))
    assert url(row) in page
    assert "SIP trunk" in page
    assert client.get(f"{QUEUE}{row.pk}/change/")["Location"] == url(row)
    assert text(client.get(f"{QUEUE}?state=approved")).count(url(row)) == 0


def test_staff_see_who_holds_the_name(
    client: HostClient, brueckner: Partner, jonas: Membership
) -> None:
    """CHAN-05: both customers, and approving under the taken name is refused at the field."""
    with in_partner(brueckner):
        held = factories.make_customer("Åkerö Måleri AB", "7700", at=NOW)
    sent = register_customer(
        family="trunk",
        customer=None,
        channels=10,
        by=jonas,
        at=NOW,
        name="åkerö måleri ab",
        number="20001",
        billing_email="faktura@akero.example",
        credit_limit=Decimal(1000),
    )
    page = text(client.get(url(sent)))
    assert "Brückner IT GmbH" in page
    assert f"/admin/p/brueckner/customers/customer/{held.pk}/change/" in page
    data = {"name": sent.name, "number": "20001", "credit_limit": "1000", "version": "1"}
    refused = client.post(url(sent, "do/approve/"), data)
    assert "This customer name is already in use." in text(refused)
    data["name"] = "Åkerö Måleri AB, Gävle"
    assert client.post(url(sent, "do/approve/"), data).status_code == 302


def test_unknown_and_other_partners_registrations_are_not_found(
    client: HostClient, row: CustomerRegistration
) -> None:
    """ISO-16: a registration exists in its partner's admin alone."""
    other = url(row).replace("/nordlys/", "/brueckner/")
    assert client.get(other).status_code == 404
    assert client.get(url(row, "file/")).status_code == 404
