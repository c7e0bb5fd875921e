"""The customer's page's sections of problem reports and service reports (REG-12)."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.http import CustomerRequest
from customers.page_sections import PageList, Section, add_section, sorts_for
from support.finding import SORTS
from support.models import ProblemReport, ServiceReport
from support.rows import report_rows
from support.work_finding import SORTS as ALL_WORK_SORTS
from support.work_rows import work_rows

REPORT_SORTS = {name: terms for name, terms in SORTS.items() if name != "customer"}
WORK_SORTS = {name: terms for name, terms in ALL_WORK_SORTS.items() if name != "customer"}


def reports_section(request: CustomerRequest) -> Section | None:
    """Return the customer's newest reports, or all when asked for (REG-14)."""
    person, customer = request.membership, request.customer
    if not person.may("view_report"):
        return None
    reports = ProblemReport.objects.visible_to(person).filter(customer=customer)
    found = PageList(
        request,
        reports.select_related("customer", "handler__user"),
        name="reports",
        sorts=sorts_for(person, REPORT_SORTS),
        default="-reported",
    )
    may_add = person.may("add_report") and customer.is_active
    context = {
        "listing": found,
        "rows": report_rows(found.rows, now=timezone.now()),
        "new_url": reverse("support:new", args=[customer.pk]) if may_add else "",
    }
    return Section("support/_customer_reports.html", "c-reports", _("Problem reports"), context)


def work_section(request: CustomerRequest) -> Section | None:
    """Return the customer's newest service reports, or all when asked for (REG-01, REG-14)."""
    person, customer = request.membership, request.customer
    if not person.may("view_report"):
        return None
    works = ServiceReport.objects.visible_to(person).filter(customer=customer)
    found = PageList(
        request,
        works.select_related("customer", "site", "technician__user"),
        name="service",
        sorts=sorts_for(person, WORK_SORTS),
        default="-written",
    )
    may_add = person.may("change_report") and customer.is_active
    context = {
        "listing": found,
        "rows": work_rows(found.rows),
        "new_url": reverse("service:new", args=[customer.pk]) if may_add else "",
    }
    return Section("support/_customer_work.html", "c-service", _("Service reports"), context)


def register() -> None:
    """Register the sections; called once when the app is ready."""
    add_section(reports_section, position=40)
    add_section(work_section, position=41)
