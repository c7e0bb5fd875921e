"""Contacts as recipients: their address corrected where an e-mail did not arrive."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Contact, Customer
from portal.accounts.models import Membership
from portal.outbox.models import OutboundEmail
from portal.outbox.rows import as_row
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn


@pytest.fixture
def contact(havsbris: Customer) -> Contact:
    return factories.make_contact(havsbris, at=NOW)


@pytest.fixture
def lost(havsbris: Customer, contact: Contact, jonas: Membership) -> OutboundEmail:
    """A confirmation of an order that did not reach the customer's contact."""
    from orders.services.placing import submit_order

    draft = factories.make_draft(havsbris, by=jonas, at=NOW)
    draft.contact = contact
    draft.save()
    submit_order(draft.pk, version=draft.version, by=jonas, at=NOW)
    mails = OutboundEmail.objects.for_partner(jonas.partner)
    email = mails.get(template="orders/email/placed_customer")
    email.state, email.dead_at = OutboundEmail.State.DEAD, NOW
    email.last_error, email.last_status = "5.1.1 User unknown", 550
    email.save()
    return email


def test_the_page_offers_the_cure_and_sends_to_the_corrected_address(
    lost: OutboundEmail, contact: Contact, anna: Membership, sign_in: SignIn
) -> None:
    """OUT-26."""
    client = sign_in(anna)
    page: Any = client.get(f"/outbox/{lost.pk}/")
    assert f"/outbox/{lost.pk}/correct/" in page.content.decode()
    form = client.get(f"/outbox/{lost.pk}/correct/").content.decode()
    assert f'value="{contact.email}"' in form and contact.full_name in form
    wrong = client.post(f"/outbox/{lost.pk}/correct/", {"email": "no"})
    assert "Enter a valid e-mail address." in wrong.content.decode()
    lost.refresh_from_db()
    assert lost.is_dead
    done: Any = client.post(f"/outbox/{lost.pk}/correct/", {"email": "a.s@havsbris.example"})
    assert (done.status_code, done.url) == (302, f"/outbox/{lost.pk}/")
    lost.refresh_from_db()
    contact.refresh_from_db()
    assert (lost.state, lost.to_address) == ("queued", "a.s@havsbris.example")
    assert contact.email == "a.s@havsbris.example"
    # Once more: there is nothing to correct any more.
    assert client.post(f"/outbox/{lost.pk}/correct/", {"email": "b@c.example"}).status_code == 302
    contact.refresh_from_db()
    assert contact.email == "a.s@havsbris.example"


def test_an_address_that_is_no_contacts_is_not_offered_for_correction(
    lost: OutboundEmail, nordlys: Partner, havsbris: Customer
) -> None:
    """OUT-26: somebody else's address, and a contact of another customer."""
    Contact.objects.filter(customer=havsbris).update(email="other@havsbris.example")
    assert as_row(lost, with_recipient=True).correct_url == ""
