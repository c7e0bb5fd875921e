"""The life of a report: every step of the machine, and no other (SM-REPORT)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from customers.models import Contact, Customer
from portal.accounts.models import Membership
from portal.channel.models import EscalatedReport
from portal.core.errors import RuleError, WrongState
from portal.notices.models import Notice
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.tenancy.models import Partner
from support.models import Comment, ProblemReport, ReportWatcher
from support.services import handing_over, progress
from support.services.conversation import Origin, SayWhat, add_comment
from support.services.reporting import report_problem
from support.states import TRANSITIONS
from tests.conftest import NOW, HostClient
from tests.support.conftest import add_contact, addresses, mails, problem

S = ProblemReport.State
LATER = NOW + timedelta(hours=1)


def _set(report: ProblemReport, state: str) -> None:
    fields = {"state": state, "resolved_at": NOW, "escalated_at": NOW}
    ProblemReport.objects.filter(pk=report.pk).update(**fields)


ACTS = {
    "acknowledge": (S.ACKNOWLEDGED, lambda pk, by: progress.acknowledge(pk, by=by, at=LATER)),
    "wait": (
        S.WAITING_CUSTOMER,
        lambda pk, by: progress.wait_for_customer(pk, text="Which?", by=by, at=LATER),
    ),
    "resolve": (S.RESOLVED, lambda pk, by: progress.resolve(pk, text="Done.", by=by, at=LATER)),
    "close": (S.CLOSED, lambda pk, by: progress.close(pk, at=LATER)),
    "cancel": (S.CANCELLED, lambda pk, by: progress.cancel(pk, text="No.", by=by, at=LATER)),
    "escalate": (
        S.ESCALATED,
        lambda pk, by: handing_over.escalate(pk, text="Look.", by=by, at=LATER),
    ),
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("act", list(ACTS))
def test_each_act_works_where_the_machine_says_so(
    report: ProblemReport, anna: Membership, state: str, act: str
) -> None:
    """SM-REPORT, SM-ANY: everything else is refused, with the state in the sentence."""
    _set(report, state)
    to, do = ACTS[act]
    if to in TRANSITIONS[state]:
        assert do(report.pk, anna).state == to
        return
    with pytest.raises(WrongState, match="This problem report is"):
        do(report.pk, anna)
    report.refresh_from_db()
    assert report.state == state


def test_machine_is_that_of_the_specification() -> None:
    """SM-REPORT."""
    assert {f"{a} {b}" for a, every in TRANSITIONS.items() for b in every} == {
        "new acknowledged",
        "acknowledged in_progress",
        "in_progress resolved",
        "resolved closed",
        "in_progress waiting",
        "waiting in_progress",
        "acknowledged escalated",
        "in_progress escalated",
        "escalated in_progress",
        "resolved in_progress",
        "new cancelled",
        "acknowledged cancelled",
        "in_progress cancelled",
    }


def test_reporter_is_told_that_somebody_is_at_it(
    customer: Customer, karin: Contact, nordlys: Partner, anna: Membership, jonas: Membership
) -> None:
    """REG-33: once; the people get a notification."""
    lisa = add_contact(customer, "Lisa")
    made = report_problem(customer, problem(contact=lisa), by=anna, at=NOW)
    progress.acknowledge(made.pk, by=jonas, at=LATER)
    assert addresses(nordlys, "acknowledged") == ["lisa@havsbris.example"]
    made.refresh_from_db()
    assert (made.acknowledged_by, made.handler_id) == (jonas.shown_name, jonas.pk)


def test_answer_goes_to_reporter_and_support_contacts(
    customer: Customer, karin: Contact, nordlys: Partner, anna: Membership
) -> None:
    """REG-33: each once, none to a contact without a role in support."""
    lisa = add_contact(customer, "Lisa")
    made = report_problem(customer, problem(contact=lisa), by=anna, at=NOW)
    add_contact(customer, "Admin")
    add_comment(made.pk, text="We look at it.", audience="all", by=anna, at=LATER)
    assert addresses(nordlys, "answer") == ["karin@havsbris.example", "lisa@havsbris.example"]
    made.refresh_from_db()
    assert made.first_answer_at == LATER


@pytest.mark.parametrize("audience", ["internal", "vendor"])
def test_notes_never_reach_the_customer(
    report: ProblemReport, nordlys: Partner, anna: Membership, audience: str
) -> None:
    """REG-33: internal notes and talk with the vendor stay on our side."""
    before = len(mails(nordlys))
    add_comment(report.pk, text="Karin is difficult.", audience=audience, by=anna, at=LATER)
    assert len(mails(nordlys)) == before
    assert list(Comment.objects.public()) == []


def test_customers_answer_ends_the_waiting(
    report: ProblemReport, nordlys: Partner, anna: Membership, mikael: Membership
) -> None:
    """SM-REPORT: WAITING_CUSTOMER -> IN_PROGRESS; our people are told, the writer is not."""
    _set(report, S.WAITING_CUSTOMER)
    add_comment(
        report.pk,
        text="The third floor.",
        audience="all",
        by=None,
        at=LATER,
        origin=Origin("customer", "Karin Lind", "karin@havsbris.example"),
    )
    report.refresh_from_db()
    assert report.state == S.IN_PROGRESS
    assert addresses(nordlys, "answer") == [
        "mikael@nordlys.example",
        nordlys.notification_email,
    ]


def test_nothing_can_be_said_after_the_end(report: ProblemReport, anna: Membership) -> None:
    _set(report, S.CLOSED)
    with pytest.raises(WrongState):
        add_comment(report.pk, text="Still?", audience="all", by=anna, at=LATER)


def test_empty_answer_is_refused(report: ProblemReport, anna: Membership) -> None:
    with pytest.raises(SayWhat):
        add_comment(report.pk, text="  \n ", audience="all", by=anna, at=LATER)


def test_resolved_report_opens_again_for_14_days(
    report: ProblemReport, nordlys: Partner, anna: Membership, mikael: Membership
) -> None:
    """SM-REPORT: RESOLVED -> IN_PROGRESS within 14 days; then a new report is needed."""
    _set(report, S.IN_PROGRESS)
    progress.resolve(report.pk, text="Replaced the card.", by=anna, at=NOW)
    assert addresses(nordlys, "resolved") == ["karin@havsbris.example"]
    with pytest.raises(WrongState, match="more than 14 days"):
        progress.reopen(report.pk, text="No.", by=mikael, at=NOW + timedelta(days=14, seconds=1))
    again = progress.reopen(report.pk, text="No.", by=mikael, at=NOW + timedelta(days=14))
    assert again.state == S.IN_PROGRESS
    with pytest.raises(WrongState):
        progress.reopen(report.pk, text="No.", by=mikael, at=NOW)


def test_duplicates_are_merged(
    report: ProblemReport, customer: Customer, anna: Membership, mikael: Membership
) -> None:
    """REG-33: the duplicate ends, its people follow, and another customer's is refused."""
    other = report_problem(customer, problem(subject="Same"), by=anna, at=NOW)
    ReportWatcher.objects.filter(report=other).delete()
    handing_over.merge(report.pk, into=other, by=anna, at=LATER)
    report.refresh_from_db()
    assert (report.state, report.merged_into) == (S.CANCELLED, other)
    assert [row.membership_id for row in other.watchers.all()] == [mikael.pk]
    with pytest.raises(RuleError):
        handing_over.merge(other.pk, into=report, by=anna, at=LATER)


