"""Service reports: planned, written, signed off, and then never changed (D14)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from customers.models import Contact, Customer
from customers.services import assign
from customers.services.rules import Stale
from portal.accounts.models import Membership
from portal.core.errors import RuleError, WrongState
from portal.files.models import Attachment
from portal.files.services import FileRefused, delete_file, store_file
from portal.notices.models import Notice
from portal.outbox.issuing import render_due
from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.models import Partner
from support.durations import parse_duration
from support.models import ProblemReport, ServicePart, ServiceReport
from support.services import progress
from support.services.drafts import add_picture, remove_picture, save_draft
from support.services.finishing import NotComplete, finish_unsigned
from support.services.reporting import CustomerInactive, NotOfThisCustomer
from support.services.verifying import verify_all
from support.services.work_orders import (
    HasWorkOrder,
    Plan,
    begin_work,
    cancel_work,
    plan_work_order,
    start_report,
)
from support.signatures import BadSignature, checked, draw_name, draw_strokes, read_strokes
from support.snapshots import hash_of
from tests import factories
from tests.conftest import NOW
from tests.support.conftest import add_contact
from tests.support.work_helpers import (
    FACTS,
    PARTS,
    STROKES,
    again,
    draft,
    picture,
    plan,
    sign,
    write,
)

S = ServiceReport.State
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def acknowledged(report: ProblemReport, anna: Membership) -> ProblemReport:
    return progress.acknowledge(report.pk, by=anna, at=NOW)


def test_report_becomes_a_work_order_and_leaves_the_list(
    acknowledged: ProblemReport, anna: Membership, mikael: Membership, customer: Customer
) -> None:
    """SUP-01, REG-33: its state stays; the technician is told."""
    work = plan(customer, anna, report=acknowledged, technician=mikael)
    acknowledged.refresh_from_db()
    assert (acknowledged.state, acknowledged.work_order) == ("acknowledged", work)
    assert list(ProblemReport.objects.listed()) == []
    assert re.fullmatch(rf"S{NOW:%Y}-\d{{4}}", work.number)
    notice = Notice.objects.get(verb="service_yours")
    assert notice.membership_id == mikael.pk
    with pytest.raises(HasWorkOrder):
        plan(customer, anna, report=acknowledged)


def test_new_report_can_not_become_a_work_order(
    report: ProblemReport, anna: Membership, customer: Customer
) -> None:
    """SUP-01: only what somebody has acknowledged."""
    with pytest.raises(WrongState):
        plan(customer, anna, report=report)
    assert not ServiceReport.objects.exists()


def test_cancelled_work_order_puts_the_report_back(
    acknowledged: ProblemReport, anna: Membership, customer: Customer
) -> None:
    """SUP-01."""
    work = plan(customer, anna, report=acknowledged)
    with pytest.raises(RuleError):
        cancel_work(work.pk, text=" ", by=anna, at=LATER)
    cancel_work(work.pk, text="Solved by telephone", by=anna, at=LATER)
    assert list(ProblemReport.objects.listed()) == [acknowledged]
    with pytest.raises(WrongState):
        begin_work(work.pk, by=anna, at=LATER)


def test_form_sent_twice_makes_one_work_order(customer: Customer, anna: Membership) -> None:
    """SUP-01."""
    pk = uuid4()
    for _each in range(2):
        plan_work_order(customer, Plan(task="Look"), by=anna, at=NOW, work_id=pk)
    other = uuid4()
    for _each in range(2):
        start_report(customer, Plan(), by=anna, at=NOW, work_id=other)
    assert ServiceReport.objects.count() == 2


def test_parts_of_another_customer_are_refused(
    customer: Customer, anna: Membership, nordlys: Partner
) -> None:
    """SAFE-02, SUP-01."""
    other = factories.make_customer("Annat AB", "10099", at=NOW)
    with pytest.raises(NotOfThisCustomer):
        plan(customer, anna, site=factories.make_site(other))
    customer.is_active = False
    with pytest.raises(CustomerInactive):
        plan(customer, anna)


def test_incomplete_draft_is_saved_and_asked_for_before_signing(
    customer: Customer, anna: Membership
) -> None:
    """SUP-02, SUP-04."""
    work = draft(customer, anna)
    saved = save_draft(work.pk, {"work": "Half"}, [], version=1, by=anna, at=NOW)
    assert (saved.work, saved.version) == ("Half", 2)
    with pytest.raises(NotComplete) as refused:
        sign(saved, anna)
    assert refused.value.missing == ["minutes", "result"]


def test_older_version_never_replaces_a_newer_one(
    customer: Customer, anna: Membership, mikael: Membership
) -> None:
    """SUP-02, REG-35: unless it says the same, which changes nothing."""
    work = draft(customer, anna)
    save_draft(work.pk, {"work": "Anna's"}, PARTS, version=1, by=anna, at=NOW)
    with pytest.raises(Stale):
        save_draft(work.pk, {"work": "Mikael's"}, PARTS, version=1, by=mikael, at=NOW)
    with pytest.raises(Stale):
        save_draft(work.pk, {"work": "Anna's"}, [], version=1, by=mikael, at=NOW)
    same = save_draft(work.pk, {"work": "Anna's"}, PARTS, version=1, by=mikael, at=NOW)
    assert same.version == again(work.pk).version == 2
    assert again(work.pk).work == "Anna's"


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1:30", 90),
        ("1,5", 90),
        ("1.5", 90),
        ("1.5 h", 90),
        ("90", 90),
        ("90 min", 90),
        ("2h", 120),
        ("1 h 30 min", 90),
        ("0:05", 5),
        (",5", 30),
        ("", 0),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, minutes: int) -> None:
    """SUP-11."""
    assert parse_duration(typed) == minutes


@pytest.mark.parametrize("typed", ["x", "1:70", "-1", ".", "1:2:3", "99999999", "½", "1e3", "٣"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    """SUP-11."""
    if typed == "٣":
        assert parse_duration(typed) == 3
        return
    with pytest.raises(ValueError, match=r".*"):
        parse_duration(typed)


def test_signed_report_keeps_what_was_said(
    customer: Customer, karin: Contact, anna: Membership
) -> None:
    """SUP-05, SUP-07: the snapshot has its hash, the parts and who signed."""
    work = sign(write(draft(customer, anna), anna), anna, contact=karin)
    assert (work.state, work.signer, work.signer_name) == (S.SIGNED, karin, "Karin Lind")
    stored = again(work.pk)
    assert stored.snapshot is not None
    assert hash_of(stored.snapshot) == stored.snapshot_sha256
    assert stored.snapshot["parts"][0] == {
        "quantity": 1,
        "name": "Switch 24 ports",
        "serial": "SN-4711",
    }
    assert stored.snapshot["ending"]["kind"] == "drawn"
    assert bytes(stored.signature or b"").startswith(b"\x89PNG")


def test_what_is_signed_is_what_was_shown(customer: Customer, anna: Membership) -> None:
    """SUP-05: somebody saved while the customer was reading."""
    work = write(draft(customer, anna), anna)
    save_draft(work.pk, {"work": "More"}, PARTS, version=work.version, by=anna, at=NOW)
    with pytest.raises(Stale):
        sign(work, anna)
    assert again(work.pk).state == S.DRAFT


@pytest.mark.parametrize(
    "posted",
    [
        "",
        "[",
        "{}",
        "[1]",
        "[[1]]",
        "[[[0.1]]]",
        "[[[2, 0.1]]]",
        '[[["a", 0]]]',
        "[[[true, false]]]",
        "[[[NaN, 0.5]]]",
        "[" * 5_000,
        json.dumps([[[0.5, 0.5]] * 30_000]),
        json.dumps([[[0.5, 0.5]]]),
        "[]",
        "[[]]",
    ],
)
def test_what_is_no_signature_is_refused(posted: str) -> None:
    """SUP-05: nothing, a dot, nonsense, too much: a refusal, never an error."""
    with pytest.raises(BadSignature):
        draw_strokes(read_strokes(posted))


def test_only_a_signature_of_ours_is_taken(customer: Customer, anna: Membership) -> None:
    """SUP-05: a picture of any other kind or size is refused by the service too."""
    work = write(draft(customer, anna), anna)
    for content in (b"", b"no picture", picture().read(), b"\x89PNG\r\n\x1a\n" + b"x" * 50):
        with pytest.raises(BadSignature):
            sign(work, anna, signature=content)
    for content in (draw_strokes(STROKES), draw_name("Karin Lind"), draw_name("Å" * 150)):
        assert checked(content) == content
        assert len(content) <= 200_000


def _change(work: ServiceReport, way: str) -> None:
    """Try to change a finished report in one way."""
    part = work.parts.order_by("position").first()
    stored = Attachment.objects.about(work).first()
    assert part is not None
    assert stored is not None
    ways: dict[str, Any] = {
        "row": lambda: ServiceReport.objects.filter(pk=work.pk).update(work="Other"),
        "state": lambda: ServiceReport.objects.filter(pk=work.pk).update(state="draft"),
        "delete": lambda: ServiceReport.objects.filter(pk=work.pk).delete(),
        "part": lambda: ServicePart.objects.filter(pk=part.pk).update(name="Other"),
        "part gone": lambda: ServicePart.objects.filter(pk=part.pk).delete(),
        "one more part": lambda: ServicePart.objects.create(
            service_report=work, position=9, name="More"
        ),
        "picture": lambda: Attachment.objects.filter(pk=stored.pk).update(name="other.png"),
        "picture gone": lambda: delete_file(stored),
        "picture's bytes": lambda: type(stored.content).objects.update(content=b"x"),
        "one more picture": lambda: store_file(
            customer=work.customer, about=work, upload=picture("b.png", "#fff"), by=None, at=NOW
        ),
    }
    ways[way]()


@pytest.mark.parametrize("ending", ["signed", "unsigned"])
@pytest.mark.parametrize(
    "way",
    [
        *("row", "state", "delete", "part", "part gone", "one more part"),
        *("picture", "picture gone", "picture's bytes", "one more picture"),
    ],
)
def test_finished_report_is_changed_by_no_path(
    customer: Customer, anna: Membership, way: str, ending: str
) -> None:
    """SUP-06: the database itself refuses."""
    work = draft(customer, anna)
    add_picture(work.pk, picture(), by=anna, at=NOW)
    work = write(work, anna)
    if ending == "signed":
        work = sign(work, anna)
    else:
        work = finish_unsigned(work.pk, reason="Nobody", version=work.version, by=anna, at=NOW)
    with pytest.raises((DatabaseError, FileRefused)), transaction.atomic():
        _change(work, way)
    assert verify_all().wrong == []


@pytest.mark.parametrize("ending", ["signed", "unsigned"])
def test_services_refuse_to_change_a_finished_report(
    customer: Customer, anna: Membership, ending: str
) -> None:
    """SUP-06: with the state in the sentence."""
    work = write(draft(customer, anna), anna)
    version = work.version
    if ending == "signed":
        sign(work, anna)
    else:
        finish_unsigned(work.pk, reason="Nobody", version=version, by=anna, at=NOW)
    for change in (
        lambda: save_draft(work.pk, FACTS, [], version=version + 1, by=anna, at=NOW),
        lambda: add_picture(work.pk, picture(), by=anna, at=NOW),
        lambda: remove_picture(work.pk, work.pk),
        lambda: cancel_work(work.pk, text="No", by=anna, at=NOW),
        lambda: begin_work(work.pk, by=anna, at=NOW),
        lambda: sign(again(work.pk), anna),
    ):
        with pytest.raises(WrongState, match="cannot be"):
            change()


def test_pdf_is_made_of_the_snapshot_once_and_sealed(
    customer: Customer, nordlys: Partner, anna: Membership
) -> None:
    """SUP-07: by the worker, with a seal; the change log has both hashes."""
    work = draft(customer, anna)
    add_picture(work.pk, picture(), by=anna, at=NOW)
    sign(write(work, anna), anna)
    assert render_due(at=LATER) == 1
    document = Document.objects.for_partner(nordlys).get(about_id=work.pk)
    content = bytes(document.content or b"")
    assert content.startswith(b"%PDF")
    assert b"KontorSeal" in content
    assert render_due(at=LATER) == 0
    found = verify_all()
    assert (found.checked, found.wrong) == (1, [])
    call_command("verify_service_reports")


def test_verification_notices_a_changed_report(
    customer: Customer, nordlys: Partner, anna: Membership
) -> None:
    """SUP-07: whoever takes the trigger away is found out."""
    work = sign(write(draft(customer, anna), anna), anna)
    render_due(at=LATER)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE support_servicereport DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE support_servicereport SET snapshot = "
            "jsonb_set(snapshot, '{minutes}', '9') WHERE id = %s",
            [work.pk],
        )
        cursor.execute("ALTER TABLE support_servicereport ENABLE TRIGGER USER")
    assert verify_all().wrong == [f"{work.number}: the snapshot has another hash"]
    with pytest.raises(CommandError):
        call_command("verify_service_reports")


def _sent(partner: Partner) -> list[str]:
    found = OutboundEmail.objects.for_partner(partner).filter(template="support/email/service")
    return sorted(address.lower() for address in found.values_list("to_address", flat=True))


def test_report_is_sent_to_its_readers_and_nobody_else(
    customer: Customer, nordlys: Partner, anna: Membership, karin: Contact, per: Contact
) -> None:
    """SUP-08: those set to get it, and the signer; each address once, with the PDF."""
    for name, gets in (("Eva", True), ("Bo", True), ("Nils", False)):
        contact = add_contact(customer, name)
        contact.gets_reports = gets
        contact.bounced_at = NOW if name == "Bo" else None
        contact.save()
    twin = add_contact(customer, "Twin")
    Contact.objects.filter(pk=twin.pk).update(email="EVA@havsbris.example", gets_reports=True)
    other = factories.make_customer("Annat AB", "10099", at=NOW)
    stranger = factories.make_contact(other, at=NOW, email="other@annat.example")
    Contact.objects.filter(pk=stranger.pk).update(gets_reports=True)
    work = sign(write(draft(customer, anna), anna), anna, contact=karin)
    assert _sent(nordlys) == ["eva@havsbris.example", "karin@havsbris.example"]
    mail = OutboundEmail.objects.for_partner(nordlys).filter(template="support/email/service")[0]
    assert mail.state == OutboundEmail.State.WAITING
    assert mail.document is not None
    assert mail.document.file_name == f"{work.number}.pdf"
    assert "1:30" not in mail.text
    render_due(at=LATER)
    mail.refresh_from_db()
    assert mail.state == OutboundEmail.State.QUEUED


def test_people_responsible_are_notified_but_not_who_finished_it(
    customer: Customer, anna: Membership, mikael: Membership, jonas: Membership
) -> None:
    """SUP-08."""
    assign(customer, jonas, at=NOW)
    assign(customer, mikael, at=NOW)
    work = write(draft(customer, mikael), mikael)
    sign(work, mikael)
    told = Notice.objects.filter(verb="service_finished").values_list("membership_id", flat=True)
    assert list(told) == [jonas.pk]


@pytest.mark.parametrize("state", ["acknowledged", "in_progress"])
def test_solved_work_resolves_its_report(
    acknowledged: ProblemReport, anna: Membership, customer: Customer, state: str
) -> None:
    """SUP-09: in one act, with the work as the solution; the customer is told."""
    if state == "in_progress":
        progress.start_work(acknowledged.pk, by=anna, at=NOW)
    work = plan(customer, anna, report=acknowledged)
    begin_work(work.pk, by=anna, at=NOW)
    sign(write(again(work.pk), anna), anna)
    acknowledged.refresh_from_db()
    assert (acknowledged.state, acknowledged.work_order) == ("resolved", None)
    assert acknowledged.solution == FACTS["work"]


@pytest.mark.parametrize("result", ["partly", "not_solved"])
def test_unsolved_work_puts_its_report_back(
    acknowledged: ProblemReport, anna: Membership, customer: Customer, result: str
) -> None:
    """SUP-09."""
    work = plan(customer, anna, report=acknowledged)
    begin_work(work.pk, by=anna, at=NOW)
    sign(write(again(work.pk), anna, result=result), anna)
    acknowledged.refresh_from_db()
    assert (acknowledged.state, acknowledged.work_order) == ("acknowledged", None)
    assert list(ProblemReport.objects.listed()) == [acknowledged]


def test_report_that_moved_on_by_itself_is_left_alone(
    acknowledged: ProblemReport, anna: Membership, customer: Customer
) -> None:
    """SUP-09, SM-REPORT: what the machine does not allow is not forced."""
    work = plan(customer, anna, report=acknowledged)
    progress.cancel(acknowledged.pk, text="Not needed", by=anna, at=NOW)
    begin_work(work.pk, by=anna, at=NOW)
    sign(write(again(work.pk), anna), anna)
    acknowledged.refresh_from_db()
    assert (acknowledged.state, acknowledged.work_order) == ("cancelled", None)


def test_same_picture_twice_is_one_and_what_is_none_is_refused(
    customer: Customer, anna: Membership
) -> None:
    """SUP-12."""
    work = draft(customer, anna)
    first = add_picture(work.pk, picture(), by=anna, at=NOW)
    assert add_picture(work.pk, picture("again.png"), by=anna, at=NOW) == first
    with pytest.raises(FileRefused):
        add_picture(work.pk, SimpleUploadedFile("a.txt", b"text"), by=anna, at=NOW)
    assert remove_picture(work.pk, first.pk)
    assert not Attachment.objects.about(work).exists()
