"""The page of a problem report: what was said, what may be done, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.people import colleagues
from portal.accounts.access import needs
from portal.accounts.models import Membership
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import form_data, get_or_post
from portal.files.services import served
from portal.history.queries import timeline_of
from portal.outbox.rows import rows_about
from support.conversation_rows import said, size_words
from support.forms.acts import AnswerForm, HandlerForm
from support.http import ReportRequest, load_report
from support.models import Comment, ProblemReport, ServiceReport
from support.queries import report_files, state_labels, support_settings
from support.services import handing_over, progress
from support.services.conversation import add_comment, answered_meanwhile
from support.services.progress import possible
from support.states import CSS, SEVERITY_CSS
from support.work_rows import work_rows
from support.working_time import working_minutes


def _hours(minutes: int) -> str:
    """Return working time in words: 2 h 05 min."""
    hours, rest = divmod(minutes, 60)
    return _("%(h)s h %(m)s min") % {"h": hours, "m": f"{rest:02}"} if hours else _("%s min") % rest


def _times(request: ReportRequest) -> list[tuple[str, str]]:
    """Return how long acknowledgement, first answer and solution took, in working time."""
    report, settings, zone = request.report, support_settings(), request.partner.tz
    moments = (
        (_("Acknowledged after"), report.acknowledged_at),
        (_("First answer after"), report.first_answer_at),
        (_("Solved after"), report.resolved_at),
    )
    return [
        (label, _hours(working_minutes(report.created_at, at, settings=settings, zone=zone)))
        for label, at in moments
        if at is not None
    ]


def shown(request: ReportRequest, form: AnswerForm, status: int = 200) -> HttpResponse:
    """Return the report's page, with the form of an answer."""
    report, person = request.report, request.membership
    labels = state_labels()
    comments = list(report.comments.order_by("created_at", "pk"))
    files = list(report_files(report, comments).order_by("created_at", "pk"))
    context: dict[str, Any] = {
        "report": report,
        "state": labels[report.state],
        "css": CSS[report.state],
        "severity_css": SEVERITY_CSS[report.severity],
        "severity": str(report.get_severity_display()).partition(" – ")[0],
        "said": said(comments, files),
        "files": [(each, size_words(each)) for each in files if each.about_id == report.pk],
        "may": possible(report, person),
        "works": work_rows(
            ServiceReport.objects.visible_to(person)
            .filter(report=report)
            .select_related("customer", "site", "technician__user")
            .order_by("-created_at")
        ),
        "overdue": report.is_late(timezone.now()),
        "times": _times(request),
        "recipients": list(report.recipients.order_by("created_at", "pk")),
        "duplicates": list(report.duplicates.order_by("created_at")),
        "form": form,
        "now": timezone.now().isoformat(),
        "timeline": timeline_of(report),
        "emails": rows_about(request.partner, report),
        "may_resend": person.may("manage_people"),
        "sees_order": person.may("view_order"),
    }
    return render(request, "support/report.html", context, status=status)


@needs("view_report", load=load_report, of="report")
@require_safe
def report_page(request: ReportRequest) -> HttpResponse:
    """Show one problem report."""
    return shown(request, AnswerForm())


@needs("change_report", load=load_report, of="report")
@require_POST
def answer(request: ReportRequest) -> HttpResponse:
    """Answer the customer, or add an internal note; says who wrote at the same time."""
    report = request.report
    form = AnswerForm(request.POST, files=request.FILES)
    status = 200
    if form.is_valid():
        at = timezone.now()
        with ShowRefusals(form) as refusals:
            comment = add_comment(
                report.pk,
                text=form.cleaned_data["text"],
                audience=form.cleaned_data["audience"],
                by=request.membership,
                at=at,
                files=form.cleaned_data["uploads"],
            )
            _say_sent(request, comment, at=at)
            return redirect("support:report", report.pk)
        status = refusals.status
    return shown(request, form, status)


def _say_sent(request: ReportRequest, comment: Comment, *, at: datetime) -> None:
    note = comment.audience == Comment.Audience.PARTNER
    messages.success(request, _("The note was saved.") if note else _("The answer was sent."))
    since = parse_datetime(request.POST.get("opened", "")[:40])
    if since is not None and since.tzinfo is not None:
        others = answered_meanwhile(request.report, since=since, but=request.membership)
        if others:
            messages.info(request, others)


Simple = Callable[..., ProblemReport]
SIMPLE: dict[str, Simple] = {
    "acknowledge": progress.acknowledge,
    "start": progress.start_work,
    "take_back": handing_over.take_back,
}


@needs("change_report", load=load_report, of="report")
@require_POST
def act(request: ReportRequest, act: str) -> HttpResponse:
    """Acknowledge a report, take it up, or go on without channel sales."""
    if act not in SIMPLE:
        raise Http404
    with RefusalsAsMessages(request):
        SIMPLE[act](request.report.pk, by=request.membership, at=timezone.now())
    return redirect("support:report", request.report.pk)


@needs("change_report", load=load_report, of="report")
@require_POST
def close(request: ReportRequest) -> HttpResponse:
    """Close a resolved report for good."""
    with RefusalsAsMessages(request):
        progress.close(request.report.pk, at=timezone.now())
    return redirect("support:report", request.report.pk)


@needs("change_report", load=load_report, of="report")
@get_or_post
def assign(request: ReportRequest) -> HttpResponse:
    """Say who works on a report (REG-33)."""
    report = request.report
    people = Membership.objects.own_people(request.partner).filter(
        pk__in=[person.pk for person in colleagues(request.partner)]
    )
    form = HandlerForm(
        form_data(request),
        people=people.select_related("user").order_by("user__name"),
        initial={"handler": report.handler_id},
    )
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["handler"]
        with ShowRefusals(form):
            handing_over.assign_handler(report.pk, to=to, by=request.membership, at=timezone.now())
            return redirect("support:report", report.pk)
    return render(request, "support/assign.html", {"form": form, "report": report})


@needs("view_report", load=load_report, of="report")
@require_safe
def file(request: ReportRequest, file_id: UUID) -> HttpResponse:
    """Return a file of a report, or of something said about it."""
    found = report_files(request.report, request.report.comments.all()).select_related("content")
    return served(get_object_or_404(found, pk=file_id))
