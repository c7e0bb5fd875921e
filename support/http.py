"""Requests whose address names a problem report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404

from portal.accounts.access import PartnerRequest
from support.models import ProblemReport


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
