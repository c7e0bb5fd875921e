"""Problem reports in the customers' own portal (REG-26)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.http import OwnCompanyRequest, load_own_company
from portal.accounts.access import customer_page
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post
from portal.core.listing import BigListing
from portal.files.services import served
from support.conversation_rows import said, size_words
from support.forms.acts import CustomerAnswerForm, WordsForm
from support.forms.reports import ReportForm
from support.http import named_in_link
from support.models import Comment, ProblemReport
from support.queries import report_files, state_labels
from support.recipients import recipients_of
from support.rows import report_rows
from support.services.conversation import add_comment
from support.services.progress import may_be_reopened, reopen
from support.services.reporting import report_problem
from support.states import CSS, SEVERITY_CSS


class OwnReportRequest(OwnCompanyRequest):
    """A request whose address names a problem report of the own company."""

    report: ProblemReport


def load_own_report(request: OwnReportRequest, kwargs: dict[str, Any]) -> None:
    """Load the report of the address; raise Http404 for another company's."""
    load_own_company(request, kwargs)
    mine = ProblemReport.objects.visible_to(request.membership).filter(customer=request.customer)
    related = ("site", "service__product", "order", "system", "merged_into", "customer")
    found = mine.select_related(*related)
    report = found.filter(pk=kwargs.pop("report_id")).first()
    if report is None:
        raise Http404
    request.report = report


@customer_page("view_report", load=load_own_company)
@require_safe
def report_list(request: OwnCompanyRequest) -> HttpResponse:
    """Show the reports of the own company, the newest first."""
    mine = ProblemReport.objects.visible_to(request.membership).filter(customer=request.customer)
    if request.GET.get("open"):
        mine = mine.open()
    listing = BigListing(
        request,
        mine.select_related("customer", "handler__user"),
        counted=mine,
        sorts={"reported": ("created_at",), "state": ("state", "changed_at")},
        default="-reported",
    )
    context = {
        "listing": listing,
        "rows": report_rows(listing.rows, now=timezone.now()),
        "may_add": request.membership.may("add_report"),
        "only_open": bool(request.GET.get("open")),
    }
    return render(request, "support/mine/list.html", context)


@customer_page("add_report", load=load_own_company)
@get_or_post
def new_report(request: OwnCompanyRequest) -> HttpResponse:
    """Report a problem of the own company; shows who will be told (ONB-18)."""
    customer, at = request.customer, timezone.now()
    form = ReportForm(
        form_data(request),
        files=request.FILES or None,
        customer=customer,
        person=request.membership,
        initial={**named_in_link(request), "report_id": uuid4()},
    )
    shown = ShowRefusals(form)
    if request.method == "POST" and form.is_valid():
        files, pk = form.cleaned_data["uploads"], form.cleaned_data["report_id"]
        with shown:
            report = report_problem(
                customer, form.problem(), by=request.membership, at=at, files=files, report_id=pk
            )
            messages.success(request, _("Report %s was sent.") % report.number)
            return redirect("my_reports:report", report.pk)
    context = {"form": form, "customer": customer, "told": recipients_of(customer, at=at)}
    return render(request, "support/mine/new.html", context, status=shown.status)


def shown(request: OwnReportRequest, form: CustomerAnswerForm, status: int = 200) -> HttpResponse:
    """Return the page of a report: what the customer may read, never notes (REG-33)."""
    report, person = request.report, request.membership
    comments = list(report.comments.public().order_by("created_at", "pk"))
    files = list(report_files(report, comments).order_by("created_at", "pk"))
    ended = report.state in (ProblemReport.State.CLOSED, ProblemReport.State.CANCELLED)
    context = {
        "report": report,
        "state": state_labels()[report.state],
        "css": CSS[report.state],
        "severity_css": SEVERITY_CSS[report.severity],
        "severity": str(report.get_severity_display()).partition(" – ")[0],
        "said": said(comments, files),
        "files": [(each, size_words(each)) for each in files if each.about_id == report.pk],
        "may_answer": person.may("add_report") and not ended,
        "may_reopen": person.may("add_report") and may_be_reopened(report, at=timezone.now()),
        "form": form,
        "now": timezone.now().isoformat(),
    }
    return render(request, "support/mine/report.html", context, status=status)


@customer_page("view_report", load=load_own_report, of="report")
@require_safe
def report_page(request: OwnReportRequest) -> HttpResponse:
    """Show one report of the own company."""
    return shown(request, CustomerAnswerForm())


@customer_page("add_report", load=load_own_report, of="report")
@require_POST
def answer(request: OwnReportRequest) -> HttpResponse:
    """Answer the partner."""
    report = request.report
    form = CustomerAnswerForm(request.POST, files=request.FILES)
    status = 200
    if form.is_valid():
        with ShowRefusals(form) as refusals:
            add_comment(
                report.pk,
                text=form.cleaned_data["text"],
                audience=Comment.Audience.EVERYBODY,
                by=request.membership,
                at=timezone.now(),
                files=form.cleaned_data["uploads"],
            )
            messages.success(request, _("The answer was sent."))
            return redirect("my_reports:report", report.pk)
        status = refusals.status
    return shown(request, form, status)


@customer_page("add_report", load=load_own_report, of="report")
@get_or_post
def open_again(request: OwnReportRequest) -> HttpResponse:
    """Open a resolved report again, with what is still wrong."""
    report = request.report
    form = WordsForm(
        form_data(request),
        label=_("What is still wrong"),
        missing=_("Write what is still wrong."),
    )
    refusals = ShowRefusals(form)
    if request.method == "POST" and form.is_valid():
        text, at = form.cleaned_data["text"], timezone.now()
        with refusals:
            reopen(report.pk, text=text, by=request.membership, at=at)
            messages.success(request, _("The report is open again."))
            return redirect("my_reports:report", report.pk)
    context = {"form": form, "report": report}
    return render(request, "support/mine/reopen.html", context, status=refusals.status)


@customer_page("view_report", load=load_own_report, of="report")
@require_safe
def file(request: OwnReportRequest, file_id: UUID) -> HttpResponse:
    """Return a file of a report, or of an answer that the customer may read."""
    report = request.report
    found = report_files(report, report.comments.public()).select_related("content")
    return served(get_object_or_404(found, pk=file_id))
