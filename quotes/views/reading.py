"""The customer's pages: without sign-in, and usable without scripts (CON-11 to CON-23).

GET changes no state. The secret leaves the address bar with the first redirect; from then on a
cookie of this host identifies the reader.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import by_link, public_page
from portal.core.errors import RuleError
from portal.core.forms import show_refusal
from portal.core.http import DOCUMENT_POLICY, get_or_post, parse_uuid
from portal.core.limits import exceeded, too_many
from portal.core.link_cookies import private
from portal.outbox.issuing import issued
from portal.outbox.models import Document
from portal.tenancy.context import current_partner, require_partner
from quotes.contacts import possible_contacts
from quotes.forms.asking import AcceptForm, DeclineForm, VerifyForm
from quotes.http import answered_here, confirmation_of, is_own_answer, let_in
from quotes.in_charge import asker
from quotes.links import find_by_secret
from quotes.models import Confirmation, ConfirmationPaper
from quotes.presentation import clauses, proposed_lines, terms_words, valid_until
from quotes.services import answering
from quotes.services.answering import Closed, Reader, statements
from quotes.standing import standing_of

BAD_LINKS_A_MINUTE = 10
CHECKS_A_MINUTE = 20
LARGEST = 5 * 1024 * 1024


def _address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))


@by_link
@never_cache
@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the mailed link's secret for a cookie, and redirect; 404 for an unknown one."""
    found = find_by_secret(secret) if current_partner() is not None else None
    if found is None:
        wait = exceeded("bad-link", _address(request), allowed=BAD_LINKS_A_MINUTE, seconds=60)
        if wait:
            reason = _("Too many links that lead nowhere were opened.")
            return private(too_many(request, wait, reason))
        return private(render(request, "quotes/reading/unknown.html", status=404))
    if request.method == "GET":
        answering.note_opened(found, at=timezone.now())
    return private(let_in(redirect("confirm:page", found.pk), found))


def _context(confirmation: Confirmation) -> dict[str, Any]:
    lines = proposed_lines(confirmation.snapshot)
    name, address = asker(confirmation)
    return {
        "asker": {"name": name, "email": address},
        "confirmation": confirmation,
        "proposal": confirmation.snapshot,
        "agreement": f"{confirmation.snapshot['quote']}-{confirmation.snapshot['revision']}",
        "partner": current_partner(),
        "lines": lines,
        "valid_until": valid_until(confirmation.snapshot),
        "terms_title": confirmation.snapshot["terms"]["title"],
        "terms_words": terms_words(confirmation.snapshot),
        "seen": confirmation.snapshot_sha256,
    }


