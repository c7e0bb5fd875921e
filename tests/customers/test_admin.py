"""Actions of channel sales on a partner's customers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.models import Customer, FamilyClearance
from portal.accounts.models import Membership, User
from portal.catalog.models import RatePlan
from portal.channel.models import DirectoryEntry, StaffAccess
from portal.channel.services import release_name
from portal.history.models import Entry
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.admin_helpers import LATER, bring_to, customer_url, statements, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_contact, make_customer, make_order, make_site

LIST = "/admin/p/nordlys/customers/customer/"
DIRECTORY = "/admin/channel/directoryentry/"


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Return channel sales' client on the public host."""
    return sign_in(staff)


def act(client: HostClient, customer: Customer, key: str, **data: Any) -> Any:
    data.setdefault("version", customer.version)
    response = client.post(customer_url(customer, f"do/{key}/"), data, follow=True)
    customer.refresh_from_db()
    return response


def test_the_page_shows_what_belongs_to_the_customer(
    client: HostClient, havsbris: Customer
) -> None:
    """The page shows name, number, contacts, sites, credit and clearances."""
    make_contact(havsbris, at=NOW)
    make_site(havsbris, "Stockholm")
    page = text(client.get(customer_url(havsbris)))
    for words in (
        "Nordlys Telekom AB",
        "10042",
        "Annika Sandell",
        "Stockholm",
        "40,000.00",
        "SIP trunk",
        "invoice@customer.example",
        havsbris.account_id,
    ):
        assert words in page, words


def test_number_limit_and_plan_go_through_the_services(
    client: HostClient, havsbris: Customer, bjorkvik: Customer, staff: User
) -> None:
    """REG-02, REG-04, ACC-14, ACC-17."""
    assert "has the number 10043 now" in text(act(client, havsbris, "number", number="10043"))
    assert havsbris.number == "10043"
    response = act(client, havsbris, "number", number="10017")
    assert "Customer number 10017 is already used by Björkvik Bygg AB." in text(response)
    assert "number" in response.context["form"].errors
    act(client, havsbris, "credit", credit_limit="55000")
    assert havsbris.credit_limit == Decimal(55000)
    assert "Enter a credit limit." in text(act(client, havsbris, "credit", credit_limit=""))
    plan = RatePlan.objects.get(name="Business 25")
    act(client, havsbris, "plan", rate_plan=plan.pk)
    assert havsbris.rate_plan_id == plan.pk
    entry = Entry.objects.get(verb="rate_plan_changed")
    assert (entry.by_staff, entry.actor_id) == (True, staff.pk)
    assert StaffAccess.objects.across_partners().filter(method="POST").count() == 5


