"""Writing a service report on the spot: the form, saving in the background, pictures (D14)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.forms.differences import form_version, posted_version
from portal.accounts.access import needs
from portal.core.errors import RuleError, StaleError
from portal.core.http import form_data, get_or_post, parse_uuid
from portal.files.models import Attachment
from support.conversation_rows import size_words
from support.forms.parts import BasePartFormSet, ShowWorkDifferences, part_formset
from support.forms.work import PicturesField, WorkForm
from support.http import WorkRequest, load_work
from support.models import ServiceReport
from support.services.drafts import (
    add_picture,
    parts_of,
    pictures_of,
    remove_picture,
    save_draft,
)
from support.services.finishing import missing_in
from support.states import WrongWorkState


def _forms(request: WorkRequest) -> tuple[WorkForm, BasePartFormSet]:
    """Return the form and the rows of parts: as posted, or as saved."""
    work, data = request.work, form_data(request)
    form = WorkForm(data, files=request.FILES or None, initial=WorkForm.initial_of(work))
    parts = parts_of(work)
    wants_row = request.GET.get("row") == "more" or not parts
    return form, part_formset(data, parts=parts, extra=int(wants_row))


def _add_pictures(request: WorkRequest, form: WorkForm) -> None:
    """Store the pictures that came with the form; says of each what was refused."""
    for upload in form.cleaned_data["pictures"]:
        try:
            add_picture(request.work.pk, upload, by=request.membership, at=timezone.now())
        except RuleError as error:
            messages.error(request, f"{upload.name}: {error}")


def _say_missing(form: WorkForm, work: ServiceReport) -> bool:
    """Put an error at each field that is needed before anybody signs; return whether there are."""
    words = {
        "performed_on": _("Enter the date of the work."),
        "minutes": _("Enter how long it took."),
        "work": _("Write what was done."),
        "result": _("Choose the result."),
    }
    missing = missing_in(work)
    for name in missing:
        form.add_error(name, words[name])
    return bool(missing)


@needs("change_report", load=load_work, of="service report")
@get_or_post
def write(request: WorkRequest) -> HttpResponse:
    """Write a draft; what lacks is asked for only before it is signed."""
    work = request.work
    if work.state != ServiceReport.State.DRAFT:
        messages.error(request, str(WrongWorkState(work, "change")))
        return redirect("service:work", work.pk)
    form, parts = _forms(request)
    shown = ShowWorkDifferences(form, parts, form_version(request, work))
    is_saved = False
    if request.method == "POST" and form.is_valid() and parts.is_valid():
        with shown:
            saved = save_draft(
                work.pk,
                form.facts(),
                parts.parts(),
                version=shown.version,
                by=request.membership,
                at=timezone.now(),
            )
            _add_pictures(request, form)
            shown.version, is_saved = saved.version, True
            then = _then(request, form, saved)
            if then is not None:
                return then
    return _shown(request, form, parts, shown, is_saved=is_saved)


def _then(request: WorkRequest, form: WorkForm, saved: ServiceReport) -> HttpResponse | None:
    """Return where the pressed button leads after saving; None to ask for what lacks."""
    here = reverse("service:write", args=[saved.pk])
    removed = parse_uuid(request.POST.get("remove", ""))
    if removed is not None:
        remove_picture(saved.pk, removed)
        return redirect(f"{here}#pictures")
    then = request.POST.get("then", "")
    if then == "part":
        return redirect(f"{here}?row=more#parts")
    if then in ("sign", "unsigned"):
        if _say_missing(form, saved):
            return None
        return redirect(f"service:{then}", saved.pk)
    messages.success(request, _("The draft was saved."))
    return redirect("service:work", saved.pk)


def _shown(
    request: WorkRequest,
    form: WorkForm,
    parts: BasePartFormSet,
    shown: ShowWorkDifferences,
    *,
    is_saved: bool,
) -> HttpResponse:
    work = request.work
    context = {
        "form": form,
        "formset": parts,
        "work": work,
        "pictures": [_picture(work, each) for each in pictures_of(work)],
        "kept_as": f"kontor-draft:{request.user.pk}:{work.pk}",
        "is_saved": is_saved,
        **shown.context,
    }
    return render(request, "support/service/write.html", context, status=shown.status)


def _picture(work: ServiceReport, picture: Attachment) -> dict[str, Any]:
    return {
        "id": str(picture.pk),
        "name": picture.name,
        "size": size_words(picture),
        "url": reverse("service:picture", args=[work.pk, picture.pk]),
    }


@needs("change_report", load=load_work, of="service report")
@require_POST
def save(request: WorkRequest) -> JsonResponse:
    """Save a draft in the background; 409 if somebody else saved, 422 if a field is wrong."""
    form, parts = _forms(request)
    at = timezone.now()
    if not form.is_valid() or not parts.is_valid():
        every = (each.errors for each in (form, *parts.forms))
        wrong = [str(texts[0]) for errors in every for texts in errors.values()]
        wrong += map(str, parts.non_form_errors())
        return JsonResponse({"error": wrong[0] if wrong else ""}, status=422)
    try:
        saved = save_draft(
            request.work.pk,
            form.facts(),
            parts.parts(),
            version=posted_version(request),
            by=request.membership,
            at=at,
        )
    except RuleError as error:
        status = 409 if isinstance(error, StaleError) else 422
        return JsonResponse({"error": str(error)}, status=status)
    return JsonResponse(
        {"version": saved.version, "at": f"{timezone.localtime(at, request.partner.tz):%H:%M}"}
    )


@needs("change_report", load=load_work, of="service report")
@require_POST
def pictures(request: WorkRequest) -> JsonResponse:
    """Take a picture in the background; return those that the report has."""
    work = request.work
    try:
        for upload in PicturesField().clean(request.FILES.getlist("pictures")):
            add_picture(work.pk, upload, by=request.membership, at=timezone.now())
    except ValidationError as error:
        return JsonResponse({"error": error.messages[0]}, status=422)
    except RuleError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"pictures": [_picture(work, each) for each in pictures_of(work)]})
