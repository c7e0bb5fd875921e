"""The list of problem reports, its file, and acts on several at once (REG-33)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from customers.people import colleagues
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.core.http import parse_uuid
from support.finding import empty_words, listed_reports, total_sentence
from support.models import ProblemReport
from support.services.handing_over import assign_handler
from support.services.progress import acknowledge

MOST_AT_ONCE = 100


@needs("view_report")
@require_safe
def report_list(request: PartnerRequest) -> HttpResponse:
    """Show the problem reports that the person may see."""
    person = request.membership
    listed = listed_reports(request.GET, person, now=timezone.now())
    works = person.may("change_report")
    context = {
        **listed.context(request, listed.found, ProblemReport.objects.visible_to(person).listed()),
        "empty": empty_words(listed.asked),
        "may_add": person.may("add_report"),
        "may_export": person.may("export_customer"),
        "may_bulk": works,
        "people": colleagues(request.partner) if works else [],
    }
    context["total_sentence"] = total_sentence(context["all_total"])
    return render(request, "support/list.html", context)


@needs("view_report", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the reports on screen, of all pages, as a file (REG-10)."""
    now = timezone.now()
    listed = listed_reports(request.GET, request.membership, now=now)
    return listed.file(request, request.partner, now)


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
