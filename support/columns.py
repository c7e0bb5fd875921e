"""The columns of the list of problem reports (REG-45)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import CharField, F
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, Collate, NullIf
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from portal.core.list_columns import Column, Detail, annotated
from portal.tenancy.context import local_day
from support.models import ProblemReport
from support.queries import state_labels
from support.states import CSS, SEVERITY_CSS

# All that the columns read of a row.
FIELDS = (
    *("partner_id", "number", "subject", "severity", "state", "reporter_name", "created_at"),
    *("acknowledged_at", "first_answer_at", "resolved_at", "changed_at", "due_at"),
    *("customer__partner_id", "customer__name", "customer__number", "customer__sort_key"),
)


def handler_name() -> Coalesce:
    """Return the name of who works on a report, or their address."""
    name = NullIf("handler__user__name", Constant(""))
    return Coalesce(name, "handler__user__email", output_field=CharField())


def _on(at: datetime | None) -> date | None:
    return local_day(at) if at is not None else None


def report_columns(*, now: datetime) -> list[Column[ProblemReport]]:
    """Return every column."""
    return [*_what(), *_how_far(now), *_moments()]


def _what() -> list[Column[ProblemReport]]:
    severities = {
        value: str(label).partition(" – ")[0] for value, label in ProblemReport.Severity.choices
    }
    return [
        Column(
            "number",
            _("Report"),
            lambda report, names: report.subject,
            ("created_at",),
            always=True,
            width=32,
            url=lambda report, names: f"/reports/{report.pk}/",
            detail=Detail(_("Number"), lambda report, names: report.number),
        ),
        Column(
            "customer",
            _("Customer"),
            lambda report, names: report.customer.name,
            (Collate(F("customer__sort_key"), "C"),),
            standard=True,
            width=32,
            detail=Detail(_("Customer number"), lambda report, names: report.customer.number),
        ),
        Column(
            "severity",
            _("Severity"),
            lambda report, names: severities[report.severity],
            ("severity", "created_at"),
            standard=True,
            css="",
            sign=lambda report: SEVERITY_CSS[report.severity],
        ),
        Column(
            "reporter",
            _("Reported by"),
            lambda report, names: report.reporter_name,
            ("reporter_name", "created_at"),
        ),
    ]


def _how_far(now: datetime) -> list[Column[ProblemReport]]:
    labels = state_labels()

    def age(report: ProblemReport) -> str:
        words = timesince(report.created_at, now, depth=1)
        return _("%(age)s, overdue") % {"age": words} if report.is_late(now) else words

    return [
        Column(
            "handler",
            _("Assigned to"),
            lambda report, names: str(annotated(report, "handler_name") or ""),
            (handler_name, "created_at"),
            standard=True,
            css="k-sm-hide k-lg",
            needs={"handler_name": handler_name},
        ),
        Column(
            "reported",
            _("Age"),
            lambda report, names: local_day(report.created_at),
            ("created_at",),
            standard=True,
            css="k-nowrap",
            words=age,
        ),
        Column(
            "state",
            _("State"),
            lambda report, names: labels[report.state],
            ("state", "changed_at"),
            standard=True,
            css="k-nowrap",
            sign=lambda report: CSS[report.state],
        ),
    ]


def _moments() -> list[Column[ProblemReport]]:
    return [
        Column(
            "acknowledged",
            _("Acknowledged"),
            lambda report, names: _on(report.acknowledged_at),
            ("acknowledged_at",),
            css="k-nowrap",
        ),
        Column(
            "answered",
            _("First answer"),
            lambda report, names: _on(report.first_answer_at),
            ("first_answer_at",),
            css="k-nowrap",
        ),
        Column(
            "resolved",
            _("Resolved"),
            lambda report, names: _on(report.resolved_at),
            ("resolved_at",),
            css="k-nowrap",
        ),
        Column(
            "changed",
            _("Changed"),
            lambda report, names: local_day(report.changed_at),
            ("changed_at",),
            css="k-nowrap",
        ),
    ]
