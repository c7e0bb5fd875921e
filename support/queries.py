"""Reading problem reports for pages, and the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Count, Q, QuerySet

from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.listing import counts_up_to
from portal.files.models import Attachment
from portal.outbox.models import InboundEmail
from support.models import Comment, ProblemReport, ReportWatcher, StateLabel, SupportSettings
from support.models.report import ReportQuerySet


def support_settings() -> SupportSettings:
    """Return the partner's settings of problem reports; they are made when first asked for."""
    return SupportSettings.objects.first() or SupportSettings.objects.get_or_create()[0]


def state_labels() -> dict[str, str]:
    """Return what the partner calls each state of a report (REG-33), by the state."""
    own = dict(StateLabel.objects.values_list("state", "label"))
    return {state.value: own.get(state.value) or str(state.label) for state in ProblemReport.State}


def reports_waiting(person: Membership) -> tuple[int, int]:
    """Return the counters of the menu, in one statement.

    How many reports nobody has acknowledged yet (REG-33), and how many received e-mails wait for a
    person, for those who may do something about them (OUT-38).
    """
    new = ProblemReport.objects.visible_to(person).filter(state=ProblemReport.State.NEW)
    mails = received_for(person) if person.may("change_report") else InboundEmail.unscoped.none()
    reports, waiting = counts_up_to([new, mails.filter(state=InboundEmail.State.WAITING)])
    return reports, waiting


def received_for(person: Membership) -> QuerySet[InboundEmail]:
    """Return the received e-mails that a person of the partner may see.

    Those about a customer are for whoever sees the customer; of the others it is not known whose
    they are.
    """
    rows = InboundEmail.objects.for_partner(person.partner)
    if person.may("view_customer"):
        return rows
    visible = Customer.objects.visible_to(person).values("pk")
    return rows.filter(Q(customer_id=None) | Q(customer_id__in=visible))


def watchers_of(report: ProblemReport) -> set[object]:
    """Return the ids of the people who were put on a report."""
    rows = ReportWatcher.objects.filter(report=report)
    return set(rows.values_list("membership_id", flat=True))


def report_files(report: ProblemReport, comments: Iterable[Comment]) -> models.QuerySet[Attachment]:
    """Return the files of a report, and those of these comments on it."""
    ids = [report.pk, *(comment.pk for comment in comments)]
    labels = (report._meta.label_lower, Comment._meta.label_lower)
    return Attachment.objects.filter(
        customer_id=report.customer_id, about_model__in=labels, about_id__in=ids
    )


@dataclass(frozen=True)
class Figures:
    """The open reports that a person sees, counted (REG-33)."""

    by_severity: Mapping[str, int]
    waiting_for_us: int
    waiting_for_customer: int
    waiting_for_vendor: int
    overdue: int

    @property
    def total(self) -> int:
        return sum(self.by_severity.values())


def figures_of(reports: ReportQuerySet, *, now: datetime) -> Figures:
    """Return the figures of these reports for the dashboard, in one statement."""
    states = ProblemReport.State
    late = Q(state=states.NEW, due_at__lt=now)
    counts = {
        f"severity_{value}": Count("pk", filter=Q(severity=value))
        for value in ProblemReport.Severity.values
    }
    found = reports.open().aggregate(
        customer=Count("pk", filter=Q(state=states.WAITING_CUSTOMER)),
        vendor=Count("pk", filter=Q(state=states.ESCALATED)),
        every=Count("pk"),
        overdue=Count("pk", filter=late),
        **counts,
    )
    return Figures(
        by_severity={value: found[f"severity_{value}"] for value in ProblemReport.Severity.values},
        waiting_for_us=found["every"] - found["customer"] - found["vendor"],
        waiting_for_customer=found["customer"],
        waiting_for_vendor=found["vendor"],
        overdue=found["overdue"],
    )
