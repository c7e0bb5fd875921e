"""Finding problem reports for the list and its file: filters, order, columns (REG-33)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter, people_filter
from customers.models import ListColumns, SavedFilter
from orders.queries import matches
from portal.accounts.models import Membership
from portal.core.list_filters import Asked, Filter, read_filters
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.list_pages import ListOf, narrowed
from support.columns import FIELDS, report_columns
from support.models import ProblemReport, ReportWatcher
from support.models.report import ReportQuerySet
from support.queries import state_labels

# The orders of the customer's page; the list has those of its columns.
SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("created_at",),
    "severity": ("severity", "created_at"),
    "state": ("state", "changed_at"),
    "reported": ("created_at",),
}
S = ProblemReport.State
# The orders of the list that an index has.
INDEXED_SORTS = frozenset({"number", "reported"})
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


def listed_reports(data: QueryDict, person: Membership, *, now: datetime) -> ListOf[ProblemReport]:
    """Return the list of problem reports that an address asks for."""
    asked = read_filters(data, report_filters(person))
    order = data.get("sort", "-reported")
    return ListOf(
        name=SavedFilter.List.REPORTS.value,
        title=_("Problem reports"),
        page="support:list",
        default="-reported",
        asked=asked,
        found=found_reports(asked, person, now=now, along_index=order.lstrip("-") in INDEXED_SORTS),
        offered=report_columns(now=now),
        wanted=ListColumns.objects.names_for(person, SavedFilter.List.REPORTS),
        fields=FIELDS,
        joins=("customer",),
    )


def found_reports(
    asked: Asked[Filter], person: Membership, *, now: datetime, along_index: bool = False
) -> ReportQuerySet:
    """Return the visible reports that search and filters leave (REG-09, REG-36).

    Without a state these are neither closed nor cancelled nor turned into a work order (REG-33). A
    filter whose value has no meaning leaves none (USE-14).
    """
    found = ProblemReport.objects.visible_to(person)
    values = asked.values
    found = narrowed(found, asked, "severity")
    if asked.text:
        found = found.filter(matches(ProblemReport, asked.text, along_index=along_index))
    elif "state" not in values:
        found = found.listed()
    if values.get("state", "any") != "any":
        found = found.filter(state=values["state"])
    if "on" in values:
        who = person.pk if values["on"] == "me" else values["on"]
        watched = ReportWatcher.objects.filter(membership_id=who).values("report_id")
        found = found.filter(Q(handler_id=who) | Q(pk__in=watched))
    if "age" in values:
        found = found.filter(created_at__lt=now - timedelta(days=int(values["age"])))
    return found


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
