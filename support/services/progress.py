"""What becomes of a problem report: acknowledged, worked on, solved, closed (SM-REPORT)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.core.errors import RuleError, WrongState
from portal.history.services import record
from support import emails
from support.models import Comment, ProblemReport, ReportRecipient
from support.services.conversation import add_comment, customer_side, lock_report
from support.services.reporting import notify_people, people_of
from support.states import REOPEN_DAYS, WrongReportState, check_step, may_go

State = ProblemReport.State


class ReasonNeeded(RuleError):
    """Refuse an act without the words that it needs."""

    def __init__(self, words: str) -> None:
        super().__init__(words, field="text")


class TooLateToReopen(WrongState):
    """Refuse to open a report again that was resolved long ago."""

    def __init__(self) -> None:
        super().__init__(
            _("This was solved more than %(n)s days ago. Report the problem anew.")
            % {"n": REOPEN_DAYS}
        )


def save_with(report: ProblemReport, *fields: str, at: datetime) -> None:
    """Save fields of a report, with its version and when it changed."""
    report.touch(at)
    report.save(update_fields=[*fields, "version", "changed_at"])


def move(
    report: ProblemReport, to: str, action: str, *, at: datetime, fields: tuple[str, ...] = ()
) -> None:
    """Move a locked report to another state; ``fields`` are saved with it.

    Raise WrongReportState unless the machine has this step.
    """
    check_step(report, to, action)
    report.state = to
    save_with(report, "state", *fields, at=at)
    record(report, f"report_{to}", customer_id=report.customer_id)


@transaction.atomic
def acknowledge(
    report_id: UUID,
    *,
    by: Membership | None,
    at: datetime,
    recipient: ReportRecipient | None = None,
) -> ProblemReport:
    """Say that somebody is at it: NEW -> ACKNOWLEDGED.

    By a person with a place, or by the link of ``recipient``'s e-mail. The reporter is told by
    mail, the people by a notification. Raise WrongReportState.
    """
    report = lock_report(report_id)
    report.acknowledged_at = at
    name = recipient.name if recipient is not None else by.shown_name if by is not None else ""
    report.acknowledged_by = name[:150]
    fields: tuple[str, ...] = ("acknowledged_at", "acknowledged_by")
    if by is not None and by.customer_id is None and report.handler_id is None:
        report.handler = by
        fields = (*fields, "handler")
    move(report, State.ACKNOWLEDGED, "acknowledge", at=at, fields=fields)
    notify_people(report, "report_acknowledged", people_of(report, at=at), by=by, at=at, who=name)
    reporter = report.reporter_email.casefold()
    told = customer_side(report)
    is_same = recipient is not None and recipient.email.casefold() == reporter
    if reporter in told and not is_same:
        emails.to_customer(
            report,
            "support/email/acknowledged",
            to=reporter,
            name=report.reporter_name,
            key="ack",
            at=at,
        )
    return report


@transaction.atomic
def start_work(report_id: UUID, *, by: Membership, at: datetime) -> ProblemReport:
    """Take a report up, or take it up again: -> IN_PROGRESS; the person works on it."""
    report = lock_report(report_id)
    if report.state == State.RESOLVED:
        raise WrongReportState(report, "start")
    fields: tuple[str, ...] = ()
    if report.handler_id is None:
        report.handler = by
        fields = ("handler",)
    move(report, State.IN_PROGRESS, "start", at=at, fields=fields)
    return report


@transaction.atomic
def wait_for_customer(report_id: UUID, *, text: str, by: Membership, at: datetime) -> ProblemReport:
    """Ask the customer something and wait for the answer: IN_PROGRESS -> WAITING_CUSTOMER."""
    if not text.strip():
        raise ReasonNeeded(_("Write what you need to know from the customer."))
    report = lock_report(report_id)
    check_step(report, State.WAITING_CUSTOMER, "wait")
    add_comment(report_id, text=text, audience=Comment.Audience.EVERYBODY, by=by, at=at)
    report = lock_report(report_id)
    move(report, State.WAITING_CUSTOMER, "wait", at=at)
    return report


@transaction.atomic
def resolve(report_id: UUID, *, text: str, by: Membership, at: datetime) -> ProblemReport:
    """Say how it was solved: IN_PROGRESS -> RESOLVED; the customer's side is told by mail."""
    if not text.strip():
        raise ReasonNeeded(_("Write what solved it."))
    report = lock_report(report_id)
    report.solution, report.resolved_at = text.strip(), at
    report.closing_told_at = None
    move(
        report,
        State.RESOLVED,
        "resolve",
        at=at,
        fields=("solution", "resolved_at", "closing_told_at"),
    )
    if report.first_answer_at is None:
        report.first_answer_at = at
        report.save(update_fields=["first_answer_at"])
    for address, name in customer_side(report).items():
        key = f"resolved-{report.version}"
        emails.to_customer(
            report,
            "support/email/resolved",
            to=address,
            name=name,
            key=key,
            at=at,
            context={"days": REOPEN_DAYS},
        )
    notify_people(
        report, "report_resolved", people_of(report, at=at), by=by, at=at, who=by.shown_name
    )
    return report


