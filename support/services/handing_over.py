"""Handing a report on: to a colleague, into another report, to channel sales and back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.channel.models import StaffEvent
from portal.channel.services import publish_report
from portal.channel.telling import tell_staff
from portal.core.errors import RuleError
from portal.history.services import record
from portal.outbox.rendering import Voice
from portal.tenancy.context import require_partner
from support import emails
from support.models import Comment, ProblemReport, ReportWatcher
from support.services.conversation import Origin, add_comment, lock_report
from support.services.progress import ReasonNeeded, move, save_with
from support.services.reporting import notify_people, people_of
from support.states import WrongReportState, check_step

State = ProblemReport.State


@transaction.atomic
def merge(report_id: UUID, *, into: ProblemReport, by: Membership, at: datetime) -> ProblemReport:
    """Merge a duplicate into another open report of the same customer: -> CANCELLED.

    What was said stays readable at the duplicate; whoever got it is told of the other from now on.
    """
    if into.pk == report_id or not into.is_open:
        raise RuleError(_("Choose another open report of this customer."), field="into")
    report = lock_report(report_id)
    if into.customer_id != report.customer_id:
        raise RuleError(_("Choose another open report of this customer."), field="into")
    check_step(report, State.CANCELLED, "merge")
    report.merged_into = into
    move(report, State.CANCELLED, "merge", at=at, fields=("merged_into",))
    record(report, "report_merged", customer_id=report.customer_id, into=into.number)
    record(into, "report_got_duplicate", customer_id=into.customer_id, duplicate=report.number)
    have = set(into.watchers.values_list("membership_id", flat=True))
    ReportWatcher.objects.bulk_create(
        ReportWatcher(report=into, membership_id=watcher.membership_id)
        for watcher in report.watchers.all()
        if watcher.membership_id not in have
    )
    text = _("%(number)s is about the same and was merged into this report: %(subject)s") % {
        "number": report.number,
        "subject": report.subject,
    }
    add_comment(into.pk, text=text, audience=Comment.Audience.PARTNER, by=by, at=at)
    return report


@transaction.atomic
def assign_handler(
    report_id: UUID, *, to: Membership | None, by: Membership, at: datetime
) -> ProblemReport:
    """Say who works on a report, or nobody; the person is told, the customer is not (REG-20)."""
    report = lock_report(report_id)
    if not report.is_open:
        raise WrongReportState(report, "start")
    if report.handler_id == (to.pk if to is not None else None):
        return report
    report.handler = to
    save_with(report, "handler", at=at)
    name = to.shown_name if to is not None else ""
    verb = "report_assigned" if to is not None else "report_unassigned"
    record(report, verb, customer_id=report.customer_id, person=name)
    if to is not None:
        ReportWatcher.objects.get_or_create(report=report, membership=to)
        if to.pk != by.pk:
            notify_people(report, "report_yours", [to], by=by, at=at, who=by.shown_name)
            emails.to_person(
                report,
                "support/email/assigned",
                to,
                key=f"yours-{report.version}",
                at=at,
                context={"who": by.shown_name},
            )
    return report


@transaction.atomic
def escalate(report_id: UUID, *, text: str, by: Membership, at: datetime) -> ProblemReport:
    """Hand a report to channel sales: ACKNOWLEDGED or IN_PROGRESS -> ESCALATED (ONB-19).

    It appears in channel sales' list with its conversation; the customer is told nothing.
    """
    if not text.strip():
        raise ReasonNeeded(_("Write what Channel Sales needs to know."))
    report = lock_report(report_id)
    check_step(report, State.ESCALATED, "escalate")
    add_comment(report_id, text=text, audience=Comment.Audience.VENDOR, by=by, at=at)
    report = lock_report(report_id)
    report.escalated_at = at
    move(report, State.ESCALATED, "escalate", at=at, fields=("escalated_at",))
    _publish(report, is_open=True, at=at)
    partner = require_partner()
    tell_staff(
        StaffEvent.REPORT,
        partner=partner,
        label=f"{report.number}, {report.subject}",
        path=f"/admin/p/{partner.slug}/support/problemreport/{report.pk}/change/",
        key=f"report-{report.pk}-{at.isoformat()}",
        at=at,
    )
    return report


def _publish(report: ProblemReport, *, is_open: bool, at: datetime) -> None:
    assert report.escalated_at is not None
    row = {
        "number": report.number,
        "customer_id": report.customer_id,
        "customer_name": report.customer.name,
        "customer_number": report.customer.number,
        "subject": report.subject,
        "severity": report.severity,
        "is_open": is_open,
        "escalated_at": report.escalated_at,
        "answered_at": None if is_open else at,
    }
    publish_report(partner=require_partner(), report_id=report.pk, row=row)


@transaction.atomic
def answer_by_vendor(report_id: UUID, *, text: str, name: str, at: datetime) -> ProblemReport:
    """Answer an escalated report as channel sales: ESCALATED -> IN_PROGRESS (ONB-19).

    The answer goes to the partner's people and never to the customer, in the vendor's name
    (CHAN-16).
    """
    if not text.strip():
        raise ReasonNeeded(_("Write the answer."))
    report = lock_report(report_id)
    check_step(report, State.IN_PROGRESS, "answer")
    add_comment(
        report_id,
        text=text,
        audience=Comment.Audience.VENDOR,
        by=None,
        at=at,
        origin=Origin(Comment.Side.VENDOR, name),
    )
    report = lock_report(report_id)
    move(report, State.IN_PROGRESS, "answer", at=at)
    _publish(report, is_open=False, at=at)
    people = people_of(report, at=at)
    comment = report.comments.order_by("-created_at").first()
    assert comment is not None
    shown = emails.answer_context(comment)
    for person in people:
        emails.to_person(
            report,
            "support/email/answer",
            person,
            key=f"vendor-{comment.pk}",
            at=at,
            context=shown,
            voice=Voice.VENDOR,
        )
    return report


@transaction.atomic
def take_back(report_id: UUID, *, by: Membership, at: datetime) -> ProblemReport:
    """Go on without channel sales' answer: ESCALATED -> IN_PROGRESS."""
    report = lock_report(report_id)
    if report.state != State.ESCALATED:
        raise WrongReportState(report, "start")
    move(report, State.IN_PROGRESS, "start", at=at)
    _publish(report, is_open=False, at=at)
    return report
