"""Reporting a problem: the row, and everybody who is told of it (ONB-18, REG-33)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Assignment, Contact, Customer, Site, System
from orders.models import Order, Service
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.core.links import new_secret, secret_hash
from portal.files.services import EVERYTHING, store_file
from portal.history.services import record
from portal.notices.services import notify
from portal.tenancy.context import local_day, require_partner
from support import emails
from support.models import ProblemReport, ReportRecipient, ReportWatcher
from support.queries import support_settings, watchers_of
from support.recipients import Recipients, recipients_of
from support.working_time import after_working_minutes


class NotOfThisCustomer(RuleError):
    """Refuse a site, order, service or contact of another customer (SAFE-02)."""

    def __init__(self, field: str) -> None:
        super().__init__(_("Choose something of this customer."), field=field)


class CustomerInactive(RuleError):
    """Refuse a report for a customer that was deactivated."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(
            _("%(customer)s is inactive. Reactivate it first.") % {"customer": customer.name}
        )


@dataclass(frozen=True)
class Problem:
    """What a person says of a problem."""

    subject: str
    description: str
    severity: str
    site: Site | None = None
    order: Order | None = None
    service: Service | None = None
    system: System | None = None
    # Who has the problem, if the partner reports it for somebody.
    contact: Contact | None = None
    channel: str = ProblemReport.Channel.PORTAL