def may_be_reopened(report: ProblemReport, *, at: datetime) -> bool:
    """Return whether a report is resolved, and for no longer than 14 days."""
    resolved = report.resolved_at
    if report.state != State.RESOLVED or resolved is None:
        return False
    return at <= resolved + timedelta(days=REOPEN_DAYS)


@transaction.atomic
def reopen(
    report_id: UUID,
    *,
    text: str,
    by: Membership | None,
    at: datetime,
    who: str = "",
    mailed: bool = False,
) -> ProblemReport:
    """Open a resolved report again, within 14 days: RESOLVED -> IN_PROGRESS.

    The people get an e-mail of it, unless it was ``mailed`` with the answer that opened it.
    """
    report = lock_report(report_id)
    if report.state != State.RESOLVED:
        raise WrongReportState(report, "reopen")
    if not may_be_reopened(report, at=at):
        raise TooLateToReopen
    name = by.shown_name if by is not None else who
    move(report, State.IN_PROGRESS, "reopen", at=at)
    record(report, "report_reopened", customer_id=report.customer_id, reason=text[:500])
    people = people_of(report, at=at)
    notify_people(report, "report_reopened", people, by=by, at=at, who=name)
    key = f"reopened-{report.version}"
    for person in [] if mailed else people:
        if by is None or person.pk != by.pk:
            emails.to_person(
                report,
                "support/email/reopened",
                person,
                key=key,
                at=at,
                context={"who": name, "reason": text},
            )
    return report


@transaction.atomic
def close(report_id: UUID, *, at: datetime) -> ProblemReport:
    """Close a resolved report for good: RESOLVED -> CLOSED."""
    report = lock_report(report_id)
    report.closed_at = at
    move(report, State.CLOSED, "close", at=at, fields=("closed_at",))
    return report


@transaction.atomic
def cancel(report_id: UUID, *, text: str, by: Membership, at: datetime) -> ProblemReport:
    """Withdraw a report, with the reason: NEW, ACKNOWLEDGED or IN_PROGRESS -> CANCELLED."""
    if not text.strip():
        raise ReasonNeeded(_("Write why."))
    report = lock_report(report_id)
    check_step(report, State.CANCELLED, "cancel")
    # Only while it is open can something be said about it.
    add_comment(report_id, text=text, audience=Comment.Audience.EVERYBODY, by=by, at=at)
    report = lock_report(report_id)
    move(report, State.CANCELLED, "cancel", at=at)
    return report


def possible(report: ProblemReport, person: Membership) -> dict[str, bool]:
    """Return what a person of the partner may do with a report now."""
    works = person.may("change_report")
    state = report.state
    return {
        "acknowledge": works and state == State.NEW,
        "start": works and state in (State.ACKNOWLEDGED, State.WAITING_CUSTOMER),
        "take_back": works and state == State.ESCALATED,
        "wait": works and may_go(report, State.WAITING_CUSTOMER),
        "resolve": works and may_go(report, State.RESOLVED),
        "close": works and state == State.RESOLVED,
        "reopen": works and state == State.RESOLVED,
        "cancel": works and may_go(report, State.CANCELLED),
        "merge": works and may_go(report, State.CANCELLED),
        "assign": works and report.is_open,
        "escalate": person.may("escalate_report") and may_go(report, State.ESCALATED),
        "answer": works and state not in (State.CLOSED, State.CANCELLED),
        "convert": works
        and state in (State.ACKNOWLEDGED, State.IN_PROGRESS)
        and report.work_order_id is None,
    }
