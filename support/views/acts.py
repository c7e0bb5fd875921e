"""Acts on a problem report that need words, each asked for on a page that names the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.access import needs
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post
from support.forms.acts import MergeForm, WordsForm
from support.http import ReportRequest, load_report
from support.models import ProblemReport
from support.services import handing_over, progress
from support.services.progress import possible
from support.states import WrongReportState


@dataclass(frozen=True)
class Act:
    """An act: its service, and the words of its page."""

    service: Callable[..., ProblemReport]
    heading: Promise
    lead: Promise
    label: Promise
    missing: Promise
    button: Promise
    done: Promise
    is_danger: bool = False


ACTS: dict[str, Act] = {
    "wait": Act(
        progress.wait_for_customer,
        gettext_lazy("Ask the customer"),
        gettext_lazy("Goes to the customer by e-mail; the report waits for the answer."),
        gettext_lazy("What you need to know"),
        gettext_lazy("Write what you need to know from the customer."),
        gettext_lazy("Send and wait"),
        gettext_lazy("The question was sent. The report waits for the customer."),
    ),
    "resolve": Act(
        progress.resolve,
        gettext_lazy("Resolve the report"),
        gettext_lazy("The customer reads how it was solved, and can open the report again."),
        gettext_lazy("What solved it"),
        gettext_lazy("Write what solved it."),
        gettext_lazy("Resolve"),
        gettext_lazy("The report is resolved. The customer was told."),
    ),
    "cancel": Act(
        progress.cancel,
        gettext_lazy("Cancel the report"),
        gettext_lazy("It was no problem, or was reported by mistake. The customer is told why."),
        gettext_lazy("Why"),
        gettext_lazy("Write why."),
        gettext_lazy("Cancel the report"),
        gettext_lazy("The report was cancelled. The customer was told."),
        is_danger=True,
    ),
    "escalate": Act(
        handing_over.escalate,
        gettext_lazy("Escalate to Channel Sales"),
        gettext_lazy(
            "Channel Sales reads the report and what was said with the customer, not your internal "
            "notes. The customer is told nothing; the answer comes to you."
        ),
        gettext_lazy("What Channel Sales needs to know"),
        gettext_lazy("Write what Channel Sales needs to know."),
        gettext_lazy("Escalate"),
        gettext_lazy("Channel Sales has the report now."),
    ),
    "reopen": Act(
        progress.reopen,
        gettext_lazy("Open the report again"),
        gettext_lazy("The problem is still there."),
        gettext_lazy("What is still wrong"),
        gettext_lazy("Write what is still wrong."),
        gettext_lazy("Open again"),
        gettext_lazy("The report is open again."),
    ),
}


def _asked(request: ReportRequest, name: str) -> HttpResponse:
    """Ask for the words of an act, and do it; return to the report if its state forbids it."""
    found, report = ACTS[name], request.report
    if request.method == "GET" and not possible(report, request.membership)[name]:
        messages.error(request, str(WrongReportState(report, name)))
        return redirect("support:report", report.pk)
    form = WordsForm(form_data(request), label=str(found.label), missing=str(found.missing))
    status = 200
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form) as shown:
            text = form.cleaned_data["text"]
            found.service(report.pk, text=text, by=request.membership, at=timezone.now())
            messages.success(request, str(found.done))
            return redirect("support:report", report.pk)
        status = shown.status
    context = {"form": form, "report": report, "act": found}
    return render(request, "support/act.html", context, status=status)


@needs("change_report", load=load_report, of="report")
@get_or_post
def with_words(request: ReportRequest, question: str) -> HttpResponse:
    """Ask the customer, resolve, cancel or open again, with the words that it needs."""
    if question not in ("wait", "resolve", "cancel", "reopen"):
        raise Http404
    return _asked(request, question)


@needs("escalate_report", load=load_report, of="report")
@get_or_post
def escalate(request: ReportRequest) -> HttpResponse:
    """Hand a report to channel sales (ONB-19)."""
    return _asked(request, "escalate")


@needs("change_report", load=load_report, of="report")
@get_or_post
def merge(request: ReportRequest) -> HttpResponse:
    """Merge a duplicate into another report of the same customer."""
    report = request.report
    form = MergeForm(form_data(request), report=report)
    status = 200
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        with ShowRefusals(form) as shown:
            handing_over.merge(report.pk, into=into, by=request.membership, at=timezone.now())
            messages.success(
                request, _("%(a)s was merged into %(b)s.") % {"a": report.number, "b": into.number}
            )
            return redirect("support:report", into.pk)
        status = shown.status
    context = {"form": form, "report": report, "any": form.any_other}
    return render(request, "support/merge.html", context, status=status)
