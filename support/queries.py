"""Reading problem reports for pages, and the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models
from django.db.models import Count, Q, QuerySet

from customers.models import Customer, seen_sql
from portal.accounts.models import Membership
from portal.core.listing import COUNTED
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


# The counters of the menu, each up to one more than is counted; ``{seen}`` is who sees the row.
_NEW_REPORTS = f"""
    SELECT 'new', COUNT(*) FROM (
        SELECT 1 FROM {ProblemReport._meta.db_table} r WHERE r.state = %s AND {{seen}} LIMIT %s
    ) counted
"""  # noqa: S608  names of our own tables
_WAITING_MAILS = f"""
    UNION ALL SELECT 'mails', COUNT(*) FROM (
        SELECT 1 FROM {InboundEmail._meta.db_table} r
        WHERE r.partner_id = %s AND r.state = %s AND (r.customer_id IS NULL OR {{seen}}) LIMIT %s
    ) counted
"""  # noqa: S608  names of our own tables
_SEEN = f"EXISTS (SELECT 1 FROM {Customer._meta.db_table} c WHERE c.id = r.customer_id AND {{}})"  # noqa: S608


def reports_waiting(person: Membership) -> tuple[int, int]:
    """Return the counters of the menu, in one statement.

    How many reports nobody has acknowledged yet (REG-33), and how many received e-mails wait for a
    person, for those who may do something about them (OUT-38). They are of those whom the person
    sees, as by ``visible_to`` and ``received_for``. Every page has the menu, so the statement is
    not built by the ORM.
    """
    if not person.may("view_report"):
        return 0, 0
    visible, ids = seen_sql(person)
    seen = visible if visible == "TRUE" else _SEEN.format(visible)
    sql = _NEW_REPORTS.format(seen=seen)
    values = [ProblemReport.State.NEW.value, *ids, COUNTED + 1]
    if person.may("change_report"):
        sql += _WAITING_MAILS.format(seen=seen)
        state = InboundEmail.State.WAITING.value
        values += [person.partner_id, state, *ids, COUNTED + 1]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = dict(cursor.fetchall())
    return found["new"], found.get("mails", 0)


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
