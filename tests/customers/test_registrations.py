"""Registration of customers with channel sales: the partner's side (CHAN-01, CHAN-03, CHAN-04)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer, CustomerRegistration
from customers.registrations.services import (
    AlreadyRegistered,
    approve_registration,
    ask_about_registration,
    register_customer,
    reject_registration,
    revoke_registration,
)
from customers.services import delete_customer
from customers.services.rules import Stale
from orders.models import Order
from portal.accounts.models import Membership
from portal.channel.models import DirectoryEntry, RegistrationRow, StaffNotice
from portal.core.errors import RuleError, WrongState
from portal.core.form_tokens import form_token
from portal.notices.models import Notice
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.orders.test_wizard import product_data

LATER = NOW + timedelta(hours=2)
NEW: dict[str, Any] = {
    "family": "trunk",
    "name": "Åkerö Måleri AB",
    "number": "20001",
    "billing_email": "faktura@akero.example",
    "credit_limit": "75000",
    "street": "Storgatan 1",
    "postal_code": "803 20",
    "city": "Gävle",
    "country": "SE",
    "language": "sv",
    "channels": "30",
    "note": "Two sites",
}


@pytest.fixture
def client(jonas: Membership, sign_in: SignIn) -> HostClient:
    """Jonas of sales on his host."""
    return sign_in(jonas)


def registered(customer: Customer, by: Membership, **extra: Any) -> CustomerRegistration:
    return register_customer(family="trunk", customer=customer, channels=10, by=by, at=NOW, **extra)


def approve(row: CustomerRegistration, **extra: Any) -> CustomerRegistration:
    return approve_registration(row.pk, version=row.version, by="Sam", at=LATER, **extra)


def draft_of(row: CustomerRegistration) -> Order:
    assert row.order_id is not None
    return Order.objects.get(pk=row.order_id)


def html(answer: Any) -> str:
    return str(answer.content.decode())


def mails(partner: Partner) -> list[OutboundEmail]:
    rows = OutboundEmail.objects.for_partner(partner)
    return list(rows.filter(template="customers/email/registration").order_by("created_at"))


def test_new_customer_is_registered_and_nobodys_yet(
    client: HostClient, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-01, CHAN-30, ORD-14: a row for channel sales, who is told, and not a customer."""
    file = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan")
    answer = client.post("/registrations/new/", {**NEW, "file": file}, follow=True)
    assert "The registration of Åkerö Måleri AB, 20001 was sent." in html(answer)
    row = CustomerRegistration.objects.get()
    assert (row.state, row.channels, row.customer, row.created_by) == (
        "submitted",
        30,
        None,
        jonas,
    )
    assert row.file.name == "plan.pdf"
    assert not Customer.objects.filter(name="Åkerö Måleri AB").exists()
    seen = RegistrationRow.objects.across_partners().get()
    assert (seen.partner, seen.customer_name, seen.is_open) == (nordlys, "Åkerö Måleri AB", True)
    told = StaffNotice.objects.across_partners().get()
    assert (told.kind, told.label) == (
        "registration",
        "Åkerö Måleri AB, 20001 (SIP trunk)",
    )
    assert told.path == f"/admin/p/nordlys/customers/customerregistration/{row.pk}/change/"
    assert "Submitted" in html(client.get("/registrations/"))
    got = client.get(f"/registrations/{row.pk}/file/")
    assert got.content == b"%PDF-1.7 plan"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Enter the customer's name."),
        ({"name": "Havsbris Konsult AB"}, "You have a customer of this name"),
        ({"number": "10042"}, "Customer number 10042 is already used by Havsbris Konsult AB."),
        ({"number": "1"}, "Customer number must be"),
        ({"billing_email": "no"}, "Enter a valid e-mail address."),
        ({"credit_limit": "-1"}, "Enter a credit limit."),
        ({"channels": "0"}, "greater than or equal to 1"),
        ({"organisation_number": "123"}, "organisation number"),
    ],
)
def test_what_a_form_of_a_customer_refuses_is_refused(
    changed: dict[str, str], said: str, client: HostClient, havsbris: Customer
) -> None:
    """CHAN-01: each at its field, with what was typed, and nothing is saved."""
    answer = client.post("/registrations/new/", {**NEW, **changed})
    assert answer.status_code == 200
    assert said.lower() in html(answer).replace("&#x27;", "'").lower()
    assert "Two sites" in html(answer)
    assert not CustomerRegistration.objects.exists()


def test_form_sent_twice_makes_one(client: HostClient) -> None:
    """CHAN-01: the second answer leads to the same registration."""
    data = {**NEW, "registration_id": "11111111-1111-4111-8111-111111111111"}
    first = client.post("/registrations/new/", data)
    second = client.post("/registrations/new/", data)
    assert first["Location"] == second["Location"]
    assert CustomerRegistration.objects.count() == 1