def test_escalated_report_is_in_channel_sales_list_and_its_answer_stays_with_us(
    report: ProblemReport, nordlys: Partner, anna: Membership, mikael: Membership
) -> None:
    """ONB-19, CHAN-16: the answer goes to our people, in the vendor's name, not the customer."""
    progress.acknowledge(report.pk, by=anna, at=LATER)
    handing_over.escalate(report.pk, text="The trunk is down.", by=anna, at=LATER)
    row = EscalatedReport.objects.for_partner(nordlys).get()
    assert (row.number, row.customer_name, row.is_open) == (
        report.number,
        "Havsbris Redovisning AB",
        True,
    )
    before = addresses(nordlys)
    handing_over.answer_by_vendor(report.pk, text="Mended.", name="Channel Sales", at=LATER)
    new = addresses(nordlys)
    for address in before:
        new.remove(address)
    assert sorted(new) == ["anna@nordlys.example", "mikael@nordlys.example"]
    answer = mails(nordlys)[-1]
    assert answer.from_name == "Kontor Channel Sales"
    assert answer.reply_to == "channel-sales@kontor.example"
    row.refresh_from_db()
    report.refresh_from_db()
    assert (row.is_open, report.state) == (False, S.IN_PROGRESS)
    assert not Comment.objects.public().exists()


def test_person_a_report_is_given_to_is_told_and_the_customer_is_not(
    report: ProblemReport, nordlys: Partner, anna: Membership, jonas: Membership
) -> None:
    """REG-20: exactly one mail."""
    before = len(mails(nordlys))
    handing_over.assign_handler(report.pk, to=jonas, by=anna, at=LATER)
    assert addresses(nordlys, "assigned") == ["jonas@nordlys.example"]
    assert len(mails(nordlys)) == before + 1
    assert Notice.objects.filter(membership=jonas, verb="report_yours").count() == 1


def _link(mail: OutboundEmail) -> str:
    secret = decrypt(bytes(mail.secrets_encrypted or b""))["button_url"]
    return re.sub(r"^https?://[^/]+", "", secret)


def test_link_of_the_mail_acknowledges_by_post_only(
    report: ProblemReport, nordlys: Partner
) -> None:
    """ONB-18: GET shows, POST acts; a second time says who did it."""
    visitor = HostClient(host="nordlys.localhost")
    link = _link(mails(nordlys, "contact")[0])
    opened = visitor.get(link)
    assert opened.status_code == 302
    page = visitor.get(opened["Location"]).content.decode()
    assert "You are Karin Lind." in page
    report.refresh_from_db()
    assert report.state == S.NEW
    done = visitor.post(opened["Location"]).content.decode()
    assert "Acknowledged by Karin Lind" in done
    report.refresh_from_db()
    assert (report.state, report.acknowledged_by) == (S.ACKNOWLEDGED, "Karin Lind")
    again = visitor.post(opened["Location"]).content.decode()
    assert "This problem report is acknowledged and cannot be acknowledged." in again
    stranger = HostClient(host="nordlys.localhost")
    assert stranger.get(opened["Location"]).status_code == 404
    assert stranger.get("/report/" + "x" * 43 + "/").status_code == 404