def _state_page(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    """Show a confirmation that is not open: 200 for whoever holds the link (CON-22, D22)."""
    name = confirmation.state
    if confirmation.is_over(timezone.now()):
        name = Confirmation.State.EXPIRED
    context = {
        **_context(confirmation),
        "standing": standing_of(confirmation),
        "own": is_own_answer(request, confirmation) or _chose_the_same(request, confirmation),
        "tried": request.method == "POST",
    }
    if name == Confirmation.State.ACCEPTED:
        document = answering.document_of(confirmation)
        context["document_ready"] = document is not None and document.is_ready
    return private(render(request, f"quotes/reading/{name}.html", context))


def _chose_the_same(request: HttpRequest, confirmation: Confirmation) -> bool:
    """Return whether the posted form is the recorded acceptance once more: a double click."""
    if "reason" in request.POST:
        return False
    chosen = parse_uuid(request.POST.get("contact", ""))
    return chosen is not None and chosen == confirmation.accepted_by_id


def _open_page(
    request: HttpRequest,
    confirmation: Confirmation,
    *,
    accept: AcceptForm | None = None,
    decline: DeclineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_context(confirmation),
        "clauses": clauses(confirmation.terms),
        "form": accept or _accept_form(None, confirmation),
        "decline": decline or _decline_form(None, confirmation),
        "declining": decline is not None,
        "has_paper": ConfirmationPaper.objects.filter(confirmation=confirmation).exists(),
    }
    return private(render(request, "quotes/reading/review.html", context, status=status))


def _accept_form(data: QueryDict | None, confirmation: Confirmation) -> AcceptForm:
    return AcceptForm(
        data,
        people=possible_contacts(confirmation.quote.customer),
        asked=confirmation.contact_id,
        statements=statements(confirmation.language, confirmation.snapshot["customer"]["name"]),
    )


def _decline_form(data: QueryDict | None, confirmation: Confirmation) -> DeclineForm:
    people = possible_contacts(confirmation.quote.customer)
    return DeclineForm(data, people=people, asked=confirmation.contact_id)


def _load(request: HttpRequest, confirmation_id: UUID) -> Confirmation | None:
    """Return the confirmation of the reader and activate its language."""
    found = confirmation_of(request, confirmation_id) if current_partner() is not None else None
    if found is not None:
        translation.activate(found.language)
        request.LANGUAGE_CODE = found.language
    return found


def _reader(request: HttpRequest) -> Reader:
    return Reader(_address(request), request.META.get("HTTP_USER_AGENT", ""))


def _unknown(request: HttpRequest) -> HttpResponse:
    return private(render(request, "quotes/reading/unknown.html", status=404))


@by_link
@never_cache
@get_or_post
def page(request: HttpRequest, confirmation_id: UUID) -> HttpResponse:
    """Show the proposal and take the acceptance: two ticks and a name (CON-11 to CON-15)."""
    confirmation = _load(request, confirmation_id)
    if confirmation is None:
        return _unknown(request)
    if not confirmation.is_open or confirmation.is_over(timezone.now()):
        return _state_page(request, confirmation)
    if request.method != "POST":
        return _open_page(request, confirmation)
    form = _accept_form(request.POST, confirmation)
    if not form.is_valid():
        return _open_page(request, confirmation, accept=form)
    try:
        answering.accept_confirmation(
            confirmation.pk,
            contact_id=form.contact_id(),
            seen=request.POST.get("seen", ""),
            reader=_reader(request),
            at=timezone.now(),
        )
    except Closed:
        confirmation.refresh_from_db()
        return _state_page(request, confirmation)
    except RuleError as error:
        status = show_refusal(form, error)
        return _open_page(request, confirmation, accept=form, status=status)
    return private(answered_here(redirect("confirm:page", confirmation.pk), confirmation))


@by_link
@never_cache
@require_POST
def decline(request: HttpRequest, confirmation_id: UUID) -> HttpResponse:
    """Decline, with what should be different (CON-23) and by whom (CON-50)."""
    confirmation = _load(request, confirmation_id)
    if confirmation is None:
        return _unknown(request)
    form = _decline_form(request.POST, confirmation)
    if not confirmation.is_open or confirmation.is_over(timezone.now()):
        return _state_page(request, confirmation)
    if not form.is_valid():
        return _open_page(request, confirmation, decline=form)
    try:
        answering.decline_confirmation(
            confirmation.pk,
            contact_id=form.contact_id(),
            reason=form.cleaned_data["reason"],
            seen=request.POST.get("seen", ""),
            reader=_reader(request),
            at=timezone.now(),
        )
    except Closed:
        confirmation.refresh_from_db()
        return _state_page(request, confirmation)
    except RuleError as error:
        status = show_refusal(form, error)
        return _open_page(request, confirmation, decline=form, status=status)
    return private(answered_here(redirect("confirm:page", confirmation.pk), confirmation))


@by_link
@never_cache
@require_safe
def pdf(request: HttpRequest, confirmation_id: UUID) -> HttpResponse:
    """Return the signed agreement to whoever holds the link, once it is made."""
    confirmation = _load(request, confirmation_id)
    found = answering.document_of(confirmation) if confirmation is not None else None
    if found is None or not found.is_ready:
        return _unknown(request)
    return private(issued(found))


@by_link
@never_cache
@require_safe
def paper(request: HttpRequest, confirmation_id: UUID) -> HttpResponse:
    """Return what is asked as a PDF, to read before it is answered, once it is made (CON-54)."""
    confirmation = _load(request, confirmation_id)
    found = ConfirmationPaper.objects.filter(confirmation=confirmation).first()
    if confirmation is None or found is None:
        return _unknown(request)
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{confirmation}-text.pdf"'
    response["Content-Security-Policy"] = DOCUMENT_POLICY
    return private(response)


@public_page
@never_cache
@get_or_post
def verify(request: HttpRequest) -> HttpResponse:
    """Check whether a PDF is one that this partner issued, to the byte; the file is not stored."""
    partner = current_partner()
    if partner is None:
        raise Http404
    form = VerifyForm(request.POST or None, request.FILES or None)
    result: dict[str, Any] | None = None
    if request.method == "POST":
        wait = exceeded("verify", _address(request), allowed=CHECKS_A_MINUTE, seconds=60)
        if wait:
            return too_many(request, wait, _("Too many files were compared."))
        form = VerifyForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["pdf"]
            if upload.size > LARGEST:
                form.add_error("pdf", _("The file is larger than 5 MB. Ours are smaller."))
            else:
                result = _compare(upload)
    return render(request, "quotes/reading/verify.html", {"form": form, "result": result})


def _compare(upload: UploadedFile[Any]) -> dict[str, Any]:
    partner = require_partner()
    digest = hashlib.sha256(upload.read()).hexdigest()
    found = (
        Document.objects.for_partner(partner)
        .filter(sha256=digest, kind=answering.DOCUMENT)
        .defer("content")
        .first()
    )
    confirmation = None
    if found is not None:
        confirmation = Confirmation.objects.filter(
            pk=found.key.removeprefix("confirmation-")
        ).first()
    return {
        "known": found is not None and confirmation is not None,
        "document": found,
        "confirmation": confirmation,
        "digest": digest,
    }
