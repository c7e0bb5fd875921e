"""Finding service reports for the list and its file: filters, order, columns (SUP-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter, people_filter
from customers.models import Customer, Site
from orders.queries import matches
from portal.accounts.models import Membership
from portal.core.http import parse_uuid
from portal.core.list_filters import Asked, Filter
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.downloads import FileColumn
from support.models import ServiceReport
from support.models.service_report import ServiceReportQuerySet
from support.work_rows import short_state

SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("created_at",),
    "customer": (Collate(F("customer__sort_key"), "C"),),
    "date": ("performed_on", "created_at"),
    "state": ("state", "changed_at"),
    "written": ("created_at",),
}
S = ServiceReport.State
TABS = (S.PLANNED, S.DRAFT, S.SIGNED, S.UNSIGNED)


def _site_filter(person: Membership) -> Filter:
    """Return the filter by a site: its name is typed, or a link has its id."""

    def find(typed: str) -> tuple[str, str] | None:
        sites = Site.objects.filter(customer__in=Customer.objects.visible_to(person))
        pk = parse_uuid(typed)
        wanted = sites.filter(pk=pk) if pk is not None else sites.filter(name__iexact=typed)
        found = wanted.select_related("customer").order_by("name", "pk").first()
        return (str(found.pk), f"{found.name}, {found.customer.name}") if found else None

    return Filter("site", _("Site"), "named", find=find)


def work_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of service reports."""
    states = [(state.value, str(state.label)) for state in S]
    return [
        Filter(
            "state",
            _("State"),
            "choice",
            [("", _("Not cancelled")), *states, ("any", _("Any state"))],
            tabs=[(state.value, short_state(state)) for state in TABS],
        ),
        people_filter(person, "technician", _("Technician"), _("Anybody"), _("Mine")),
        customer_filter(person),
        _site_filter(person),
        Filter("from", _("Done from"), "date", end="from"),
        Filter("to", _("Done until"), "date", end="to"),
    ]


def found_work(asked: Asked[Filter], person: Membership) -> ServiceReportQuerySet:
    """Return the visible service reports that search and filters leave.

    Without a state these are all but the cancelled ones. A filter whose value has no meaning leaves
    none (USE-14).
    """
    found = ServiceReport.objects.visible_to(person)
    if not asked.is_possible:
        return found.none()
    values = asked.values
    if asked.text:
        found = found.filter(matches(ServiceReport, asked.text))
    elif "state" not in values:
        found = found.exclude(state=S.CANCELLED)
    if values.get("state", "any") != "any":
        found = found.filter(state=values["state"])
    if "technician" in values:
        who = person.pk if values["technician"] == "me" else UUID(values["technician"])
        found = found.filter(technician_id=who)
    if "customer" in values:
        found = found.filter(customer_id=values["customer"])
    if "site" in values:
        found = found.filter(site_id=values["site"])
    if "from" in values:
        found = found.filter(performed_on__gte=values["from"])
    if "to" in values:
        found = found.filter(performed_on__lte=values["to"])
    return found


def total_sentence(total: int) -> str:
    """Return how many service reports there are, as the page's second line."""
    if total > COUNTED:
        return _("Service reports: %s.") % total_in_words(total)
    return ngettext("%(n)s service report.", "%(n)s service reports.", total) % {
        "n": total_in_words(total)
    }


def empty_words(asked: Asked[Filter]) -> tuple[str, str] | None:
    """Return what is said of a tab without rows; None where more than the state is asked for."""
    if not asked.is_set:
        return _("No service report yet"), _("What was done at a customer is written down here.")
    words: dict[str, tuple[str, str]] = {
        S.PLANNED: (_("No visit is planned"), _("Work orders are listed here.")),
        S.DRAFT: (_("No draft is open"), _("What is being written is listed here.")),
        S.SIGNED: (_("Nothing is signed off yet"), _("Signed service reports are listed here.")),
        S.UNSIGNED: (_("None lacks its signature"), _("All were signed by the customer.")),
    }
    return words.get(asked.only("state"))


def file_columns() -> list[FileColumn]:
    """Return the columns of the file."""
    columns: list[tuple[str, Callable[[ServiceReport], Any]]] = [
        (_("Service report"), lambda work: work.number),
        (_("Customer"), lambda work: work.customer.name),
        (_("Customer number"), lambda work: work.customer.number),
        (_("Site"), lambda work: work.site.name if work.site is not None else ""),
        (_("State"), lambda work: work.get_state_display()),
        (_("Date"), lambda work: work.performed_on),
        (_("Technician"), lambda work: work.technician.shown_name),
        (_("Minutes"), lambda work: work.minutes),
        (_("Minutes of travel"), lambda work: work.travel_minutes),
        (_("Distance, km"), lambda work: work.travel_km),
        (_("Result"), lambda work: work.get_result_display()),
        (_("Work done"), lambda work: work.work or work.task),
        (_("Signed by"), lambda work: work.signer_name),
    ]
    wide = {_("Customer"), _("Work done")}
    return [FileColumn(label, value, 32 if label in wide else 18) for label, value in columns]
