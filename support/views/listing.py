"""The list of problem reports, its file, and acts on several at once (REG-33)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from customers.people import colleagues
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.core.http import parse_uuid
from portal.core.list_filters import (
    counts_of_tabs,
    list_context,
    read_filters,
    refuse_export,
    tabs_of,
)
from portal.core.listing import BigListing, Sorted, page_size
from portal.tenancy.downloads import download
from support.finding import (
    FILE_FIELDS,
    SORTS,
    empty_words,
    file_columns,
    found_reports,
    report_filters,
    total_sentence,
)
from support.models import ProblemReport
from support.rows import report_rows
from support.services.handing_over import assign_handler
from support.services.progress import acknowledge

MOST_AT_ONCE = 100


@needs("view_report")
@require_safe
def report_list(request: PartnerRequest) -> HttpResponse:
    """Show the problem reports that the person may see."""
    person, now = request.membership, timezone.now()
    asked = read_filters(request.GET, report_filters(person))
    counts = counts_of_tabs(asked, ProblemReport.objects.visible_to(person).listed(), "state")
    found = found_reports(asked, person, now=now)
    listing = BigListing(
        request,
        found.select_related("customer", "handler__user"),
        counted=found,
        sorts=SORTS,
        default="-reported",
        size=page_size(request.GET),
    )
    works = person.may("change_report")
    context = {
        **list_context(asked, listing, request.GET),
        "rows": report_rows(listing.rows, now=now),
        "tabs": tabs_of(request.GET, asked, "state", counts),
        "total_sentence": total_sentence(counts[0] if counts else listing.total),
        "empty": empty_words(asked),
        "may_add": person.may("add_report"),
        "may_export": person.may("export_customer"),
        "may_bulk": works,
        "people": colleagues(request.partner) if works and listing.rows else [],
    }
    return render(request, "support/list.html", context)


@needs("view_report", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the reports on screen, of all pages, as a file (REG-10)."""
    person = request.membership
    asked = read_filters(request.GET, report_filters(person))
    if not asked.is_possible:
        return refuse_export(request, asked, reverse("support:list"))
    order = Sorted(request, model=ProblemReport, sorts=SORTS, default="-reported")
    found = found_reports(asked, person, now=timezone.now())
    return download(
        found.select_related("customer").only(*FILE_FIELDS).order_by(*order.ordering),
        file_columns(),
        kind=request.GET.get("format", ""),
        name="reports",
        title=_("Problem reports"),
        partner=request.partner,
        at=timezone.now(),
    )


def _ticked(request: PartnerRequest) -> list[UUID]:
    """Return the ids of the visible reports that are ticked."""
    wanted = [pk for text in request.POST.getlist("report") if (pk := parse_uuid(text))]
    visible = ProblemReport.objects.visible_to(request.membership)
    found = visible.filter(pk__in=wanted[:MOST_AT_ONCE]).order_by("created_at")
    return list(found.values_list("pk", flat=True))


def _chosen(request: PartnerRequest) -> Membership | None:
    """Return the person that was chosen among the partner's people."""
    chosen = parse_uuid(request.POST.get("handler", ""))
    return next((each for each in colleagues(request.partner) if each.pk == chosen), None)


@needs("change_report")
@require_POST
def bulk(request: PartnerRequest) -> HttpResponse:
    """Acknowledge the ticked reports, or give them to somebody; says of each what was refused."""
    ids, at, by = _ticked(request), timezone.now(), request.membership
    to = _chosen(request)
    wants_person = request.POST.get("act") == "assign"
    if not ids:
        messages.error(request, _("Tick at least one report."))
    elif wants_person and to is None:
        messages.error(request, _("Choose who works on the reports."))
    else:
        done = 0
        for pk in ids:
            try:
                if wants_person:
                    assign_handler(pk, to=to, by=by, at=at)
                else:
                    acknowledge(pk, by=by, at=at)
                done += 1
            except RuleError as error:
                number = ProblemReport.objects.values_list("number", flat=True).get(pk=pk)
                messages.error(request, f"{number}: {error}")
        if done:
            text = ngettext("%(n)s report changed.", "%(n)s reports changed.", done)
            messages.success(request, text % {"n": done})
    return redirect("support:list")
