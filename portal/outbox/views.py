"""`/outbox/`: views of the e-mails that left the portal, for a partner's administrators."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import PartnerRequest, needs
from portal.core.errors import RuleError
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post
from portal.outbox import queries, services
from portal.outbox.causes import cause_of
from portal.outbox.correcting import correct_and_send, recipient_of
from portal.outbox.finding import empty_words, listed_emails
from portal.outbox.forms import AddressForm
from portal.outbox.models import OutboundEmail
from portal.outbox.preview import framed_html, shown
from portal.outbox.rows import as_row, summary_of

State = OutboundEmail.State


class EmailRequest(PartnerRequest):
    """A request whose address names a message of the partner."""

    email: OutboundEmail


def _load(request: EmailRequest, kwargs: dict[str, Any]) -> None:
    request.email = get_object_or_404(
        OutboundEmail.objects.for_partner(request.partner), pk=kwargs.pop("pk")
    )


@needs("manage_people")
@require_safe
def email_list(request: PartnerRequest) -> HttpResponse:
    """Show all messages of the partner, filtered by state and search words."""
    listed = listed_emails(request.GET, request.membership)
    context = {
        **listed.context(request, listed.found, queries.listed(request.partner)),
        "empty": empty_words(listed.asked),
        "may_export": True,
    }
    return render(request, "outbox/list.html", context)


@needs("manage_people")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """The messages on screen, of all pages, as a file (REG-10)."""
    listed = listed_emails(request.GET, request.membership)
    return listed.file(request, request.partner, timezone.now())


@csp_update({"frame-src": ["'self'"]})
@never_cache
@needs("manage_people", load=_load, of="email")
@require_safe
def email_detail(request: EmailRequest) -> HttpResponse:
    """Show one message: its content, its state, and why it did not arrive."""
    return _detail(request)


def _detail(request: EmailRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    email = request.email
    context = {
        "email": email,
        "row": as_row(email, with_recipient=True),
        "cause": cause_of(email),
        "message": shown(email),
        "summary": summary_of(email),
        "refusal": refusal,
    }
    return render(request, "outbox/detail.html", context, status=status)


@never_cache
@xframe_options_sameorigin
@needs("manage_people", load=_load, of="email")
@require_safe
def email_html(request: EmailRequest) -> HttpResponse:
    """Return the HTML of a message for the frame of its page: no scripts, no forms, no loading."""
    return html_response(request.email)


def html_response(email: OutboundEmail) -> HttpResponse:
    """Return the HTML part under its own policy, which lets links open a tab only if they work."""
    message = shown(email)
    return framed_html(message.html, with_links=message.with_links)


@csp_update({"frame-src": ["'self'"]})
@needs("manage_people", load=_load, of="email")
@require_POST
def email_send_again(request: EmailRequest) -> HttpResponse:
    """Queue a message that was given up once more."""
    try:
        services.send_again(request.email, at=timezone.now())
    except RuleError as error:
        request.email.refresh_from_db()
        return _detail(request, refusal=str(error), status=409)
    messages.success(
        request, _("The e-mail to %(to)s is queued again.") % {"to": request.email.to_address}
    )
    return redirect("outbox:detail", request.email.pk)


@needs("manage_people", load=_load, of="email")
@get_or_post
def email_correct(request: EmailRequest) -> HttpResponse:
    """Correct the address of the contact a message did not reach, and send it there (OUT-26)."""
    email = request.email
    recipient = recipient_of(email)
    if recipient is None:
        return redirect("outbox:detail", email.pk)
    form = AddressForm(request.POST or None, initial={"email": email.to_address})
    status = 200
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form) as refused:
            sent = correct_and_send(email, address=form.cleaned_data["email"], at=timezone.now())
            words = _("The address of %(name)s is corrected, and the e-mail to %(to)s is queued.")
            messages.success(request, words % {"name": recipient.name, "to": sent.to_address})
            return redirect("outbox:detail", email.pk)
        status = refused.status
    context = {
        "form": form,
        "email": email,
        "subject": shown(email).subject,
        "recipient": recipient,
        "cause": cause_of(email),
    }
    return render(request, "outbox/correct.html", context, status=status)
