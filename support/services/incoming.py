"""What comes in by mail: an answer to a report, or a new problem (OUT-33, OUT-37).

Who may answer for whom is decided by the address that was written to, which only its recipient
knows, and by the sender.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from customers.models import Contact, Customer
from portal.accounts.models import Membership
from portal.core.actor import acting
from portal.outbox.answering import Outcome
from portal.outbox.mail.message import Mail
from portal.outbox.models import InboundEmail, ReplyAddress
from portal.tenancy.context import require_partner
from support.models import Comment, ProblemReport
from support.recipients import support_email
from support.services.conversation import Origin, add_comment, lock_report
from support.services.mail_content import fitting, taken_files, with_left_out
from support.services.progress import reopen
from support.services.reporting import Problem, report_problem
from support.states import REOPEN_DAYS

Reason, Side, State = InboundEmail.Reason, Comment.Side, ProblemReport.State

LONGEST_ANSWER = 20_000
LONGEST_PROBLEM = 10_000
LONGEST_QUOTE = 20_000
MERGES = 5


@dataclass(frozen=True)
class Author:
    """Who wrote a message, and for which side."""

    side: str
    person: Membership | None
    name: str
    address: str


def take_answer(mail: Mail, address: ReplyAddress, row: InboundEmail, *, at: datetime) -> Outcome:
    """Make an answer that came by mail a comment of its report, with its files.

    It waits for a person if it came from another sender than the one who was written to, if the
    sender may not answer, or if the report is closed or was solved more than 14 days ago.
    """
    report = _report_of(address.about_id)
    if report is None:
        return Outcome(reason=Reason.GONE)
    author, reason = _author(mail, address, report)
    if author is None:
        return Outcome(report, report.label, reason)
    if not may_be_answered(report, at=at):
        return Outcome(report, report.label, Reason.GONE)
    add_answer(report, mail, author, inbound_id=row.pk, at=at)
    return Outcome(report, report.label)


def _report_of(report_id: UUID) -> ProblemReport | None:
    """Return a report, or the one that it was merged into."""
    report = ProblemReport.objects.filter(pk=report_id).first()
    for _number in range(MERGES):
        if report is None or report.merged_into is None:
            break
        report = report.merged_into
    return lock_report(report.pk) if report is not None else None


def may_be_answered(report: ProblemReport, *, at: datetime) -> bool:
    """Return whether an answer by mail is still taken: it is open, or was solved lately."""
    if report.state == State.RESOLVED:
        assert report.resolved_at is not None
        return at <= report.resolved_at + timedelta(days=REOPEN_DAYS)
    return report.is_open


def people_with(address: str) -> list[Membership]:
    """Return the places that people with this address have at the partner and its customers."""
    partner = require_partner()
    found = Membership.objects.for_partner(partner).filter(
        user__email__iexact=address, user__is_active=True, state=Membership.State.ACTIVE
    )
    people = list(found.select_related("user", "role"))
    for person in people:
        person.partner = partner
    return people


def _author(mail: Mail, address: ReplyAddress, report: ProblemReport) -> tuple[Author | None, str]:
    """Return who answered; or None, and why a person has to decide.

    The address is the recipient's secret, the sender is not: whoever got the customer's mail could
    write a name of the partner's people above it. So these answer by their own addresses only.
    """
    sender = mail.from_address
    people = people_with(sender)
    theirs = [each for each in people if each.customer_id == report.customer_id]
    ours = [each for each in people if each.customer_id is None]
    if ours and _is_partners(address):
        person = ours[0]
        sees = ProblemReport.objects.visible_to(person).filter(pk=report.pk).exists()
        if not (person.may("change_report") and sees):
            return None, Reason.NO_RIGHT
        return Author(Side.PARTNER, person, person.shown_name, sender), ""
    if theirs:
        return Author(Side.CUSTOMER, theirs[0], theirs[0].shown_name, sender), ""
    if ours or not sender or sender.casefold() != address.recipient.casefold():
        return None, Reason.OTHER_SENDER
    is_support = sender.casefold() == support_email().casefold()
    name = mail.from_name or sender
    return Author(Side.PARTNER if is_support else Side.CUSTOMER, None, name, sender), ""


def _is_partners(address: ReplyAddress) -> bool:
    """Return whether an address was given to the partner's people or its support address."""
    if address.recipient.casefold() == support_email().casefold():
        return True
    return any(each.customer_id is None for each in people_with(address.recipient))


