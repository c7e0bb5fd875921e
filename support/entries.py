"""Reports, visits and received e-mail on the home page (ONB-24)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Left, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.formats import day
from portal.outbox.models import InboundEmail
from portal.tenancy.context import local_day
from portal.tenancy.entries import Entries
from support.models import ProblemReport, ServiceReport
from support.models.report import ReportQuerySet
from support.models.service_report import ServiceReportQuerySet
from support.queries import state_labels
from support.states import CSS

S, W = ProblemReport.State, ServiceReport.State


def _url(pk: UUID) -> str:
    return reverse("support:report", args=[pk])


def _severity(value: str) -> str:
    return str(ProblemReport.Severity(value).label).partition(" – ")[0]


def waiting_reports(
    person: Membership, found: ReportQuerySet, query: str, *, now: datetime
) -> list[Entries]:
    """Return the reports that nobody has acknowledged, and those that the person works on or that
    nobody does.

    ``found`` are the visible reports that the page is about; ``query`` narrows a list's address to
    them.
    """
    if not (person.may("view_report") and person.may("change_report")):
        return []
    address = reverse("support:list")
    urgent = Q(due_at__lt=now) | Q(severity=ProblemReport.Severity.CRITICAL)
    at_work = found.filter(state__in=(S.ACKNOWLEDGED, S.IN_PROGRESS), work_order=None)
    return [
        Entries(
            "reports_new",
            _("New problem report"),
            "alert-triangle",
            found.filter(state=S.NEW),
            ("severity", "created_at"),
            _url,
            _("Acknowledge"),
            _("new problem reports"),
            f"{address}?state=new{query}",
            rank=Case(When(urgent, then=Value(0)), default=Value(4)),
            title="subject",
            detail="severity",
            since="created_at",
            words=_severity,
        ),
        Entries(
            "reports_mine",
            _("Problem report"),
            "tool",
            at_work.filter(Q(handler=person) | Q(handler=None)),
            ("severity", "created_at"),
            _url,
            _("Work on it"),
            _("problem reports to work on"),
            f"{address}?on=me{query}",
            rank=Case(
                When(severity=ProblemReport.Severity.CRITICAL, then=Value(2)), default=Value(5)
            ),
            title="subject",
            detail="severity",
            since="created_at",
            words=_severity,
        ),
    ]


def _planned(raw: str) -> str:
    return _("planned for %s") % day(date.fromisoformat(raw)) if raw else _("without a date")


def waiting_visits(
    person: Membership, found: ServiceReportQuerySet, query: str, *, now: datetime
) -> list[Entries]:
    """Return the visits that the person has to make or to write up, the soonest first."""
    if not (person.may("view_report") and person.may("change_report")):
        return []
    due = When(planned_for__lte=local_day(now), then=Value(2))
    return [
        Entries(
            "visits",
            _("Visit"),
            "calendar",
            found.filter(technician=person, state__in=(W.PLANNED, W.DRAFT)),
            (F("planned_for").asc(nulls_last=True), "created_at"),
            lambda pk: reverse("service:work", args=[pk]),
            _("Open the visit"),
            _("visits"),
            reverse("service:list") + f"?technician=me{query}",
            rank=Case(due, When(state=W.DRAFT, then=Value(2)), default=Value(8)),
            title=Coalesce(NullIf(Left("task", 90), Value("")), "number"),
            detail=Cast("planned_for", TextField()),
            words=_planned,
        )
    ]


def waiting_mail(found: QuerySet[InboundEmail]) -> Entries:
    """Return the received e-mails that wait for a person (OUT-38)."""
    customer = Customer.objects.filter(pk=OuterRef("customer_id"))
    return Entries(
        "received",
        _("Received e-mail"),
        "mail",
        found.filter(state=InboundEmail.State.WAITING),
        ("received_at",),
        lambda pk: reverse("support:received_page", args=[pk]),
        _("Decide on it"),
        _("received e-mails"),
        reverse("support:received"),
        rank=4,
        title=Coalesce(NullIf("subject", Value("")), "from_address"),
        detail="from_address",
        since="received_at",
        customer=(Subquery(customer.values("name")), Subquery(customer.values("number"))),
    )


def changed_reports(found: ReportQuerySet) -> Entries:
    """Return the problem reports by their last change, in the partner's words."""
    labels: dict[str, str] = {}

    def sign(state: str) -> tuple[str, str]:
        # Asked for only where there are reports.
        labels.update({} if labels else state_labels())
        return CSS[state], labels[state]

    return Entries(
        "report",
        _("Problem report"),
        "tool",
        found,
        ("-changed_at",),
        _url,
        title="subject",
        detail="state",
        sign=sign,
    )
