"""Problem reports in the customers' own portal, and in channel sales' admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Contact, Customer
from portal.accounts.models import Membership, User
from portal.accounts.rights import Preset
from portal.files.models import Attachment
from portal.tenancy.models import Partner
from support.models import Comment, ProblemReport
from support.services import handing_over, progress
from support.services.conversation import add_comment
from tests import factories
from tests.conftest import NOW, SignIn
from tests.support.conftest import addresses

S = ProblemReport.State


@pytest.fixture
def karins(customer: Customer) -> Membership:
    """The place of the customer's administrator."""
    return factories.make_customer_user(
        customer,
        "karin",
        Preset.CUSTOMER_ADMINISTRATOR,
        at=NOW,
        email="karin@havsbris.example",
    )


@pytest.fixture
def pers(customer: Customer) -> Membership:
    """The place of a user of the customer."""
    return factories.make_customer_user(
        customer, "per", Preset.CUSTOMER_USER, at=NOW, email="per@havsbris.example"
    )


def test_customer_reports_with_a_picture_and_reads_the_answer(
    customer: Customer, karins: Membership, anna: Membership, sign_in: SignIn, nordlys: Partner
) -> None:
    """REG-26, ONB-18: from the form to the answer; the reporter gets a receipt by mail."""
    client = sign_in(karins)
    answer = client.post(
        "/my/reports/new/",
        {
            "subject": "No dial tone",
            "description": "In the meeting room.",
            "severity": "3",
            "uploads": [SimpleUploadedFile("room.png", b"\x89PNG\r\n\x1a\n" + b"1" * 9)],
        },
    )
    report = ProblemReport.objects.get()
    assert (answer.status_code, report.customer, report.created_by) == (302, customer, karins)
    assert addresses(nordlys, "receipt") == ["karin@havsbris.example"]
    add_comment(report.pk, text="We come at two.", audience="all", by=anna, at=NOW)
    add_comment(report.pk, text="Difficult customer.", audience="internal", by=anna, at=NOW)
    page = client.get(f"/my/reports/{report.pk}/").content.decode()
    assert "We come at two." in page and "room.png" in page
    assert "Difficult customer." not in page


def test_file_of_an_internal_note_does_not_exist_for_the_customer(
    report: ProblemReport, karins: Membership, anna: Membership, sign_in: SignIn
) -> None:
    """REG-33: neither listed nor served."""
    upload = SimpleUploadedFile("secret.txt", b"secret")
    add_comment(report.pk, text="x", audience="internal", by=anna, at=NOW, files=[upload])
    file = Attachment.objects.get(name="secret.txt")
    client = sign_in(karins)
    assert "secret.txt" not in client.get(f"/my/reports/{report.pk}/").content.decode()
    assert client.get(f"/my/reports/{report.pk}/files/{file.pk}/").status_code == 404


def test_user_without_the_right_reads_and_does_not_report(
    report: ProblemReport, pers: Membership, sign_in: SignIn
) -> None:
    """RIGHTS-01: filing a report is a right of its own for customers' users."""
    client = sign_in(pers)
    page = client.get(f"/my/reports/{report.pk}/").content.decode()
    assert "No calls from outside" in page and 'id="answer"' not in page
    assert client.get("/my/reports/new/").status_code == 403
    assert client.post(f"/my/reports/{report.pk}/answer/", {"text": "x"}).status_code == 403


def test_customer_opens_a_resolved_report_again(
    report: ProblemReport, karins: Membership, anna: Membership, sign_in: SignIn
) -> None:
    """SM-REPORT: within 14 days, with what is still wrong."""
    ProblemReport.objects.filter(pk=report.pk).update(state=S.IN_PROGRESS)
    progress.resolve(report.pk, text="Restarted it.", by=anna, at=NOW)
    client = sign_in(karins)
    url = f"/my/reports/{report.pk}/reopen/"
    assert "Write what is still wrong." in client.post(url).content.decode()
    assert client.post(url, {"text": "Same again."}).status_code == 302
    report.refresh_from_db()
    assert report.state == S.IN_PROGRESS


def test_customers_administrator_keeps_support_contacts(
    customer: Customer, karins: Membership, pers: Membership, sign_in: SignIn
) -> None:
    """ONB-13: the administrator adds one; a plain user gets 403; another customer's is a 404."""
    fields = {
        "first_name": "Lisa",
        "last_name": "Alm",
        "email": "lisa@havsbris.example",
        "support_roles": ["maintainer"],
    }
    client = sign_in(karins)
    assert client.post("/my/support-contacts/new/", fields).status_code == 302
    contact = Contact.objects.get(email="lisa@havsbris.example")
    assert (contact.customer, contact.support) == (customer, ["Maintainer"])
    assert "Lisa Alm" in client.get("/my/contacts/").content.decode()
    assert sign_in(pers).get("/my/support-contacts/new/").status_code == 403
    other = factories.make_customer("Annan AB", "10050", at=NOW)
    foreign = factories.make_contact(other, at=NOW)
    assert client.get(f"/my/support-contacts/{foreign.pk}/").status_code == 404


def test_change_of_a_contact_keeps_what_the_form_does_not_show(
    customer: Customer, karin: Contact, karins: Membership, sign_in: SignIn
) -> None:
    """The customer's form has no flags; those that the partner set stay."""
    Contact.objects.filter(pk=karin.pk).update(gets_invoices=True, is_primary=True)
    answer = sign_in(karins).post(
        f"/my/support-contacts/{karin.pk}/",
        {
            "first_name": "Karin",
            "last_name": "Lind",
            "email": "karin.lind@havsbris.example",
            "support_roles": ["on_site"],
            "version": karin.version,
        },
    )
    assert answer.status_code == 302
    karin.refresh_from_db()
    assert (karin.gets_invoices, karin.is_primary) == (True, True)
    assert karin.email == "karin.lind@havsbris.example"


def test_channel_sales_answers_an_escalated_report(
    report: ProblemReport,
    anna: Membership,
    nordlys: Partner,
    sign_in: SignIn,
    staff: User,
    settings: Any,
) -> None:
    """ONB-19: listed across partners, without internal notes; the answer goes to the partner."""
    settings.STAFF_SECOND_FACTOR = False
    progress.acknowledge(report.pk, by=anna, at=NOW)
    add_comment(report.pk, text="Our own business.", audience="internal", by=anna, at=NOW)
    handing_over.escalate(report.pk, text="Trunk down.", by=anna, at=NOW + timedelta(minutes=1))
    client = sign_in(staff)
    page = client.get("/admin/channel/escalatedreport/").content.decode()
    assert report.number in page
    major = f"?severity={ProblemReport.Severity.MAJOR}"
    assert f'href="{major}">Major – an important part does not work' in page.replace("\n", "")
    assert report.number in client.get(f"/admin/channel/escalatedreport/{major}").content.decode()
    url = f"/admin/p/{nordlys.slug}/support/problemreport/{report.pk}/"
    shown = client.get(url + "change/").content.decode()
    assert "Trunk down." in shown and "Our own business." not in shown
    client.post(url + "do/answer/", {"text": "Mended."})
    report.refresh_from_db()
    assert report.state == S.IN_PROGRESS
    vendor = report.comments.get(side="vendor")
    assert (vendor.text, vendor.audience) == ("Mended.", Comment.Audience.VENDOR)
