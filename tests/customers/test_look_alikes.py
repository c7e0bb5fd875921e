"""Names that look alike, the same name, and contacts that are there already (REG-38 to REG-41)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Contact, Customer
from customers.services import ContactExists, assign, own_holder, save_contact
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn


def filled(name: str, **changes: str) -> dict[str, Any]:
    """A form for a new customer."""
    plan = RatePlan._default_manager.order_by("position").first()
    return {
        "type": "normal",
        "name": name,
        "number": "70001",
        "language": "en",
        "country": "SE",
        "rate_plan": str(plan.pk) if plan else "",
        "credit_limit": "100",
        "billing_email": "faktura@kund.example",
        **changes,
    }


@pytest.mark.parametrize("name", ["O'Brien Aktiebolag", "OBRIEN Ltd.", "Ó Brien AB"])
def test_a_name_that_looks_alike_is_asked_about(
    name: str, anna: Membership, sign_in: SignIn
) -> None:
    """REG-38: with a link; the tick goes on."""
    there = factories.make_customer("O’Brien AB", "10185", at=NOW)
    client = sign_in(anna)
    page = client.post("/customers/new/", filled(name)).content.decode()
    assert "There is O’Brien AB, 10185. Tick if yours is another company." in page
    assert f'href="/customers/{there.pk}/"' in page
    assert not Customer.objects.filter(number="70001").exists()
    answer = client.post("/customers/new/", filled(name, other_company="on"))
    assert answer.status_code == 302
    assert Customer.objects.get(number="70001").name == name


def test_others_are_not_asked_about(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """REG-38."""
    client = sign_in(anna)
    assert "other_company" not in client.get("/customers/new/").content.decode()
    assert client.post("/customers/new/", filled("Havsbris Bygg AB")).status_code == 302


def test_a_rename_is_asked_about_and_a_correction_is_not(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-38: the customer itself is no other one."""
    client, url = sign_in(anna), f"/customers/{havsbris.pk}/edit/"

    def posted(name: str) -> Any:
        version = Customer.objects.get(pk=havsbris.pk).version
        return client.post(url, filled(name, number="10042", version=str(version)))

    assert posted("Havsbris Konsult Aktiebolag").status_code == 302
    page = posted("Bjorkvik Bygg").content.decode()
    assert "There is Björkvik Bygg AB, 10017." in page
    havsbris.refresh_from_db()
    assert havsbris.name == "Havsbris Konsult Aktiebolag"


def test_the_same_name_says_which_own_customer_it_is(
    anna: Membership, havsbris: Customer, brueckner: Partner, sign_in: SignIn
) -> None:
    """REG-41, D3: of another partner's nothing is told."""
    with in_partner(brueckner):
        factories.make_customer("Elbe Logistik GmbH", "10991", at=NOW)
    client = sign_in(anna)
    page = client.post("/customers/new/", filled("HAVSBRIS  konsult ab")).content.decode()
    assert "You have a customer of this name: Havsbris Konsult AB, 10042." in page
    assert f'href="/customers/{havsbris.pk}/"' in page and "/ask-name/" not in page
    page = client.post("/customers/new/", filled("Elbe Logistik GmbH")).content.decode()
    assert "This customer name is already in use." in page and "/ask-name/" in page
    assert "You have a customer" not in page


def test_who_does_not_see_a_customer_is_not_told(mikael: Membership, havsbris: Customer) -> None:
    """REG-41, REG-25."""
    assert own_holder(havsbris.name, person=mikael) is None
    assign(havsbris, mikael, at=NOW)
    assert own_holder(havsbris.name, person=mikael) == havsbris


def test_a_contact_stands_once_at_a_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-39: with a link to the first; at another customer, or itself, it may."""
    first = factories.make_contact(havsbris, at=NOW)
    other = factories.make_contact(havsbris, at=NOW, email="other@havsbris.example")
    factories.make_contact(bjorkvik, at=NOW)
    data = {"first_name": "Anna", "last_name": "S", "email": first.email.upper()}
    page = sign_in(anna).post(f"/customers/{havsbris.pk}/contacts/new/", data).content.decode()
    assert "Annika Sandell of this customer has this e-mail address already." in page
    assert f'href="/customers/{havsbris.pk}/contacts/{first.pk}/"' in page
    first.first_name = "Anni"
    save_contact(havsbris, first, at=NOW)
    other.email = first.email
    with pytest.raises(ContactExists):
        save_contact(havsbris, other, at=NOW)
    assert havsbris.contacts.count() == 2


def test_a_second_person_of_one_name_is_told_apart(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-42: refused at the job title, with a link to the first; with another one both stay."""
    first = factories.make_contact(
        havsbris, at=NOW, first_name="Bo", last_name="Ek", email="a@b.se"
    )
    client = sign_in(anna)
    address = f"/customers/{havsbris.pk}/contacts/new/"
    data = {"first_name": "bo", "last_name": "EK", "email": "b@b.se", "job_title": first.job_title}
    page = client.post(address, data).content.decode()
    assert 'id="id_job_title_error"' in page
    assert f"/contacts/{first.pk}/" in page
    assert client.post(address, {**data, "job_title": "Apprentice"}).status_code == 302
    second = Contact.objects.get(email="b@b.se")
    change = f"/customers/{havsbris.pk}/contacts/{second.pk}/"
    same = {**data, "version": second.version}
    assert 'id="id_job_title_error"' in client.post(change, same).content.decode()
