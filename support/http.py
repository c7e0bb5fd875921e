"""Requests whose address names a problem report or a service report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from portal.accounts.access import PartnerRequest
from portal.core.http import parse_uuid
from portal.outbox.issuing import issued
from portal.outbox.models import Document
from portal.tenancy.models import Partner
from support.models import ProblemReport, ServiceReport
from support.services.finishing import DOCUMENT


class ReportRequest(PartnerRequest):
    """A request whose address names a problem report that the person may see."""

    report: ProblemReport


def load_report(request: ReportRequest, kwargs: dict[str, Any]) -> None:
    """Load the report of the address for ``needs``; raise Http404 also if it is not visible."""
    report_id: UUID = kwargs.pop("report_id")
    report = (
        ProblemReport.objects.visible_to(request.membership)
        .select_related(
            "customer",
            "site",
            "order",
            "service__product",
            "handler__user",
            "created_by",
            "merged_into",
            "work_order",
        )
        .filter(pk=report_id)
        .first()
    )
    if report is None:
        raise Http404
    request.report = report


def named_in_link(request: HttpRequest) -> dict[str, Any]:
    """Return what a link to a form names, as ids; no check of whose they are."""
    found = {
        name: parse_uuid(request.GET.get(name, ""))
        for name in ("site", "order", "service", "system")
    }
    return {name: pk for name, pk in found.items() if pk is not None}


class WorkRequest(PartnerRequest):
    """A request whose address names a service report that the person may see."""

    work: ServiceReport


def load_work(request: WorkRequest, kwargs: dict[str, Any]) -> None:
    """Load the service report of the address for ``needs``; Http404 also if it is not visible."""
    work_id: UUID = kwargs.pop("work_id")
    related = ("customer", "site", "order", "report", "signer", "technician__user")
    visible = ServiceReport.objects.visible_to(request.membership)
    work = visible.select_related(*related, "created_by__user").filter(pk=work_id).first()
    if work is None:
        raise Http404
    request.work = work


def document_of(request: WorkRequest) -> Document | None:
    """Return the PDF of the service report, also while it is being made."""
    documents = Document.objects.for_partner(request.partner)
    found: Document | None = documents.filter(kind=DOCUMENT, about_id=request.work.pk).first()
    return found


def with_pdf(partner: Partner, work_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of the service reports have their PDF by now."""
    documents = Document.objects.for_partner(partner).filter(
        kind=DOCUMENT, state=Document.State.READY
    )
    return set(documents.filter(about_id__in=work_ids).values_list("about_id", flat=True))


def pdf_response(request: WorkRequest) -> HttpResponse:
    """Return the PDF as it was issued, with its own name, uncached; Http404 until it is made."""
    document = document_of(request)
    if document is None or not document.is_ready:
        raise Http404
    return issued(document)
