"""Reporting a problem: who gets it, exactly, and that nothing foreign can be named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from customers.models import Contact, Customer
from customers.services import assign, deactivate_customer, note_bounce, set_support_roles
from portal.accounts.models import Membership
from portal.files.models import Attachment
from portal.notices.models import Notice
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from support.models import ProblemReport, ReportRecipient
from support.recipients import recipients_of
from support.services.reporting import CustomerInactive, NotOfThisCustomer, report_problem
from tests import factories
from tests.conftest import NOW, SignIn
from tests.support.conftest import add_contact, addresses, mails, problem

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def test_each_support_contact_gets_one_mail_of_their_own(
    customer: Customer, nordlys: Partner, anna: Membership
) -> None:
    """ONB-18, ONB-15, ONB-16: 50 contacts, one with two roles; none to others, none twice."""
    for number in range(48):
        add_contact(customer, f"Person{number}", "other")
    add_contact(customer, "Karin", "maintainer", "on_site")
    add_contact(customer, "Per", "maintainer")
    add_contact(customer, "Admin")  # only an admin contact: no role in support
    other = factories.make_customer("Annan AB", "10050", at=NOW)
    foreign = factories.make_contact(other, at=NOW, email="sven@annan.example")
    set_support_roles(foreign, ["maintainer"], at=NOW)
    report_problem(customer, problem(), by=anna, at=NOW)
    got = addresses(nordlys, "contact")
    assert len(got) == len(set(got)) == 50
    assert "karin@havsbris.example" in got
    assert "admin@havsbris.example" not in got and "sven@annan.example" not in got
    for mail in mails(nordlys, "contact"):
        others = [address for address in got if address != mail.to_address]
        assert not any(address in mail.text + mail.html for address in others)


def test_nothing_goes_to_the_vendor(report: ProblemReport, nordlys: Partner) -> None:
    """ONB-19: a report is not escalated by being made."""
    assert addresses(nordlys) == [
        "karin@havsbris.example",
        "mikael@nordlys.example",
        nordlys.notification_email,
    ]
    vendors = OutboundEmail.objects.across_partners().filter(partner=None)
    assert not vendors.exists()


def test_people_responsible_are_told_and_the_reporter_is_not(
    report: ProblemReport, anna: Membership, mikael: Membership
) -> None:
    """REG-21, REG-17: in the portal and by mail; they are put on the report."""
    told = Notice.objects.filter(verb="report_made").values_list("membership_id", flat=True)
    assert list(told) == [mikael.pk]
    assert [row.membership_id for row in report.watchers.all()] == [mikael.pk]


def test_contact_whose_mail_came_back_gets_none_and_counts_for_nothing(
    customer: Customer, karin: Contact, per: Contact, nordlys: Partner, anna: Membership
) -> None:
    """OUT-32, SM-EMAIL, ONB-18: said before sending, with the roles that are missing then."""
    note_bounce(karin.email, customer_id=customer.pk, at=NOW)
    told = recipients_of(customer, at=NOW)
    assert [each.contact for each in told.contacts] == [per]
    assert [each.contact for each in told.unreachable] == [karin]
    assert [role for role, _label in told.missing] == ["maintainer", "on_site"]
    report_problem(customer, problem(), by=anna, at=NOW)
    assert addresses(nordlys, "contact") == ["per@havsbris.example"]


def test_report_without_support_contacts_goes_to_our_own_people(
    customer: Customer, nordlys: Partner, anna: Membership, mikael: Membership
) -> None:
    """ONB-18: and the mail says that nobody of the customer could be told."""
    assign(customer, mikael, at=NOW)
    report_problem(customer, problem(), by=anna, at=NOW)
    assert addresses(nordlys, "contact") == []
    ours = mails(nordlys, "partner")
    assert sorted(mail.to_address for mail in ours) == [
        "mikael@nordlys.example",
        nordlys.notification_email,
    ]
    assert all("No support contact of the customer could be told" in mail.text for mail in ours)


def test_contact_it_is_reported_for_gets_a_receipt(
    customer: Customer, karin: Contact, nordlys: Partner, anna: Membership
) -> None:
    """REG-33: once, and not beside the mail of a support contact."""
    lisa = add_contact(customer, "Lisa")
    report_problem(customer, problem(contact=lisa), by=anna, at=NOW)
    assert addresses(nordlys, "receipt") == ["lisa@havsbris.example"]
    report_problem(customer, problem(contact=karin), by=anna, at=NOW)
    assert addresses(nordlys, "receipt") == ["lisa@havsbris.example"]


@pytest.mark.parametrize("part", ["site", "order", "contact"])
def test_parts_of_another_customer_are_refused(
    customer: Customer, anna: Membership, part: str
) -> None:
    """SAFE-02: a site, order or contact is the customer's own."""
    other = factories.make_customer("Annan AB", "10050", at=NOW)
    things = {
        "site": lambda: factories.make_site(other),
        "order": lambda: factories.make_order(other, by=anna, at=NOW),
        "contact": lambda: factories.make_contact(other, at=NOW),
    }
    with pytest.raises(NotOfThisCustomer) as refusal:
        report_problem(customer, problem(**{part: things[part]()}), by=anna, at=NOW)
    assert refusal.value.field == part
    assert not ProblemReport.objects.exists()


