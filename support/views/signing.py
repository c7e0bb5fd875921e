"""Signing off on the technician's phone, and finishing without a signature (SUP-05)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.forms.differences import form_version
from portal.accounts.access import needs
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post
from support.conversation_rows import size_words
from support.durations import duration_words
from support.forms.acts import WordsForm
from support.forms.signing import SignForm
from support.http import WorkRequest, load_work
from support.models import ServiceReport
from support.services.drafts import parts_of, pictures_of
from support.services.finishing import NotComplete, finish_unsigned, missing_in, sign_off
from support.signatures import draw_name, draw_strokes, read_strokes
from support.states import WrongWorkState


def _elsewhere(request: WorkRequest) -> HttpResponse | None:
    """Return where to go if the report can't be finished as it is."""
    work = request.work
    if work.state != ServiceReport.State.DRAFT:
        messages.error(request, str(WrongWorkState(work, "finish")))
        return redirect("service:work", work.pk)
    missing = missing_in(work)
    if missing:
        messages.error(request, str(NotComplete(missing)))
        return redirect("service:write", work.pk)
    return None


def _summary(work: ServiceReport) -> dict[str, object]:
    """Return what is signed, without prices: nothing of it has one."""
    return {
        "work": work,
        "parts": parts_of(work),
        "pictures": [(each, size_words(each)) for each in pictures_of(work)],
        "time_spent": duration_words(work.minutes),
        "travel": duration_words(work.travel_minutes),
    }


@needs("change_report", load=load_work, of="service report")
@get_or_post
def sign(request: WorkRequest) -> HttpResponse:
    """Show the customer what they sign, in their language, and take the signature."""
    elsewhere = _elsewhere(request)
    if elsewhere is not None:
        return elsewhere
    work, status = request.work, 200
    with override(work.customer.language):
        form = SignForm(form_data(request), work=work)
        version = form_version(request, work)
        if request.method == "POST" and form.is_valid():
            with ShowRefusals(form) as shown:
                _sign(request, form, version)
                return redirect("service:work", work.pk)
            # What is shown now is what is signed next.
            status, version = shown.status, work.version
        context = {"form": form, "version": version, **_summary(work)}
        return render(request, "support/service/sign.html", context, status=status)


def _sign(request: WorkRequest, form: SignForm, version: int) -> None:
    """Draw the signature, and sign off; raise RuleError for a refusal."""
    data = form.cleaned_data
    if data["is_typed"]:
        signature = draw_name(form.name)
    else:
        signature = draw_strokes(read_strokes(data["strokes"]))
    sign_off(
        request.work.pk,
        name=form.name,
        signature=signature,
        contact=data["contact"],
        is_typed=data["is_typed"],
        version=version,
        by=request.membership,
        at=timezone.now(),
    )
    with override(request.user.language):
        messages.success(request, _("Signed off. The PDF is being made and sent."))


@needs("change_report", load=load_work, of="service report")
@get_or_post
def unsigned(request: WorkRequest) -> HttpResponse:
    """Finish a report that nobody signs, with the reason."""
    elsewhere = _elsewhere(request)
    if elsewhere is not None:
        return elsewhere
    work, status = request.work, 200
    form = WordsForm(
        form_data(request),
        label=_("Why nobody signs"),
        missing=_("Write why nobody signs."),
        help_text=_("Like: nobody was on site. It stands in the report."),
    )
    version = form_version(request, work)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form) as shown:
            reason = form.cleaned_data["text"]
            by, at = request.membership, timezone.now()
            finish_unsigned(work.pk, reason=reason, version=version, by=by, at=at)
            messages.success(request, _("Finished. The PDF is being made and sent."))
            return redirect("service:work", work.pk)
        status, version = shown.status, work.version
    context = {"form": form, "version": version, **_summary(work)}
    return render(request, "support/service/unsigned.html", context, status=status)
