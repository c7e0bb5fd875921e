"""The customer's answer and its effects (CON-14 to CON-23)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.outbox.issuing import render_due
from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Evidence, Quote
from quotes.services import answering, sending
from quotes.services.answering import Changed, Closed, Reader, UnknownName
from quotes.services.evidence import problems
from tests import factories
from tests.conftest import NOW
from tests.quotes.conftest import mails
from workspace.offboarding import offboard

READER = Reader("192.0.2.7", "Mozilla/5.0 (Phone)")
LATER = NOW + timedelta(hours=5)


@pytest.fixture
def asked(havsbris: Customer, jonas: Membership) -> Confirmation:
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    return factories.make_confirmation(quote, by=jonas, at=NOW)


def accept(asked: Confirmation, **kwargs: Any) -> Confirmation:
    values = {
        "contact_id": asked.contact_id,
        "seen": asked.snapshot_sha256,
        "reader": READER,
        "at": LATER,
        **kwargs,
    }
    return answering.accept_confirmation(asked.pk, **values)


def test_acceptance_confirms_the_quote_and_orders_nothing(asked: Confirmation) -> None:
    """CON-19, D10."""
    accept(asked)
    asked.refresh_from_db()
    quote = Quote.objects.get(pk=asked.quote_id)
    assert (asked.state, quote.state) == ("accepted", "confirmed")
    assert (asked.decided_at, quote.confirmed_at) == (LATER, LATER)
    assert not Order.objects.exists()


def test_evidence_holds_what_claims_need(asked: Confirmation) -> None:
    """CON-20."""
    accept(asked)
    proof = Evidence.objects.get(kind="accepted").payload
    assert proof["terms"] == {
        "id": str(asked.terms_id),
        "version": asked.terms.version,
        "language": asked.language,
        "sha256": asked.terms.sha256,
    }
    assert proof["snapshot"]["lines"][0]["quantity"] == 12
    assert proof["snapshot_sha256"] == asked.snapshot_sha256
    assert proof["accepter"]["contact"] == str(asked.contact_id)
    assert proof["addressee"]["email"] == asked.addressee_email
    assert (proof["address"], proof["agent"]) == ("192.0.2.7", "Mozilla/5.0 (Phone)")
    assert proof["at"] == LATER.isoformat()
    assert proof["accepter_is_addressee"] is True
    assert len(proof["statements"]) == 2
    assert "Havsbris Konsult AB" in proof["statements"][1]


@pytest.mark.documents
def test_one_copy_each_to_customer_and_partner_with_the_document(
    asked: Confirmation, jonas: Membership, nordlys: Partner
) -> None:
    """CON-16, CON-17: waiting for the PDF, then sent with it, exactly once."""
    other = factories.make_contact(
        asked.quote.customer, at=NOW, first_name="Helena", email="helena@havsbris.example"
    )
    accept(asked, contact_id=other.pk)
    copies = mails(nordlys, "accepted_customer") + mails(nordlys, "accepted")
    assert sorted(mail.to_address for mail in copies) == sorted(
        [
            asked.addressee_email,
            "helena@havsbris.example",
            jonas.user.email,
            nordlys.notification_email,
        ]
    )
    assert {mail.state for mail in copies} == {"waiting"}
    assert render_due(at=LATER) == 1
    after = OutboundEmail.objects.for_partner(nordlys).filter(document__isnull=False)
    assert {mail.state for mail in after} == {"queued"}
    document = Document.objects.for_partner(nordlys).get()
    assert {mail.document_id for mail in after} == {document.pk}


def test_the_addressee_who_accepts_gets_one_copy(asked: Confirmation, nordlys: Partner) -> None:
    """CON-16."""
    accept(asked)
    (copy,) = mails(nordlys, "accepted_customer")
    assert copy.to_address == asked.addressee_email


def test_who_accepted_is_flagged_when_not_the_addressee(
    asked: Confirmation, nordlys: Partner
) -> None:
    """CON-20: somebody else of the same customer may accept; it is shown."""
    other = factories.make_contact(
        asked.quote.customer, at=NOW, first_name="Helena", email="helena@havsbris.example"
    )
    done = accept(asked, contact_id=other.pk)
    assert done.accepter_differs
    assert Evidence.objects.get(kind="accepted").payload["accepter_is_addressee"] is False
    assert "somebody else answered" in mails(nordlys, "accepted")[0].text


@pytest.mark.parametrize("whose", ["another customer", "outside the domain", "nobody", "none"])
def test_only_a_contact_of_the_customer_in_the_domain_accepts(
    whose: str, asked: Confirmation, bjorkvik: Customer
) -> None:
    """CON-14: a foreign contact id is the same error as none."""
    customer = asked.quote.customer
    ids = {
        "another customer": lambda: factories.make_contact(bjorkvik, at=NOW).pk,
        "outside the domain": lambda: (
            factories.make_contact(customer, at=NOW, email="a@elsewhere.example").pk
        ),
        "nobody": uuid4,
        "none": lambda: None,
    }
    with pytest.raises(UnknownName, match="Select your name"):
        accept(asked, contact_id=ids[whose]())
    assert not Evidence.objects.exists()


def test_a_second_answer_finds_it_closed(asked: Confirmation, nordlys: Partner) -> None:
    """CON-17: nothing happens twice."""
    accept(asked)
    before = OutboundEmail.objects.for_partner(nordlys).count()
    with pytest.raises(Closed):
        accept(asked)
    with pytest.raises(Closed):
        answering.decline_confirmation(
            asked.pk,
            contact_id=asked.contact_id,
            reason="No",
            seen=asked.snapshot_sha256,
            reader=READER,
            at=LATER,
        )
    assert OutboundEmail.objects.for_partner(nordlys).count() == before
    assert Evidence.objects.count() == 1


def test_nothing_is_accepted_after_the_time_or_a_withdrawal(asked: Confirmation) -> None:
    """CON-22: also before the sweep has recorded it."""
    with pytest.raises(Closed):
        accept(asked, at=asked.expires_at)
    sending.withdraw(asked.quote_id, at=NOW)
    with pytest.raises(Closed):
        accept(asked)


def test_a_form_made_for_another_content_is_refused(asked: Confirmation) -> None:
    """INP-08: bound to the version shown."""
    with pytest.raises(Changed):
        accept(asked, seen="0" * 64)
    asked.refresh_from_db()
    assert asked.state == "sent"


def test_declining_needs_a_reason_and_notifies_the_partner(
    asked: Confirmation, jonas: Membership, nordlys: Partner
) -> None:
    """CON-23."""
    answering.decline_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        reason="Ten seats will do.",
        seen=asked.snapshot_sha256,
        reader=READER,
        at=LATER,
    )
    quote = Quote.objects.get(pk=asked.quote_id)
    assert quote.state == "declined"
    told = mails(nordlys, "declined")
    assert [mail.to_address for mail in told] == sorted(
        [jonas.user.email, nordlys.notification_email]
    )
    for mail in told:
        assert "Ten seats will do." in mail.text
        assert "Ten seats will do." in mail.html
        assert "declined quote Q-" in mail.subject
        assert "Annika Sandell declined for Havsbris Konsult AB, 10042." in mail.text
        assert "Annika Sandell declined for Havsbris Konsult AB, 10042." in mail.html
        assert "somebody else answered" not in mail.text
    assert Evidence.objects.get().payload["reason"] == "Ten seats will do."


def test_who_declined_is_named_everywhere(
    asked: Confirmation, anna: Membership, nordlys: Partner, sign_in: Any
) -> None:
    """CON-50: in the chained evidence, log, mails and on the quote's page."""
    other = factories.make_contact(
        asked.quote.customer, at=NOW, first_name="Helena", email="helena@havsbris.example"
    )
    done = answering.decline_confirmation(
        asked.pk,
        contact_id=other.pk,
        reason="Too few.",
        seen=asked.snapshot_sha256,
        reader=READER,
        at=LATER,
    )
    name = other.full_name
    assert (done.declined_by, done.decided_name, done.accepted_by) == (other, name, None)
    evidence = Evidence.objects.get(kind="declined")
    assert evidence.payload["decliner"] == {
        "contact": str(other.pk),
        "name": name,
        "email": "helena@havsbris.example",
        "job_title": other.job_title,
    }
    assert evidence.payload["decliner_is_addressee"] is False
    assert list(problems()) == []
    for mail in mails(nordlys, "declined"):
        for part in (mail.text, mail.html):
            assert f"{name} declined for" in part
            assert "The e-mail had gone to Annika Sandell, somebody else answered." in part
    page = " ".join(sign_in(anna).get(f"/quotes/{asked.quote_id}/").content.decode().split())
    assert f"Declined by</dt> <dd> {name}, 23 Nov 2026" in page
    assert f"{name} declined the confirmation: Too few." in page