def test_same_form_sent_twice_makes_one_report(
    customer: Customer, karin: Contact, nordlys: Partner, anna: Membership
) -> None:
    """SAFE-05: the double click and the back button."""
    made = report_problem(customer, problem(), by=anna, at=NOW)
    again = report_problem(
        customer, problem(), by=anna, at=NOW + timedelta(days=30), report_id=made.pk
    )
    assert again == made
    assert ProblemReport.objects.count() == 1
    assert len(addresses(nordlys, "contact")) == 1


def test_inactive_customer_is_refused(customer: Customer, anna: Membership) -> None:
    deactivate_customer(customer, at=NOW)
    customer.refresh_from_db()
    with pytest.raises(CustomerInactive):
        report_problem(customer, problem(), by=anna, at=NOW)


def test_page_shows_who_gets_it_before_it_is_sent(
    customer: Customer, karin: Contact, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-18: by name and role, and whom on our side."""
    add_contact(customer, "Admin")
    page = sign_in(anna).get(f"/reports/new/{customer.pk}/").content.decode()
    told = page[page.index('id="t-told"') :]
    assert "Karin Lind" in told and "Maintainer, On-site administrator" in told
    assert "Admin Lind" not in told
    assert anna.partner.notification_email in told


def test_page_offers_to_add_a_contact_where_nobody_is_reached(
    customer: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-18: said, with the cure."""
    page = sign_in(anna).get(f"/reports/new/{customer.pk}/").content.decode()
    assert "has no support contact whose address works" in page
    assert f"/customers/{customer.pk}/contacts/new/?support=maintainer" in page


def test_page_reports_with_a_picture(
    customer: Customer, karin: Contact, anna: Membership, sign_in: SignIn
) -> None:
    """REG-33: from the form to the report's page, with its file."""
    client = sign_in(anna)
    answer = client.post(
        f"/reports/new/{customer.pk}/",
        {
            "subject": "No calls from outside",
            "description": "Since this morning.",
            "severity": "1",
            "uploads": [
                SimpleUploadedFile("phone.png", PNG, "image/png"),
                SimpleUploadedFile("log.txt", b"line"),
            ],
        },
    )
    report = ProblemReport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/reports/{report.pk}/")
    files = Attachment.objects.about(report).order_by("name")
    assert [each.name for each in files] == ["log.txt", "phone.png"]
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert "phone.png" in page
    file = client.get(f"/reports/{report.pk}/files/{files[1].pk}/")
    assert (file.status_code, file.content) == (200, PNG)


def test_wrong_file_is_refused_at_its_field_and_the_text_kept(
    customer: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """INP-03: each file that is not taken is named; nothing is saved."""
    page = sign_in(anna).post(
        f"/reports/new/{customer.pk}/",
        {
            "subject": "No calls from outside",
            "description": "Since this morning.",
            "severity": "1",
            "uploads": [
                SimpleUploadedFile("run.exe", b"MZ\x00\x01"),
                SimpleUploadedFile("big.txt", b"a" * (5 * 1024 * 1024 + 1)),
                SimpleUploadedFile("good.txt", b"fine"),
            ],
        },
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "run.exe is of a type that is not taken." in text
    assert "big.txt is larger than 5 MB." in text
    assert "good.txt" not in text
    assert "Since this morning." in text
    assert not ProblemReport.objects.exists()


def test_empty_form_says_what_is_missing(
    customer: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """USE-18: "Enter…", "Choose…"."""
    text = sign_in(anna).post(f"/reports/new/{customer.pk}/").content.decode()
    for words in (
        "Say in a few words what is wrong.",
        "Describe the problem.",
        "Choose how bad it is.",
    ):
        assert words in text


def test_customer_is_asked_for_and_never_guessed(
    customer: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """D2: the address carries the customer; the active one only fills the box."""
    client = sign_in(anna)
    assert (
        "Choose the customer who has the problem." in client.post("/reports/new/").content.decode()
    )
    answer = client.post("/reports/new/", {"customer": str(customer.pk)})
    assert answer["Location"] == f"/reports/new/{customer.pk}/"
    other = factories.make_customer("Annan AB", "10050", at=NOW)
    client.post("/switch/", {"customer": str(other.pk)})
    assert "Annan AB" in client.get("/reports/new/").content.decode()
    page = client.get(f"/reports/new/{customer.pk}/").content.decode()
    assert "Send for Havsbris Redovisning AB, 10042" in page


def test_recipients_keep_who_got_it(report: ProblemReport, karin: Contact) -> None:
    """ONB-18: their roles are told in the language of whoever reads it."""
    row = ReportRecipient.objects.get()
    assert (row.name, row.email) == ("Karin Lind", "karin@havsbris.example")
    assert row.labels == "Maintainer, On-site administrator"
    with override("sv"):
        assert row.labels == "Underhållsansvarig, Administratör på plats"
    row.roles = "Maintainer, On-site administrator"
    assert row.labels == row.roles, "as they were kept before"
