"""Support contacts: who is told of a customer's problems, and that there is always somebody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from customers.models import Contact, Customer, SupportContact
from customers.services import (
    LastSupportContact,
    note_bounce,
    remove_contact,
    save_contact_with_roles,
    set_support_roles,
)
from customers.services.contact_data import erase_contact
from portal.accounts.models import Membership
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn

Role = SupportContact.Role


@pytest.fixture
def customer(nordlys: Partner) -> Customer:
    return factories.make_customer("Havsbris Redovisning AB", "10042", at=NOW)


def _contact(customer: Customer, name: str, *roles: str) -> Contact:
    contact = factories.make_contact(
        customer,
        at=NOW,
        first_name=name,
        last_name="Lind",
        email=f"{name.lower()}@havsbris.example",
    )
    set_support_roles(contact, roles, at=NOW)
    return contact


def _onboarded(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(onboarded_at=NOW)


def test_there_are_exactly_three_roles() -> None:
    """ONB-11."""
    assert [str(role.label) for role in Role] == ["Maintainer", "On-site administrator", "Other"]


def test_one_person_may_hold_two_roles(customer: Customer) -> None:
    """ONB-16, and the roles that are not named are taken away."""
    karin = _contact(customer, "Karin", Role.MAINTAINER, Role.ON_SITE)
    assert karin.support == ["Maintainer", "On-site administrator"]
    set_support_roles(karin, [Role.OTHER], at=NOW)
    assert list(karin.support_roles.values_list("role", flat=True)) == ["other"]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.MAINTAINER, "A customer needs at least one Maintainer."),
        (Role.ON_SITE, "A customer needs at least one On-site administrator."),
    ],
)
@pytest.mark.parametrize(
    "act",
    [
        lambda contact: set_support_roles(contact, [], at=NOW),
        remove_contact,
        lambda contact: erase_contact(contact, at=NOW),
    ],
    ids=["take the role", "delete", "erase"],
)
def test_last_one_of_an_onboarded_customer_stays(
    customer: Customer, role: str, words: str, act: Callable[[Contact], object]
) -> None:
    """ONB-17: refused in each way; before the onboarding, and with another one, it is allowed."""
    contact = _contact(customer, "Karin", role)
    _onboarded(customer)
    with pytest.raises(LastSupportContact, match=words):
        act(contact)
    assert SupportContact.objects.filter(contact=contact).count() == 1
    _contact(customer, "Per", role)
    act(contact)
    assert not SupportContact.objects.filter(contact_id=contact.pk).exists()


def test_role_can_be_taken_before_the_onboarding(customer: Customer) -> None:
    """ONB-17 holds after onboarding only."""
    contact = _contact(customer, "Karin", Role.MAINTAINER)
    set_support_roles(contact, [], at=NOW)
    assert not customer.support_contacts.exists()


def test_contact_and_roles_are_saved_together(customer: Customer) -> None:
    """Nothing is saved where the roles are refused."""
    contact = _contact(customer, "Karin", Role.MAINTAINER)
    _onboarded(customer)
    contact.first_name = "Karina"
    with pytest.raises(LastSupportContact):
        save_contact_with_roles(customer, contact, roles=[], at=NOW)
    contact.refresh_from_db()
    assert contact.first_name == "Karin"


def test_form_gives_roles_and_shows_the_refusal(
    customer: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-12, ONB-13, ONB-17: on the contact's page, with what was typed kept."""
    client = sign_in(anna)
    page = f"/customers/{customer.pk}/contacts/new/"
    assert 'value="on_site"' in client.get(page + "?support=on_site").content.decode()
    fields = {
        "first_name": "Karin",
        "last_name": "Lind",
        "email": "karin@havsbris.example",
        "support_roles": ["maintainer", "on_site"],
    }
    bad = client.post(page, {**fields, "email": "karin"})
    assert "Enter a valid e-mail address." in bad.content.decode()
    assert client.post(page, fields).status_code == 302
    contact = customer.contacts.get()
    assert contact.support == ["Maintainer", "On-site administrator"]
    shown = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "On-site administrator" in shown
    _onboarded(customer)
    refused = client.post(
        f"/customers/{customer.pk}/contacts/{contact.pk}/",
        {**fields, "support_roles": ["on_site"], "version": 1, "first_name": "Karina"},
    ).content.decode()
    assert "A customer needs at least one Maintainer." in refused
    assert 'value="Karina"' in refused


def test_address_that_came_back_is_shown_with_the_cure(
    customer: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-17, SM-EMAIL: nobody is reached there, until the address is corrected."""
    contact = _contact(customer, "Karin", Role.MAINTAINER, Role.ON_SITE)
    assert note_bounce("KARIN@havsbris.example", customer_id=customer.pk, at=NOW) == 1
    shown = sign_in(anna).get(f"/customers/{customer.pk}/").content.decode()
    assert "Address does not work" in shown
    assert "No Maintainer whose address works." in shown
    contact.refresh_from_db()
    contact.email = "karin.lind@havsbris.example"
    save_contact_with_roles(customer, contact, roles=[Role.MAINTAINER], at=NOW)
    contact.refresh_from_db()
    assert contact.bounced_at is None