@pytest.mark.parametrize("whose", ["another customer", "nobody"])
def test_only_a_contact_of_the_list_declines(
    whose: str, asked: Confirmation, bjorkvik: Customer
) -> None:
    """CON-50: as when accepting."""
    stranger = factories.make_contact(bjorkvik, at=NOW).pk if whose != "nobody" else None
    with pytest.raises(UnknownName):
        answering.decline_confirmation(
            asked.pk,
            contact_id=stranger,
            reason="No",
            seen=asked.snapshot_sha256,
            reader=READER,
            at=LATER,
        )
    assert not Evidence.objects.exists()


def test_the_first_opening_is_noted_once_and_changes_no_state(asked: Confirmation) -> None:
    """CON-11."""
    for minutes in range(3):
        answering.note_opened(asked, at=NOW + timedelta(minutes=minutes))
    asked.refresh_from_db()
    assert (asked.state, asked.opened_at) == ("sent", NOW)


def test_the_database_keeps_an_accepted_confirmation_and_all_evidence(
    asked: Confirmation,
) -> None:
    """CON-20, SAFE-10: refused for every role, TRUNCATE included."""
    accept(asked)
    # Deferred keys have to be checked before a table may be truncated.
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    for change in (
        lambda: Confirmation.objects.filter(pk=asked.pk).update(decided_name="Mallory"),
        lambda: Confirmation.objects.filter(pk=asked.pk).update(state="sent"),
        lambda: Evidence.objects.update(payload={}),
        lambda: Evidence.objects.all().delete(),
        lambda: connection.cursor().execute("TRUNCATE quotes_evidence"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_mails_to_the_customer_are_in_its_language(jonas: Membership, nordlys: Partner) -> None:
    """ONB-27, D20."""
    customer = factories.make_customer("Müller GmbH", "10700", at=NOW, language="de")
    quote = factories.make_quote(customer, by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW, email="a@mueller.example")
    accept(asked)
    assert mails(nordlys, "confirmation")[0].language == "de"
    assert mails(nordlys, "accepted_customer")[0].language == "de"
    assert {mail.language for mail in mails(nordlys, "accepted")} == {"en"}


def test_copies_go_to_who_has_the_quote_and_to_the_present_address(
    havsbris: Customer, jonas: Membership, anna: Membership, nordlys: Partner
) -> None:
    """CON-30, CON-31: the sender left, and the addressee's address was corrected."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    other = factories.make_contact(havsbris, at=NOW, email="eva@havsbris.example")
    asked.contact.email = "corrected@havsbris.example"
    asked.contact.save()
    offboard(jonas, successor=anna, at=NOW)
    answering.accept_confirmation(
        asked.pk, contact_id=other.pk, seen=asked.snapshot_sha256, reader=READER, at=NOW
    )
    copies = mails(nordlys, "accepted_customer")
    assert {mail.to_address for mail in copies} == {
        "eva@havsbris.example",
        "corrected@havsbris.example",
    }
    assert {mail.reply_to for mail in copies} == {anna.user.email}
    partners = {mail.to_address for mail in mails(nordlys, "accepted")}
    assert partners == {anna.user.email, nordlys.notification_email}
