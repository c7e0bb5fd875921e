"""The list of service reports and work orders, and its file (SUP-10)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import PartnerRequest, needs
from portal.core.list_filters import (
    counts_of_tabs,
    list_context,
    read_filters,
    refuse_export,
    tabs_of,
)
from portal.core.listing import BigListing, Sorted, page_size
from portal.tenancy.downloads import download
from support.models import ServiceReport
from support.work_finding import (
    SORTS,
    empty_words,
    file_columns,
    found_work,
    total_sentence,
    work_filters,
)
from support.work_rows import work_rows


@needs("view_report")
@require_safe
def work_list(request: PartnerRequest) -> HttpResponse:
    """Show the service reports and work orders that the person may see."""
    person = request.membership
    asked = read_filters(request.GET, work_filters(person))
    visible = ServiceReport.objects.visible_to(person)
    counts = counts_of_tabs(asked, visible.exclude(state=ServiceReport.State.CANCELLED), "state")
    found = found_work(asked, person)
    listing = BigListing(
        request,
        found.select_related("customer", "site", "technician__user"),
        counted=found,
        sorts=SORTS,
        default="-written",
        size=page_size(request.GET),
    )
    context = {
        **list_context(asked, listing, request.GET),
        "rows": work_rows(listing.rows),
        "tabs": tabs_of(request.GET, asked, "state", counts),
        "total_sentence": total_sentence(counts[0] if counts else listing.total),
        "empty": empty_words(asked),
        "may_add": person.may("change_report"),
        "may_export": person.may("export_customer"),
    }
    return render(request, "support/service/list.html", context)


@needs("view_report", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the service reports on screen, of all pages, as a file (REG-10)."""
    person = request.membership
    asked = read_filters(request.GET, work_filters(person))
    if not asked.is_possible:
        return refuse_export(request, asked, reverse("service:list"))
    order = Sorted(request, model=ServiceReport, sorts=SORTS, default="-written")
    found = found_work(asked, person)
    return download(
        found.select_related("customer", "site", "technician__user").order_by(*order.ordering),
        file_columns(),
        kind=request.GET.get("format", ""),
        name="service-reports",
        title=_("Service reports"),
        partner=request.partner,
        at=timezone.now(),
    )
