"""What a person decides about a received e-mail: an answer, a new report, or nothing (OUT-38)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.models import Customer
from portal.accounts.models import Membership
from portal.outbox.mail.message import Mail, MailFile, read_mail
from portal.outbox.models import InboundEmail
from portal.outbox.settling import State, lock_unsettled, note_about, settle
from support.models import Comment, ProblemReport
from support.services.conversation import lock_report
from support.services.incoming import (
    Author,
    add_answer,
    may_be_answered,
    people_with,
    report_by_mail,
)
from support.states import WrongReportState


def mail_of(row: InboundEmail) -> Mail:
    """Return what a message says that is still kept."""
    raw = bytes(row.raw or b"")
    mail = read_mail(raw)
    if row.size > len(raw):
        names = (*mail.left_out, *(each.name for each in mail.files))
        mail = replace(mail, files=(), left_out=names, cut_size=row.size)
    return mail


def _to_keep(row: InboundEmail) -> Mail:
    """Return a message to be taken over; one that cannot be read comes along as it is."""
    mail = mail_of(row)
    if mail.is_encrypted or mail.is_broken or not (mail.text or mail.files or mail.left_out):
        source = MailFile("message.eml.txt", bytes(row.raw or b""))
        text = mail.text or mail.whole or row.subject or row.from_address or "–"
        mail = replace(mail, text=text, whole=mail.whole or text, files=(*mail.files, source))
    return replace(
        mail,
        from_address=mail.from_address or row.from_address,
        from_name=mail.from_name or row.from_name,
    )


def _author(mail: Mail, report: ProblemReport) -> Author:
    """Return who wrote it: one of the partner's people, or somebody of the customer."""
    people = people_with(mail.from_address)
    ours = next((each for each in people if each.customer_id is None), None)
    theirs = next((each for each in people if each.customer_id == report.customer_id), None)
    side = Comment.Side.PARTNER if ours is not None else Comment.Side.CUSTOMER
    person = ours or theirs
    name = person.shown_name if person is not None else mail.from_name or mail.from_address
    return Author(side, person, name or "–", mail.from_address)


@transaction.atomic
def take_as_answer(
    row_id: UUID, *, report: ProblemReport, by: Membership, at: datetime
) -> InboundEmail:
    """Make a message an answer to a report, in its sender's name.

    Raise AlreadySettled, or WrongReportState for a report that takes no answers any more.
    """
    row = lock_unsettled(row_id)
    locked = lock_report(report.pk)
    if not may_be_answered(locked, at=at):
        raise WrongReportState(locked, "answer")
    mail = _to_keep(row)
    add_answer(locked, mail, _author(mail, locked), inbound_id=row.pk, at=at)
    note_about(row, locked, locked.label)
    settle(row, State.HANDLED, at=at, by=by.shown_name)
    return row


@transaction.atomic
def take_as_report(
    row_id: UUID,
    *,
    customer: Customer,
    subject: str,
    severity: str,
    by: Membership,
    at: datetime,
) -> ProblemReport:
    """Report what a message says as a problem of a customer; the sender gets the answers.

    Raise AlreadySettled, CustomerInactive.
    """
    row = lock_unsettled(row_id)
    mail = _to_keep(row)
    if not (mail.from_address or mail.from_name):
        mail = replace(mail, from_name=by.shown_name)
    report = report_by_mail(customer, mail, at=at, subject=subject, severity=severity)
    note_about(row, report, report.label)
    settle(row, State.HANDLED, at=at, by=by.shown_name)
    return report