def next_number(sequence: str, letter: str, at: datetime) -> str:
    """Return the next number of a sequence, like P2026-0001."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence])
        (value,) = cursor.fetchone()
    return f"{letter}{local_day(at):%Y}-{value:04d}"


def _check_parts(customer: Customer, problem: Problem) -> None:
    parts: dict[str, models.Model | None] = {
        "site": problem.site,
        "order": problem.order,
        "service": problem.service,
        "system": problem.system,
        "contact": problem.contact,
    }
    for field, part in parts.items():
        if part is not None and getattr(part, "customer_id", None) != customer.pk:
            raise NotOfThisCustomer(field)


def _reporter(problem: Problem, by: Membership | None, sender: tuple[str, str]) -> tuple[str, str]:
    """Return name and address of who has the problem, and gets the answers."""
    if problem.contact is not None:
        return problem.contact.full_name, problem.contact.email
    if by is not None:
        return by.shown_name, by.user.email
    return sender


@transaction.atomic
def report_problem(
    customer: Customer,
    problem: Problem,
    *,
    by: Membership | None,
    at: datetime,
    files: Sequence[UploadedFile[Any]] = (),
    report_id: UUID | None = None,
    sender: tuple[str, str] = ("", ""),
) -> ProblemReport:
    """Report a problem of a customer, and tell everybody who has to know (ONB-18).

    Each support contact whose address works gets one e-mail with a link that acknowledges it; the
    people responsible get a notification and an e-mail, and the partner's support address an
    e-mail; the vendor gets nothing (ONB-19). ``report_id`` comes from the form, so that the same
    form sent twice makes one report. ``by`` is None for a report that came by mail from ``sender``
    (name and address). Raise NotOfThisCustomer, CustomerInactive, FileRefused.
    """
    if report_id is not None:
        there = ProblemReport.objects.filter(pk=report_id).first()
        if there is not None and _same(there, customer, by):
            return there  # Sent twice: the first request made it.
        if there is not None:
            report_id = None
    if not customer.is_active:
        raise CustomerInactive(customer)
    _check_parts(customer, problem)
    report = _new(customer, problem, by=by, at=at, sender=sender, report_id=report_id)
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        won = ProblemReport.objects.get(pk=report.pk)
        if not _same(won, customer, by):
            raise
        return won
    _put_on(report)
    for upload in files:
        store_file(customer=customer, about=report, upload=upload, allowed=EVERYTHING, by=by, at=at)
    record(report, "report_made", customer_id=customer.pk, severity=report.severity)
    tell_all(report, by=by, at=at)
    return report


def _same(report: ProblemReport, customer: Customer, by: Membership | None) -> bool:
    return report.customer_id == customer.pk and report.created_by_id == (by.pk if by else None)


def _new(
    customer: Customer,
    problem: Problem,
    *,
    by: Membership | None,
    at: datetime,
    sender: tuple[str, str],
    report_id: UUID | None,
) -> ProblemReport:
    name, address = _reporter(problem, by, sender)
    settings = support_settings()
    minutes = settings.minutes_for(problem.severity)
    due = None
    if minutes:
        zone = require_partner().tz
        due = after_working_minutes(at, minutes, settings=settings, zone=zone)
    return ProblemReport(
        id=report_id or uuid4(),
        number=next_number("support_number", "P", at),
        customer=customer,
        subject=problem.subject,
        description=problem.description,
        severity=problem.severity,
        channel=problem.channel,
        site=problem.site,
        order=problem.order,
        service=problem.service,
        system=problem.system,
        contact=problem.contact,
        created_by=by,
        reporter_name=name[:150],
        reporter_email=address,
        created_at=at,
        changed_at=at,
        due_at=due,
    )


def _put_on(report: ProblemReport) -> None:
    """Put the people who are responsible for the customer now on the report (REG-17)."""
    people = Assignment.objects.filter(customer_id=report.customer_id)
    ReportWatcher.objects.bulk_create(
        ReportWatcher(report=report, membership_id=pk)
        for pk in people.values_list("membership_id", flat=True)
    )


def tell_all(report: ProblemReport, *, by: Membership | None, at: datetime) -> Recipients:
    """Tell support contacts, the people responsible, the support address and the reporter."""
    told = recipients_of(report.customer, at=at)
    for each in told.contacts:
        secret = new_secret()
        recipient = ReportRecipient.objects.create(
            report=report,
            customer=report.customer,
            contact=each.contact,
            name=each.contact.full_name,
            email=each.contact.email.lower(),
            roles=",".join(each.roles),
            token_hash=secret_hash(secret),
            created_at=at,
        )
        emails.to_contact(recipient, secret=secret, at=at)
    names = ", ".join(each.contact.full_name for each in told.contacts)
    told_addresses = {each.contact.email.casefold() for each in told.contacts}
    notify_people(report, "report_made", told.people, by=by, at=at, who=report.reporter_name)
    for person in told.people:
        if by is None or person.pk != by.pk:
            emails.to_person(
                report, "support/email/partner", person, key="made", at=at, context={"told": names}
            )
            told_addresses.add(person.user.email.casefold())
    if told.support_email.casefold() not in told_addresses:
        emails.to_support(
            report, "support/email/partner", key="made", at=at, context={"told": names}
        )
    _receipt(report, by=by, without=told_addresses, at=at)
    return told


def _receipt(
    report: ProblemReport, *, by: Membership | None, without: Iterable[str], at: datetime
) -> None:
    """Give the reporter a receipt, unless they are the partner's, or have a mail already."""
    from_partner = by is not None and by.customer_id is None and report.contact_id is None
    address = report.reporter_email
    if from_partner or not address or address.casefold() in set(without):
        return
    emails.to_customer(
        report,
        "support/email/receipt",
        to=address,
        name=report.reporter_name,
        key="receipt",
        at=at,
        language=by.user.language if by is not None and by.customer_id is not None else "",
    )


def people_of(report: ProblemReport, *, at: datetime) -> list[Membership]:
    """Return the partner's people who are told of what happens to a report (REG-21)."""
    return list(recipients_of(report.customer, also=_ids(report), at=at).people)


def people_about_report(report_id: UUID, at: datetime) -> list[Membership]:
    """Return whom the outbox tells of an e-mail about a report that did not arrive (OUT-36)."""
    report = ProblemReport.objects.select_related("customer").filter(pk=report_id).first()
    return people_of(report, at=at) if report is not None else []


def _ids(report: ProblemReport) -> set[UUID]:
    found = {UUID(str(pk)) for pk in watchers_of(report)}
    return found | ({report.handler_id} if report.handler_id else set())


def notify_people(
    report: ProblemReport,
    verb: str,
    people: Iterable[Membership],
    *,
    by: Membership | None,
    at: datetime,
    **details: object,
) -> None:
    """Notify people of the partner in the portal; not the one who did it."""
    url = reverse("support:report", "portal.urls", args=[report.pk])
    for person in people:
        if by is None or person.pk != by.pk:
            notify(
                person,
                verb,
                at=at,
                url=url,
                number=report.number,
                subject=report.subject,
                customer=report.customer.label,
                **details,
            )
