"""Playing the problem reports of the demo through their own services, in the past."""

from __future__ import annotations

from datetime import datetime, timedelta

from customers.models import Contact, Customer, SupportContact
from customers.services import set_support_roles
from dev.demo.orders import working_days_ago
from dev.demo.problems import PROBLEMS, Problem, Step
from portal.accounts.models import Membership
from portal.core.actor import acting, dated
from support.models import Comment, ProblemReport
from support.services import handing_over, progress
from support.services.conversation import add_comment
from support.services.reporting import Problem as Said
from support.services.reporting import report_problem

Role = SupportContact.Role


def _contacts(customer: Customer) -> list[Contact]:
    return list(customer.present_contacts().order_by("created_at", "pk"))


def _name_support_contacts(customers: dict[str, Customer], *, at: datetime) -> None:
    """Make the first contact of each customer with two the administrator on site, and so on."""
    for customer in customers.values():
        people = _contacts(customer)
        if customer.is_own_company or customer.is_residential or not people:
            continue
        with dated(at):
            set_support_roles(people[-1], [Role.MAINTAINER], at=at)
            first = [Role.ON_SITE] if len(people) > 1 else [Role.MAINTAINER, Role.ON_SITE]
            set_support_roles(people[0], first, at=at)


def load_reports(
    slug: str, customers: dict[str, Customer], people: dict[str, Membership], *, now: datetime
) -> None:
    """Load the reports of one partner, in that partner's context."""
    _name_support_contacts(customers, at=now - timedelta(days=90))
    partner = next(iter(people.values())).partner
    for row in sorted(PROBLEMS[slug], key=lambda each: (-each.days, each.hour)):
        customer = customers[row.customer]
        contacts = _contacts(customer)
        users = Membership.objects.users_of(partner, customer.pk).select_related("user", "role")
        everybody = {**people, **{user.user.email: user for user in users}}
        by = everybody[row.by]
        by.partner = partner
        report, at = _make(row, customer, contacts, by, now=now)
        for step in row.steps:
            moment = min(at + timedelta(minutes=step.after), now - timedelta(minutes=2))
            _play(report, step, everybody, contacts, at=moment)


def _make(
    row: Problem, customer: Customer, contacts: list[Contact], by: Membership, *, now: datetime
) -> tuple[ProblemReport, datetime]:
    day = working_days_ago(now, row.days)
    at = datetime.combine(day, datetime.min.time(), now.tzinfo).replace(hour=row.hour, minute=7)
    at = min(at, now - timedelta(minutes=75))
    said = Said(
        subject=row.subject,
        description=row.description,
        severity=row.severity,
        site=customer.sites.order_by("name").first(),
        contact=contacts[row.contact % len(contacts)] if row.contact is not None else None,
        channel=row.channel,
    )
    with acting(by.user), dated(at):
        return report_problem(customer, said, by=by, at=at), at


def _play(
    report: ProblemReport,
    step: Step,
    people: dict[str, Membership],
    contacts: list[Contact],
    *,
    at: datetime,
) -> None:
    if step.by.startswith("contact"):
        contact = contacts[int(step.by.split()[1]) % len(contacts)]
        recipient = report.recipients.filter(email__iexact=contact.email).first()
        assert recipient is not None
        with dated(at):
            progress.acknowledge(report.pk, by=None, at=at, recipient=recipient)
        return
    by = people[step.by]
    with acting(by.user), dated(at):
        if step.act in ("answer", "note"):
            note = step.act == "note"
            audience = Comment.Audience.PARTNER if note else Comment.Audience.EVERYBODY
            add_comment(report.pk, text=step.text, audience=audience, by=by, at=at)
        elif step.act == "close":
            progress.close(report.pk, at=at)
        elif step.act in ("acknowledge", "start"):
            {"acknowledge": progress.acknowledge, "start": progress.start_work}[step.act](
                report.pk, by=by, at=at
            )
        else:
            acts = {
                "wait": progress.wait_for_customer,
                "resolve": progress.resolve,
                "cancel": progress.cancel,
                "escalate": handing_over.escalate,
            }
            acts[step.act](report.pk, text=step.text, by=by, at=at)
