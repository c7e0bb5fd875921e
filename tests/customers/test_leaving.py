"""A contact who no longer works at the customer (REG-58)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import Contact, Customer
from customers.services import NameTwice, note_back, note_left, save_contact, set_support_roles
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.models import Entry
from portal.tenancy.models import Partner
from quotes.contacts import HasLeft, possible_contacts
from quotes.services import sending
from quotes.services.answering import Reader, UnknownName, accept_confirmation
from support.recipients import recipients_of
from support.services.incoming import customers_knowing
from tests import factories
from tests.conftest import NOW, SignIn
from tests.quotes.conftest import mails


@pytest.fixture
def rut(havsbris: Customer) -> Contact:
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal("9000000"))
    havsbris.refresh_from_db()
    return factories.make_domain_contact(
        havsbris,
        at=NOW,
        first_name="Rut",
        last_name="Holm",
        email="rut@havsbris.example",
        gets_orders=True,
        gets_agreements=True,
        is_primary=True,
    )


def test_who_has_left_is_in_no_list_to_choose_from(
    havsbris: Customer, rut: Contact, anna: Membership, sign_in: SignIn
) -> None:
    """REG-58: nor reached by mail, nor taken for the customer; drafts ask for somebody else."""
    set_support_roles(rut, ["other"], at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=draft.pk).update(contact=rut)
    client = sign_in(anna)
    page = client.get(f"/customers/{havsbris.pk}/contacts/{rut.pk}/").content.decode()
    address = f"/customers/{havsbris.pk}/contacts/{rut.pk}/left/"
    assert address in page
    shown = client.post(address, follow=True).content.decode()
    assert "Rut Holm is not offered any more." in shown
    assert "1 person has left" in " ".join(shown.split())
    rut.refresh_from_db()
    draft.refresh_from_db()
    assert (rut.left_at is None, rut.is_primary, draft.contact_id) == (False, False, None)
    assert list(havsbris.present_contacts()) == []
    assert possible_contacts(havsbris) == []
    assert havsbris.usual_contact() is None
    assert customers_knowing(rut.email) == []
    assert recipients_of(havsbris, at=NOW).contacts == ()
    annika = factories.make_domain_contact(havsbris, at=NOW)
    ready = factories.make_draft(havsbris, by=anna, at=NOW)
    for part in (
        reverse("orders:review", args=[ready.pk]),
        reverse("support:new", args=[havsbris.pk]),
    ):
        options = client.get(part, follow=True).content.decode()
        assert f'value="{annika.pk}"' in options
        assert str(rut.pk) not in options
    assert Entry.objects.filter(verb="contact_left", object_pk=str(rut.pk)).count() == 1
    assert note_left(rut, at=NOW).version == rut.version


def test_an_open_link_no_longer_takes_who_has_left(
    havsbris: Customer, rut: Contact, jonas: Membership, nordlys: Partner
) -> None:
    """REG-58, CON-14: nor is she asked again, reminded, or sent a copy."""
    annika = factories.make_domain_contact(havsbris, at=NOW)
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = sending.send_confirmation(quote.pk, rut, version=quote.version, by=jonas, at=NOW)
    note_left(rut, at=NOW)
    seen = asked.snapshot_sha256
    with pytest.raises(UnknownName):
        accept_confirmation(asked.pk, contact_id=rut.pk, seen=seen, reader=Reader("", ""), at=NOW)
    with pytest.raises(HasLeft, match="Rut Holm has left the customer"):
        sending.remind(quote.pk, at=NOW)
    accept_confirmation(asked.pk, contact_id=annika.pk, seen=seen, reader=Reader("", ""), at=NOW)
    copies = [mail.to_address for mail in mails(nordlys, "accepted_customer")]
    assert copies == [annika.email]
    other = factories.make_quote(havsbris, by=jonas, at=NOW)
    with pytest.raises(HasLeft):
        sending.send_confirmation(
            other.pk, Contact.objects.get(pk=rut.pk), version=other.version, by=jonas, at=NOW
        )
    # What she was asked, and that she was, stays.
    asked.refresh_from_db()
    assert (asked.addressee_name, asked.contact_id) == ("Rut Holm", rut.pk)


def test_leaving_is_taken_back(havsbris: Customer, rut: Contact) -> None:
    """REG-58: unless somebody of the same name came since (REG-42)."""
    note_left(rut, at=NOW)
    assert note_back(rut).left_at is None
    assert list(havsbris.present_contacts()) == [rut]
    note_left(rut, at=NOW)
    namesake = Contact(first_name="Rut", last_name="Holm", email="rut.holm@havsbris.example")
    save_contact(havsbris, namesake, at=NOW)
    with pytest.raises(NameTwice):
        note_back(rut)


def test_a_refused_deletion_says_why_and_offers_leaving(
    havsbris: Customer, rut: Contact, jonas: Membership, anna: Membership, sign_in: SignIn
) -> None:
    """REG-58, REG-49: what stands in the way is what really names the person."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    sending.send_confirmation(quote.pk, rut, version=quote.version, by=jonas, at=NOW)
    client = sign_in(anna)
    address = f"/customers/{havsbris.pk}/contacts/{rut.pk}/delete/"
    first = " ".join(client.get(address).content.decode().split())
    assert "Note instead that they have left" in first
    refused = " ".join(client.post(address).content.decode().split())
    assert "Rut Holm stays with the customer. Named in: confirmations." in refused
    assert ">Rut Holm has left</button>" in refused.replace("> ", ">").replace(" <", "<")
    assert Contact.objects.filter(pk=rut.pk).exists()


def test_the_last_maintainer_does_not_leave(havsbris: Customer, rut: Contact) -> None:
    """REG-58, ONB-17: of an onboarded customer."""
    Customer.objects.filter(pk=havsbris.pk).update(onboarded_at=NOW)
    rut.refresh_from_db()
    set_support_roles(rut, ["maintainer"], at=NOW)
    with pytest.raises(RuleError, match="at least one Maintainer"):
        note_left(rut, at=NOW)
    rut.refresh_from_db()
    assert rut.left_at is None
