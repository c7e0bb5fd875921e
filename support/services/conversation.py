"""Answers and notes about a problem report: nobody's is ever lost (REG-33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.files.models import Attachment
from portal.files.services import store_file
from portal.history.services import record
from support import emails
from support.models import Comment, ProblemReport
from support.recipients import support_email
from support.services.reporting import notify_people, people_of
from support.states import WrongReportState

Audience, Side, State = Comment.Audience, Comment.Side, ProblemReport.State


class SayWhat(RuleError):
    """Refuse an answer without a word and without a file."""

    def __init__(self) -> None:
        super().__init__(_("Write an answer, or add a file."), field="text")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer comes from that was not written at the report's page, and whose it is.

    The e-mail about one that ``reopens`` a resolved report says so.
    """

    side: str
    name: str = ""
    address: str = ""
    quoted: str = ""
    inbound_id: UUID | None = None
    reopens: bool = False


def _from_page(by: Membership | None) -> Origin:
    return Origin(Side.CUSTOMER if by is not None and by.customer_id else Side.PARTNER)


def lock_report(report_id: UUID) -> ProblemReport:
    """Return the report's row, locked to the end of the transaction."""
    return (
        ProblemReport.objects.select_for_update(of=("self",))
        .select_related("customer", "site", "service__product", "order", "system")
        .get(pk=report_id)
    )


@transaction.atomic
def add_comment(
    report_id: UUID,
    *,
    text: str,
    audience: str,
    by: Membership | None,
    at: datetime,
    files: Sequence[UploadedFile[Any]] = (),
    origin: Origin | None = None,
) -> Comment:
    """Say something about a report, and tell the other side by e-mail.

    An answer of the partner goes to the reporter and to the support contacts who got the report,
    one of the customer to the partner's people. A note stays among the partner's people, talk with
    the vendor between the two; neither ever goes to the customer. ``by`` is None where nobody
    signed in wrote it, and ``origin`` says who did. The first answer of the partner is noted; an
    answer of the customer to a waiting report sets it back to work. Raise SayWhat for nothing,
    WrongReportState for a closed report, FileRefused.
    """
    report = lock_report(report_id)
    if report.state in (State.CLOSED, State.CANCELLED):
        raise WrongReportState(report, "answer")
    if not text.strip() and not files:
        raise SayWhat
    origin = origin or _from_page(by)
    comment = Comment.objects.create(
        report=report,
        customer=report.customer,
        audience=audience,
        side=origin.side,
        text=text.strip(),
        quoted=origin.quoted,
        author=by,
        author_name=(by.shown_name if by is not None else origin.name or origin.address)[:150],
        author_email=by.user.email if by is not None else origin.address,
        inbound_id=origin.inbound_id,
        created_at=at,
    )
    stored = [
        store_file(customer=report.customer, about=comment, upload=upload, by=by, at=at)
        for upload in files
    ]
    _moved_by(report, comment, at=at)
    record(report, f"report_{audience}_{origin.side}", customer_id=report.customer_id)
    _tell(report, comment, stored, by=by, reopens=origin.reopens, at=at)
    return comment


def _moved_by(report: ProblemReport, comment: Comment, *, at: datetime) -> None:
    """Note what an answer does to the report."""
    fields = ["version", "changed_at"]
    if comment.audience == Audience.EVERYBODY:
        if comment.side == Side.PARTNER and report.first_answer_at is None:
            report.first_answer_at = at
            fields.append("first_answer_at")
        if comment.side == Side.CUSTOMER and report.state == State.WAITING_CUSTOMER:
            report.state = State.IN_PROGRESS
            fields.append("state")
    report.touch(at)
    report.save(update_fields=fields)


def _tell(
    report: ProblemReport,
    comment: Comment,
    files: Sequence[Attachment],
    *,
    by: Membership | None,
    reopens: bool,
    at: datetime,
) -> None:
    people = people_of(report, at=at)
    verb = {
        Audience.EVERYBODY: "report_answered",
        Audience.PARTNER: "report_noted",
        Audience.VENDOR: "report_vendor",
    }[Audience(comment.audience)]
    notify_people(report, verb, people, by=by, at=at, who=comment.author_name)
    if comment.audience != Audience.EVERYBODY:
        return
    key = f"answer-{comment.pk}"
    shown = {
        **emails.answer_context(comment),
        "files": ", ".join(each.name for each in files),
        "reopens": reopens,
    }
    if comment.side == Side.CUSTOMER:
        told = {comment.author_email.casefold()}
        for person in people:
            if person.user.email.casefold() not in told:
                emails.to_person(
                    report, "support/email/answer", person, key=key, at=at, context=shown
                )
                told.add(person.user.email.casefold())
        if support_email().casefold() not in told:
            emails.to_support(report, "support/email/answer", key=key, at=at, context=shown)
        return
    for address, name in customer_side(report).items():
        if address != comment.author_email.casefold():
            emails.to_customer(
                report, "support/email/answer", to=address, name=name, key=key, at=at, context=shown
            )


def customer_side(report: ProblemReport) -> dict[str, str]:
    """Return who of the customer is told what becomes of a report: names by address, each once.

    The reporter, unless it is one of the partner's own people, and the support contacts who got it
    and still have a role in support.
    """
    found: dict[str, str] = {}
    ours = report.created_by_id is not None and report.contact_id is None
    mine = ours and report.created_by is not None and report.created_by.customer_id is None
    if report.reporter_email and not mine:
        found[report.reporter_email.casefold()] = report.reporter_name
    rows = report.recipients.filter(
        contact__support_roles__isnull=False,
        contact__bounced_at=None,
        contact__erased_at=None,
    )
    for recipient in rows.select_related("contact").order_by("created_at", "pk").distinct():
        assert recipient.contact is not None
        found.setdefault(recipient.contact.email.casefold(), recipient.contact.full_name)
    return found


def answered_meanwhile(report: ProblemReport, *, since: datetime, but: Membership) -> str:
    """Return who else wrote after a moment, for the person who wrote at the same time; or ""."""
    others = report.comments.filter(created_at__gt=since).exclude(author=but)
    names = sorted(set(others.values_list("author_name", flat=True)))
    if not names:
        return ""
    return _("%(names)s wrote at the same time. Read it below.") % {"names": ", ".join(names)}
