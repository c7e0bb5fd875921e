"""Finding problem reports for the list and its file: filters, order, columns (REG-33)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter, people_filter
from orders.queries import matches
from portal.accounts.models import Membership
from portal.core.list_filters import Asked, Filter
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.context import local_day, within_days
from portal.tenancy.downloads import FileColumn
from support.models import ProblemReport, ReportWatcher
from support.models.report import ReportQuerySet
from support.queries import state_labels

SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("created_at",),
    "customer": (Collate(F("customer__sort_key"), "C"),),
    "severity": ("severity", "created_at"),
    "state": ("state", "changed_at"),
    "reported": ("created_at",),
    "changed": ("changed_at",),
}
S = ProblemReport.State
TABS = (S.NEW, S.ACKNOWLEDGED, S.IN_PROGRESS, S.WAITING_CUSTOMER, S.ESCALATED, S.RESOLVED)


def report_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of reports."""
    labels = state_labels()
    states = [(state.value, labels[state.value]) for state in S]
    severities = [(value, str(label)) for value, label in ProblemReport.Severity.choices]
    ages = [("1", _("Older than a day")), ("7", _("Older than a week"))]
    return [
        Filter(
            "state",
            _("State"),
            "choice",
            [("", _("Open and resolved")), *states, ("any", _("Any state"))],
            tabs=[(state.value, labels[state.value]) for state in TABS],
        ),
        Filter(
            "severity", _("Severity"), "choice", [("", _("Any severity")), *severities], menu=True
        ),
        people_filter(person, "on", _("Assigned"), _("Anybody"), _("Mine")),
        customer_filter(person),
        Filter("age", _("Age"), "choice", [("", _("Any age")), *ages]),
        Filter("from", _("Reported from"), "date", end="from"),
        Filter("to", _("Reported until"), "date", end="to"),
    ]


def found_reports(asked: Asked[Filter], person: Membership, *, now: datetime) -> ReportQuerySet:
    """Return the visible reports that search and filters leave (REG-09, REG-36).

    Without a state these are neither closed nor cancelled nor turned into a work order (REG-33). A
    filter whose value has no meaning leaves none (USE-14).
    """
    found = ProblemReport.objects.visible_to(person)
    if not asked.is_possible:
        return found.none()
    values = asked.values
    if asked.text:
        found = found.filter(matches(ProblemReport, asked.text))
    elif "state" not in values:
        found = found.listed()
    if values.get("state", "any") != "any":
        found = found.filter(state=values["state"])
    if "severity" in values:
        found = found.filter(severity=values["severity"])
    if "customer" in values:
        found = found.filter(customer_id=values["customer"])
    if "on" in values:
        who = person.pk if values["on"] == "me" else values["on"]
        watched = ReportWatcher.objects.filter(membership_id=who).values("report_id")
        found = found.filter(Q(handler_id=who) | Q(pk__in=watched))
    if "age" in values:
        found = found.filter(created_at__lt=now - timedelta(days=int(values["age"])))
    return found.filter(within_days("created_at", values.get("from", ""), values.get("to", "")))


def total_sentence(total: int) -> str:
    """Return how many reports there are, as the page's second line."""
    if total > COUNTED:
        return _("Problem reports: %s.") % total_in_words(total)
    return ngettext("%(n)s problem report.", "%(n)s problem reports.", total) % {
        "n": total_in_words(total)
    }


def empty_words(asked: Asked[Filter]) -> tuple[str, str] | None:
    """Return what is said of a tab without reports; None where more than the state is asked for."""
    if not asked.is_set:
        return _("Everything works"), _("No customer has an open problem.")
    words: dict[str, tuple[str, str]] = {
        S.NEW: (_("Nothing new"), _("Somebody is at every report.")),
        S.ACKNOWLEDGED: (_("Nothing waits to be begun"), _("Work has begun on every report.")),
        S.IN_PROGRESS: (_("Nothing in progress"), _("Nobody works on a report just now.")),
        S.WAITING_CUSTOMER: (_("No question is open"), _("No report waits for a customer.")),
        S.ESCALATED: (_("Nothing is escalated"), _("No report is with Channel Sales.")),
        S.RESOLVED: (_("Nothing waits to be closed"), _("Resolved reports are listed here.")),
    }
    return words.get(asked.only("state"))


FILE_FIELDS = (
    *("partner_id", "number", "subject", "severity", "state", "reporter_name", "created_at"),
    *("acknowledged_at", "first_answer_at", "resolved_at", "changed_at"),
    *("customer__partner_id", "customer__name", "customer__number"),
)


def file_columns() -> list[FileColumn]:
    """Return the columns of the file."""
    labels = state_labels()

    def on(at: datetime | None) -> date | None:
        return local_day(at) if at else None

    columns: list[tuple[str, Callable[[ProblemReport], Any]]] = [
        (_("Report"), lambda report: report.number),
        (_("Customer"), lambda report: report.customer.name),
        (_("Customer number"), lambda report: report.customer.number),
        (_("Subject"), lambda report: report.subject),
        (_("Severity"), lambda report: report.get_severity_display()),
        (_("State"), lambda report: labels[report.state]),
        (_("Reported by"), lambda report: report.reporter_name),
        (_("Reported"), lambda report: on(report.created_at)),
        (_("Acknowledged"), lambda report: on(report.acknowledged_at)),
        (_("First answer"), lambda report: on(report.first_answer_at)),
        (_("Resolved"), lambda report: on(report.resolved_at)),
    ]
    wide = {_("Customer"), _("Subject")}
    return [FileColumn(label, value, 32 if label in wide else 18) for label, value in columns]
