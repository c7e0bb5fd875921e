"""Rows of lists of service reports, formatted here so that the template only prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from support.models import ServiceReport
from support.states import WORK_CSS


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One service report or work order as lists show it."""

    id: UUID
    number: str
    title: str
    customer: str
    customer_number: str
    site: str
    technician: str
    date: date | None
    is_planned: bool
    state: str
    css: str
    result: str


def short_state(state: str) -> str:
    """Return the word for a state where there is little room."""
    if state == ServiceReport.State.UNSIGNED:
        return _("Unsigned")
    return str(ServiceReport.State(state).label)


def work_rows(works: Iterable[ServiceReport]) -> list[WorkRow]:
    """Return the rows; the reports must come with customer, site and technician."""
    return [
        WorkRow(
            id=work.pk,
            number=work.number,
            title=_title(work),
            customer=work.customer.name,
            customer_number=work.customer.number,
            site=work.site.name if work.site is not None else "",
            technician=work.technician.shown_name,
            date=work.performed_on or work.planned_for,
            is_planned=work.performed_on is None,
            state=short_state(work.state),
            css=WORK_CSS[work.state],
            result=str(work.get_result_display()) if work.is_finished else "",
        )
        for work in works
    ]


def _title(work: ServiceReport) -> str:
    """Return the first line of what is to be done, or was done."""
    text = (work.task or work.work).strip()
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= 90 else line[:89].rstrip() + "…"