def test_one_open_registration_for_a_customer(bjorkvik: Customer, jonas: Membership) -> None:
    """CHAN-01: a second one is refused, and so is one of a customer that is cleared."""
    row = registered(bjorkvik, jonas)
    with pytest.raises(AlreadyRegistered, match="is open already"):
        registered(bjorkvik, jonas)
    approve(row)
    with pytest.raises(AlreadyRegistered, match="registered for SIP trunk already"):
        registered(bjorkvik, jonas)
    with pytest.raises(RuleError, match="needs no registration"):
        register_customer(family="flex", customer=bjorkvik, channels=1, by=jonas, at=NOW)


def test_approval_makes_the_customer_and_clears_it(
    client: HostClient, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-02, ORD-14: only then can it be chosen for a trunk."""
    client.post("/registrations/new/", NEW)
    done = approve(CustomerRegistration.objects.get(), credit_limit="50000.00")
    made = Customer.objects.get(name="Åkerö Måleri AB")
    assert done.customer == made
    assert (str(made.credit_limit), made.number, made.city) == ("50000.00", "20001", "Gävle")
    assert Customer.objects.selectable("trunk").filter(pk=made.pk).exists()
    (mail,) = mails(nordlys)
    assert mail.to_address == jonas.user.email
    assert "registered for SIP trunk" in mail.subject
    # CHAN-16: it comes from the vendor, and so goes the answer.
    assert (mail.from_name, mail.reply_to) == (
        f"{settings.VENDOR_NAME} Channel Sales",
        settings.VENDOR_EMAIL,
    )
    notice = Notice.objects.get(membership=jonas)
    assert notice.verb == "registration_approve"


def test_existing_customer_is_linked(bjorkvik: Customer, jonas: Membership) -> None:
    """ORD-15: the customer that the partner has is cleared, and nothing of it changes."""
    approve(registered(bjorkvik, jonas))
    assert Customer.objects.selectable("trunk").filter(pk=bjorkvik.pk).exists()
    assert Customer.objects.filter(name=bjorkvik.name).count() == 1


def test_each_answer_is_mailed_and_the_state_machine_holds(
    bjorkvik: Customer, jonas: Membership, nordlys: Partner
) -> None:
    """SM-REGISTRATION, CHAN-03: what is not listed is refused with the state."""
    row = registered(bjorkvik, jonas)
    ask_about_registration(row.pk, version=1, by="Sam", text="How many sites?", at=LATER)
    with pytest.raises(WrongState, match="waiting for the partner's answer"):
        reject_registration(row.pk, version=2, by="Sam", text="No", at=LATER)
    with pytest.raises(Stale):
        reject_registration(row.pk, version=1, by="Sam", text="No", at=LATER)
    assert "How many sites?" in mails(nordlys)[0].text


def test_question_is_answered_with_what_was_changed(client: HostClient, jonas: Membership) -> None:
    """CHAN-03: the answer leads back to channel sales, and a stale form is shown both ways."""
    client.post("/registrations/new/", NEW)
    row = CustomerRegistration.objects.get()
    ask_about_registration(row.pk, version=1, by="Sam", text="Which number?", at=LATER)
    url = f"/registrations/{row.pk}/answer/"
    assert "Which number?" in html(client.get(url))
    data = {**NEW, "number": "20002", "answer": "The second", "version": "2"}
    assert client.post(url, {**data, "version": "1"}).status_code == 409
    assert client.post(url, data).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.number, row.answer) == ("submitted", "20002", "The second")
    assert RegistrationRow.objects.across_partners().get().is_open


def test_partner_withdraws(client: HostClient, bjorkvik: Customer, jonas: Membership) -> None:
    """SM-REGISTRATION: after a confirmation, and not twice."""
    row = registered(bjorkvik, jonas)
    url = f"/registrations/{row.pk}/withdraw/"
    assert "Withdraw the registration of Björkvik Bygg AB, 10017?" in html(client.get(url))
    assert client.post(url, {"version": "1"}).status_code == 302
    assert client.post(url, {"version": "2"}).status_code == 409
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_revoking_blocks_new_orders_only(havsbris: Customer, jonas: Membership) -> None:
    """CHAN-02: what was placed goes on."""
    for clearance in havsbris.clearances.all():
        clearance.delete()
    row = approve(registered(havsbris, jonas))
    placed = factories.make_order(havsbris, by=jonas, at=LATER, family="trunk")
    revoke_registration(row.pk, version=row.version, by="Sam", text="No longer", at=LATER)
    assert not Customer.objects.selectable("trunk").filter(pk=havsbris.pk).exists()
    placed.refresh_from_db()
    assert placed.state == Order.State.SUBMITTED
    with pytest.raises(RuleError, match="is not registered with Channel Sales"):
        factories.make_order(havsbris, by=jonas, at=LATER, family="trunk")


def test_order_waits_and_goes_on(
    client: HostClient, bjorkvik: Customer, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-04: from a blocked order to the notification that leads back into it."""
    refused = client.post("/orders/new/trunk/", {"customer": str(bjorkvik.pk)})
    assert "is not registered with Channel Sales for SIP trunk" in html(refused)
    url = f"/registrations/existing/?family=trunk&amp;from=order&amp;customer={bjorkvik.pk}"
    assert url in html(refused)
    data = {"customer": str(bjorkvik.pk), "family": "trunk", "channels": "10"}
    client.post(url.replace("&amp;", "&"), data)
    row = CustomerRegistration.objects.get()
    order = draft_of(row)
    products = f"/orders/{order.pk}/products/"
    assert (order.state, order.customer, order.created_by) == ("draft", bjorkvik, jonas)

    waiting = html(client.get(products))
    assert "is not registered for SIP trunk" in waiting
    assert f"/registrations/{row.pk}/" in waiting

    approve(row)
    assert Notice.objects.get(membership=jonas).url == products
    assert nordlys.url(products) in mails(nordlys)[0].text
    assert "Products" in html(client.get(products))


def test_no_crafted_request_goes_round_the_registration(
    client: HostClient, bjorkvik: Customer, jonas: Membership
) -> None:
    """CHAN-04: neither the products nor the placing of a draft that waits."""
    row = registered(bjorkvik, jonas, from_order=True)
    order = draft_of(row)
    url = f"/orders/{order.pk}/products/"
    data = {**product_data("trunk"), "form_token": form_token(order)}
    answer = client.post(url, data)
    assert "is not registered with Channel Sales for SIP trunk" in html(answer)
    assert f"/registrations/existing/?family=trunk&amp;order={order.pk}" in html(answer)
    assert not order.lines.exists()
    assert "is not registered for SIP trunk" in html(client.get(f"/orders/{order.pk}/review/"))


def test_draft_of_somebody_else_or_another_customer_is_not_taken(
    bjorkvik: Customer, havsbris: Customer, jonas: Membership
) -> None:
    """CHAN-04: the address names the draft, the customer decides."""
    other = factories.make_draft(havsbris, by=jonas, at=NOW, family="trunk")
    row = registered(bjorkvik, jonas, from_order=True, order_id=other.pk)
    assert row.order_id != other.pk
    assert draft_of(row).customer == bjorkvik


def test_name_of_another_partner_is_left_to_channel_sales(
    client: HostClient, brueckner: Partner, jonas: Membership, nordlys: Partner
) -> None:
    """CHAN-05: the partner gets the same answer as ever, and approving takes another name."""
    with in_partner(brueckner):
        factories.make_customer("Åkerö Måleri AB", "7700", at=NOW)
    answer = client.post("/registrations/new/", NEW, follow=True)
    assert "was sent" in html(answer)
    assert "Brückner" not in html(answer)
    row = CustomerRegistration.objects.get()
    with pytest.raises(RuleError, match="already in use"):
        approve(row)
    row.refresh_from_db()
    assert row.state == "submitted"
    approve(row, name="Åkerö Måleri AB, Gävle")
    assert Customer.objects.filter(name="Åkerö Måleri AB, Gävle").exists()
    assert "Brückner" not in "".join(mail.text + mail.html for mail in mails(nordlys))


def test_deleted_customer_takes_its_registration_from_the_queue(
    bjorkvik: Customer, jonas: Membership
) -> None:
    """CHAN-02: no row of channel sales leads nowhere."""
    registered(bjorkvik, jonas)
    delete_customer(bjorkvik, at=LATER)
    assert not RegistrationRow.objects.across_partners().exists()
    assert not DirectoryEntry.objects.across_partners().filter(name=bjorkvik.name).exists()


def test_technician_has_no_registrations(mikael: Membership, sign_in: SignIn) -> None:
    """CHAN-03: they are for who may order."""
    client = sign_in(mikael)
    assert client.get("/registrations/").status_code == 403
    assert "/registrations/" not in html(client.get("/"))


def test_list_is_searched_and_filtered(
    client: HostClient, bjorkvik: Customer, jonas: Membership
) -> None:
    """CHAN-03: by customer, number and state; and an empty list says what to do."""
    assert "No registration yet" in html(client.get("/registrations/"))
    registered(bjorkvik, jonas)
    for query, found in (("q=björk", True), ("q=10017", True), ("q=zzz", False)):
        assert ("Björkvik Bygg" in html(client.get(f"/registrations/?{query}"))) == found
    assert "No registration matches" in html(client.get("/registrations/?state=approved"))
    assert client.get("/registrations/?state=x&sort=y&page=z").status_code == 200
