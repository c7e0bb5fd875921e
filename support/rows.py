"""Rows of the list of problem reports, formatted here so that the template only prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timesince import timesince

from support.models import ProblemReport
from support.queries import state_labels
from support.states import CSS, SEVERITY_CSS


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report as lists show it."""

    id: UUID
    number: str
    subject: str
    customer: str
    customer_number: str
    severity: str
    severity_css: str
    state: str
    css: str
    handler: str
    age: str
    is_late: bool


def report_rows(reports: Iterable[ProblemReport], *, now: datetime) -> list[ReportRow]:
    """Return the rows; the reports must come with customer and handler."""
    labels = state_labels()
    severities = {
        value: str(label).partition(" – ")[0] for value, label in ProblemReport.Severity.choices
    }
    return [
        ReportRow(
            id=report.pk,
            number=report.number,
            subject=report.subject,
            customer=report.customer.name,
            customer_number=report.customer.number,
            severity=severities[report.severity],
            severity_css=SEVERITY_CSS[report.severity],
            state=labels[report.state],
            css=CSS[report.state],
            handler=report.handler.shown_name if report.handler is not None else "",
            age=timesince(report.created_at, now, depth=1),
            is_late=report.is_late(now),
        )
        for report in reports
    ]