def test_plan_page_says_what_changes_now(
    client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    """ACC-14."""
    bring_to(make_order(havsbris, by=jonas, at=NOW), "completed")
    page = text(client.get(customer_url(havsbris, "do/plan/")))
    assert "Changing the rate plan changes current charges immediately." in page
    assert "Product FLX-PRO × 2" in page


def test_a_limit_below_what_is_used_is_allowed_with_a_message(
    client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    """ACC-17."""
    make_order(havsbris, by=jonas, at=NOW)
    havsbris.refresh_from_db()
    response = act(client, havsbris, "credit", credit_limit="100")
    assert "258.00 is in use: nothing chargeable can be ordered" in text(response)


def test_somebody_saved_in_between(client: HostClient, havsbris: Customer) -> None:
    """REG-35: an outdated form is refused for limit and number; a fresh one is saved."""
    stale = havsbris.version
    act(client, havsbris, "credit", credit_limit="50000")
    for name, posted in (("credit", {"credit_limit": "60000"}), ("number", {"number": "10043"})):
        response = act(client, havsbris, name, version=stale, **posted)
        assert "Review the differences." in text(response)
    assert (havsbris.credit_limit, havsbris.number) == (Decimal(50000), "10042")
    assert "has the number 10043 now" in text(act(client, havsbris, "number", number="10043"))


def test_clearance_is_granted_and_revoked(client: HostClient, bjorkvik: Customer) -> None:
    """ORD-14: the clearance says who granted it."""
    assert "do/revoke/" not in text(client.get(customer_url(bjorkvik)))
    assert "is cleared for SIP trunk" in text(act(client, bjorkvik, "grant", family="trunk"))
    clearance = FamilyClearance.objects.get(customer=bjorkvik)
    assert (clearance.granted_by, clearance.revoked_at) == ("Sam Whitlock", None)
    assert "do/grant/" not in text(client.get(customer_url(bjorkvik)))
    listed = text(client.get("/admin/p/nordlys/customers/familyclearance/"))
    assert "Björkvik Bygg AB" in listed
    act(client, bjorkvik, "revoke", family="trunk")
    clearance.refresh_from_db()
    assert clearance.revoked_at is not None


def test_a_family_without_registration_is_not_granted(
    client: HostClient, bjorkvik: Customer
) -> None:
    """ORD-16."""
    response = act(client, bjorkvik, "grant", family="flex")
    assert response.status_code == 200
    assert not FamilyClearance.objects.exists()


def test_deactivate_and_reactivate(client: HostClient, havsbris: Customer, own: Customer) -> None:
    """REG-16, ORD-09."""
    act(client, havsbris, "deactivate")
    assert not havsbris.is_active
    response = client.post(customer_url(havsbris, "do/deactivate/"))
    assert response.status_code in (302, 409)
    act(client, havsbris, "reactivate")
    assert havsbris.is_active
    assert "do/deactivate/" not in text(client.get(customer_url(own)))
    client.post(customer_url(own, "do/deactivate/"))
    own.refresh_from_db()
    assert own.is_active


def test_own_company_is_made_where_it_is_missing(
    client: HostClient, own: Customer, nordlys: Partner
) -> None:
    """ORD-11."""
    url = LIST + "own-company/"
    assert "Create our own-company customer" not in text(client.get(LIST))
    again = client.post(url)
    assert again.status_code == 200
    assert "Your own-company customer already exists." in text(again)
    release_name(partner=nordlys, customer_id=own.pk)
    Customer.objects.filter(pk=own.pk).delete()
    assert "Create our own-company customer" in text(client.get(LIST))
    assert client.post(url).status_code == 302
    assert Customer.objects.own_company().get().name == "Nordlys Telekom AB"


def test_staff_create_a_customer_with_all_rules(
    client: HostClient, havsbris: Customer, nordlys: Partner
) -> None:
    """ORD-13, ACC-09: channel sales creates customers for SIP trunks."""
    assert 'value="10043"' in text(client.get(LIST + "add/")), "the next free number"
    data = {
        "name": "Havsgården Hotell AB",
        "number": "10044",
        "type": "normal",
        "billing_email": "faktura@havsgarden.example",
        "credit_limit": "1000",
        "rate_plan": RatePlan.objects.get(name="Standard").pk,
        "language": "sv",
        "country": "SE",
    }
    taken = client.post(LIST + "add/", {**data, "name": "  HAVSBRIS  konsult ab "})
    assert taken.status_code == 200
    assert "This customer name is already in use." in text(taken)
    assert client.post(LIST + "add/", data).status_code == 302
    made = Customer.objects.get(number="10044")
    assert made.name == "Havsgården Hotell AB"
    assert DirectoryEntry.objects.for_partner(nordlys).filter(customer_id=made.pk).exists()


def test_customers_are_never_written_raw(client: HostClient, havsbris: Customer) -> None:
    """Every change goes through the services; the admin has no edit form."""
    assert client.post(customer_url(havsbris), {"name": "X"}).status_code == 403
    assert client.post(customer_url(havsbris, "delete/"), {"post": "yes"}).status_code == 403
    assert Customer.objects.filter(pk=havsbris.pk, name="Havsbris Konsult AB").exists()


def test_another_partners_customer_is_404(client: HostClient, havsbris: Customer) -> None:
    """The address of a customer of another partner is not found."""
    for rest in ("change/", "do/credit/", "do/deactivate/"):
        assert client.get(customer_url(havsbris, rest, slug="brueckner")).status_code == 404


def test_list_takes_no_statement_for_each_row(client: HostClient, havsbris: Customer) -> None:
    """The number of statements does not depend on the rows."""
    client.get(LIST)
    one = statements(client, LIST)
    for number in range(4):
        make_customer(f"Kund {number} AB", f"1100{number}", at=NOW)
    assert statements(client, LIST) == one


# The customers of all partners


def found(client: HostClient, query: str = "") -> list[str]:
    response = client.get(DIRECTORY + query)
    assert response.status_code == 200
    return [row.name for row in response.context["cl"].result_list]


def test_directory_finds_customers_of_all_partners(
    client: HostClient, havsbris: Customer, bjorkvik: Customer, brueckner: Partner
) -> None:
    """It finds part of the name and the beginning of the number, taken literally."""
    with in_partner(brueckner):
        make_customer("Bad Havelberg GmbH", "20042", at=NOW)
        make_customer("100 % Havel e. V.", "20043", at=NOW)
    assert found(client, "?q=HAV") == ["100 % Havel e. V.", "Bad Havelberg GmbH", havsbris.name]
    assert found(client, "?q=2004") == ["100 % Havel e. V.", "Bad Havelberg GmbH"]
    assert found(client, "?q=1%25") == []
    assert found(client, "?q=100+%25") == ["100 % Havel e. V."]
    assert found(client, f"?q=hav&partner__id__exact={brueckner.pk}") == [
        "100 % Havel e. V.",
        "Bad Havelberg GmbH",
    ]
    assert customer_url(havsbris) in text(client.get(DIRECTORY + "?q=havsbris"))
    response = client.get(f"{DIRECTORY}{havsbris.pk}/change/")
    assert response["Location"] == customer_url(havsbris)


def test_directory_takes_no_statement_for_each_row(client: HostClient, havsbris: Customer) -> None:
    """The number of statements does not depend on the rows."""
    client.get(DIRECTORY)
    one = statements(client, DIRECTORY)
    for number in range(4):
        make_customer(f"Kund {number} AB", f"1100{number}", at=NOW)
    assert statements(client, DIRECTORY) == one


def test_each_access_is_logged_and_shown(
    client: HostClient, havsbris: Customer, staff: User, nordlys: Partner
) -> None:
    """ISO-16: each entry says who, what and when."""
    client.get(customer_url(havsbris))
    noted = StaffAccess.objects.for_partner(nordlys).get()
    assert (noted.user_id, noted.method, noted.status) == (staff.pk, "GET", 200)
    assert noted.path == customer_url(havsbris)
    page = text(client.get("/admin/channel/staffaccess/"))
    assert f"Looked at customer {havsbris}" in page
    assert client.post(f"/admin/channel/staffaccess/{noted.pk}/delete/").status_code == 403