def add_answer(
    report: ProblemReport, mail: Mail, author: Author, *, inbound_id: UUID, at: datetime
) -> Comment:
    """Write an answer that came by mail; one of the customer opens a solved report again."""
    files, left_out = taken_files(mail, report.customer)
    text, more = fitting(mail.text, LONGEST_ANSWER)
    reopens = author.side == Side.CUSTOMER and report.state == State.RESOLVED
    actor = acting(author.person.user) if author.person is not None else nullcontext()
    with actor:
        comment = add_comment(
            report.pk,
            text=with_left_out(text, left_out, mail.cut_size),
            audience=Comment.Audience.EVERYBODY,
            by=author.person,
            origin=Origin(
                side=author.side,
                name=author.name,
                address=author.address,
                quoted=mail.quoted[:LONGEST_QUOTE],
                inbound_id=inbound_id,
                reopens=reopens,
            ),
            files=[*files, *more],
            at=at,
        )
        if reopens:
            who, words = author.name, mail.text[:1_000]
            reopen(report.pk, text=words, by=author.person, who=who, mailed=True, at=at)
    return comment


def take_new_problem(mail: Mail, row: InboundEmail, *, at: datetime) -> Outcome:
    """Make a mail to the partner's own address a problem report of the sender's customer.

    It waits for a person unless exactly one active customer knows the sender.
    """
    customers = customers_knowing(mail.from_address)
    if len(customers) != 1 or not customers[0].is_active:
        return Outcome(reason=Reason.UNKNOWN_SENDER)
    report = report_by_mail(customers[0], mail, at=at)
    return Outcome(report, report.label)


def customers_knowing(address: str) -> list[Customer]:
    """Return the customers that have a contact or a user with this address, at most ten."""
    if not address:
        return []
    ids = set(
        Contact.objects.filter(email__iexact=address, erased_at=None, left_at=None).values_list(
            "customer_id", flat=True
        )
    )
    ids |= {each.customer_id for each in people_with(address) if each.customer_id is not None}
    return list(Customer.objects.filter(pk__in=ids).order_by("name", "pk")[:10])


def report_by_mail(
    customer: Customer, mail: Mail, *, at: datetime, subject: str = "", severity: str = ""
) -> ProblemReport:
    """Report what a mail says as a problem of a customer; the sender gets the answers."""
    files, left_out = taken_files(mail, customer)
    text, more = fitting(mail.whole, LONGEST_PROBLEM)
    people = [each for each in people_with(mail.from_address) if each.customer_id == customer.pk]
    contacts = Contact.objects.filter(
        customer=customer, email__iexact=mail.from_address, erased_at=None, left_at=None
    )
    title = subject or mail.subject or _("E-mail from %s") % (mail.from_name or mail.from_address)
    problem = Problem(
        subject=title[:150],
        description=with_left_out(text, left_out, mail.cut_size) or title,
        severity=severity or ProblemReport.Severity.MINOR,
        contact=None if people else contacts.order_by("created_at", "pk").first(),
        channel=ProblemReport.Channel.MAIL,
    )
    sender = (mail.from_name or mail.from_address, _working(mail.from_address))
    return report_problem(
        customer,
        problem,
        by=people[0] if people else None,
        sender=sender,
        files=[*files, *more],
        at=at,
    )


def _working(address: str) -> str:
    """Return an address that answers can be sent to, or nothing."""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address
