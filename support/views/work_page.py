"""The page of a service report or work order, its PDF and pictures, and cancelling it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import needs
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post
from portal.files.models import Attachment
from portal.files.services import served
from portal.history.queries import timeline_of
from portal.outbox.issuing import make_again
from portal.outbox.rows import rows_about
from support.conversation_rows import size_words
from support.durations import duration_words
from support.forms.acts import WordsForm
from support.http import WorkRequest, document_of, load_work, pdf_response
from support.models import ServiceReport
from support.services.drafts import parts_of, pictures_of
from support.services.work_orders import begin_work, cancel_work
from support.states import WORK_CSS, WrongWorkState


@needs("view_report", load=load_work, of="service report")
@require_safe
def work_page(request: WorkRequest) -> HttpResponse:
    """Show one service report or work order."""
    work, person = request.work, request.membership
    works = person.may("change_report")
    context = {
        "work": work,
        "css": WORK_CSS[work.state],
        "parts": parts_of(work),
        "pictures": [(each, size_words(each)) for each in pictures_of(work)],
        "time_spent": duration_words(work.minutes),
        "travel": duration_words(work.travel_minutes),
        "document": document_of(request),
        "timeline": timeline_of(work),
        "emails": rows_about(request.partner, work),
        "may_resend": person.may("manage_people"),
        "sees_order": person.may("view_order"),
        "may_begin": works and work.state == ServiceReport.State.PLANNED,
        "may_write": works and work.state == ServiceReport.State.DRAFT,
        "may_cancel": works and work.is_open,
        "works": works,
    }
    return render(request, "support/service/work.html", context)


@needs("change_report", load=load_work, of="service report")
@require_POST
def begin(request: WorkRequest) -> HttpResponse:
    """Begin a planned work order, and write its report."""
    with RefusalsAsMessages(request):
        begin_work(request.work.pk, by=request.membership, at=timezone.now())
        return redirect("service:write", request.work.pk)
    return redirect("service:work", request.work.pk)


@needs("change_report", load=load_work, of="service report")
@get_or_post
def cancel(request: WorkRequest) -> HttpResponse:
    """Cancel a work order or a draft, with the reason."""
    work = request.work
    if request.method == "GET" and not work.is_open:
        messages.error(request, str(WrongWorkState(work, "cancel")))
        return redirect("service:work", work.pk)
    form = WordsForm(request.POST or None, label=_("Why"), missing=_("Write why."))
    status = 200
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form) as shown:
            text = form.cleaned_data["text"]
            cancel_work(work.pk, text=text, by=request.membership, at=timezone.now())
            messages.success(request, _("%s was cancelled.") % work.number)
            return redirect("service:work", work.pk)
        status = shown.status
    context = {"form": form, "work": work}
    return render(request, "support/service/cancel.html", context, status=status)


@needs("view_report", load=load_work, of="service report")
@require_safe
def picture(request: WorkRequest, picture_id: UUID) -> HttpResponse:
    """Return a picture of a service report."""
    found = Attachment.objects.about(request.work).select_related("content")
    return served(get_object_or_404(found, pk=picture_id))


@needs("view_report", load=load_work, of="service report")
@require_safe
def signature(request: WorkRequest) -> HttpResponse:
    """Return the signature of a signed service report."""
    if not request.work.signature:
        raise Http404
    response = HttpResponse(bytes(request.work.signature), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@needs("view_report", load=load_work, of="service report")
@require_safe
def pdf(request: WorkRequest) -> HttpResponse:
    """Return the PDF of a finished service report."""
    return pdf_response(request)


@needs("change_report", load=load_work, of="service report")
@require_POST
def pdf_again(request: WorkRequest) -> HttpResponse:
    """Try once more to make a PDF that was given up; the e-mails that wait for it follow."""
    document = document_of(request)
    if document is None:
        raise Http404
    make_again(document, at=timezone.now())
    messages.info(request, _("The PDF is being made."))
    return redirect("service:work", request.work.pk)
