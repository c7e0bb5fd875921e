"""The finished service reports in the customers' own portal: list and PDF (REG-26, SUP-10)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.access import PartnerRequest, customer_page
from portal.core.listing import BigListing, page_size
from support.http import WorkRequest, load_work, pdf_response, with_pdf
from support.models import ServiceReport
from support.work_finding import SORTS
from support.work_rows import work_rows


@customer_page("view_report")
@require_safe
def work_list(request: PartnerRequest) -> HttpResponse:
    """Show the finished service reports of the person's own company."""
    found = ServiceReport.objects.visible_to(request.membership)
    listing = BigListing(
        request,
        found.select_related("customer", "site", "technician__user"),
        counted=found,
        sorts={name: terms for name, terms in SORTS.items() if name != "customer"},
        default="-written",
        size=page_size(request.GET),
    )
    rows = work_rows(listing.rows)
    ready = with_pdf(request.partner, [row.id for row in rows])
    context = {"listing": listing, "rows": rows, "ready": ready}
    return render(request, "support/my/service_reports.html", context)


@customer_page("view_report", load=load_work, of="service report")
@require_safe
def pdf(request: WorkRequest) -> HttpResponse:
    """Return the PDF of a finished service report of the own company."""
    return pdf_response(request)
