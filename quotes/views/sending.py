"""Views for asking the customer: choose the contact, preview, send; remind, withdraw."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from customers.domains import readable_domain
from customers.forms.contacts_and_sites import ContactForm
from customers.models import Contact, may_change
from customers.services import save_contact
from portal.accounts.access import needs
from portal.core.errors import RuleError
from portal.core.form_tokens import form_token
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post
from portal.outbox.preview import framed_html
from portal.outbox.rendering import Rendered
from portal.outbox.rendering import render as render_email
from portal.outbox.secrets import drop_links
from quotes.contacts import check_ready, domains_of
from quotes.emails import ASK, context_of
from quotes.forms.asking import ContactChoice
from quotes.http import QuoteRequest, load_quote, require_version
from quotes.models import Confirmation
from quotes.presentation import clauses, proposed_lines, terms_words, valid_until
from quotes.services import sending
from quotes.services.sending import Proposal
from quotes.views.gone import not_open


def _rendered(request: QuoteRequest, proposal: Proposal) -> Rendered:
    """Return the e-mail exactly as it will be sent, but for its link (D21)."""
    draft = Confirmation(
        quote=request.quote,
        customer=request.quote.customer,
        revision=request.quote.revision,
        language=proposal.language,
        contact=proposal.contact,
        addressee_name=proposal.contact.full_name,
        addressee_email=proposal.contact.email,
        terms=proposal.terms,
        snapshot=proposal.snapshot,
        sent_by=request.membership,
        expires_at=proposal.expires_at,
    )
    with translation.override(proposal.language):
        context = {
            **context_of(draft),
            "name": proposal.contact.full_name,
            "link": _("(a link that only the e-mail holds)"),
        }
    return render_email(ASK, context, language=proposal.language, partner=request.partner)


def _preview(request: QuoteRequest, proposal: Proposal) -> dict[str, Any]:
    """Return exactly what the customer will get, in its language, without a working link (D21)."""
    email = _rendered(request, proposal)
    with translation.override(proposal.language):
        shown = proposed_lines(proposal.snapshot)
        frame = reverse("quotes:send_preview", args=[request.quote.pk])
        return {
            "language": proposal.language,
            "to": f"{proposal.contact.full_name} <{proposal.contact.email}>",
            "subject": email.subject,
            "text": email.text,
            "html_url": f"{frame}?contact={proposal.contact.pk}",
            "proposal": proposal.snapshot,
            "lines": shown,
            "valid_until": valid_until(proposal.snapshot),
            "clauses": clauses(proposal.terms),
            "terms_title": proposal.terms.title,
            "terms_words": terms_words(proposal.snapshot),
        }


def _ready_problem(request: QuoteRequest) -> str:
    """Return what is missing before anybody can be asked (CON-08); empty if nothing is."""
    try:
        check_ready(request.quote.customer)
    except RuleError as error:
        return str(error)
    return ""


def _page(
    request: QuoteRequest, form: ContactChoice, preview: dict[str, Any] | None, status: int = 200
) -> HttpResponse:
    request.quote.refresh_from_db(fields=["version"])
    context = {
        "form": form,
        "quote": request.quote,
        "form_token": form_token(request.quote),
        "preview": preview,
        "problem": _ready_problem(request),
        "obstacles": sending.obstacles(request.quote),
        "domains": [readable_domain(domain) for domain in domains_of(request.quote.customer)],
        "may_change": may_change(request.quote.customer, request.membership),
    }
    return render(request, "quotes/send.html", context, status=status)


@csp_update({"frame-src": ["'self'"]})
@needs("send_confirmation", load=load_quote, of="quote")
@get_or_post
def send(request: QuoteRequest) -> HttpResponse:
    """Choose a contact, preview and send the confirmation (CON-01 to CON-10)."""
    quote = request.quote
    gone = not_open(request, "send")
    if gone is not None:
        return gone
    if request.method != "POST":
        first = request.GET.get("contact", "")
        form = ContactChoice(customer=quote.customer, initial={"contact": first})
        return _page(request, form, None)
    form = ContactChoice(request.POST, customer=quote.customer)
    with ShowRefusals(form) as shown:
        version = require_version(quote, request.POST)
        if form.is_valid():
            return _send(request, form, form.cleaned_data["contact"], version)
    return _page(request, form, None, shown.status)


@never_cache
@xframe_options_sameorigin
@needs("send_confirmation", load=load_quote, of="quote")
@require_safe
def preview(request: QuoteRequest) -> HttpResponse:
    """Return the HTML of the e-mail to a contact, for the frame of the page that sends it."""
    form = ContactChoice(request.GET, customer=request.quote.customer)
    if not form.is_valid():
        raise Http404
    try:
        proposal = sending.propose(
            request.quote, form.cleaned_data["contact"], by=request.membership, at=timezone.now()
        )
    except RuleError as error:
        raise Http404 from error
    return framed_html(drop_links(_rendered(request, proposal).html))


def _send(
    request: QuoteRequest, form: ContactChoice, contact: Contact, version: int
) -> HttpResponse:
    """Show what will be sent, or send it. Raise RuleError."""
    now = timezone.now()
    if request.POST.get("then") != "send":
        proposal = sending.propose(request.quote, contact, by=request.membership, at=now)
        return _page(request, form, _preview(request, proposal))
    sending.send_confirmation(
        request.quote.pk, contact, version=version, by=request.membership, at=now
    )
    messages.success(
        request,
        _("The confirmation is on its way to %(name)s at %(address)s.")
        % {"name": contact.full_name, "address": contact.email},
    )
    return redirect("quotes:quote", request.quote.pk)


def may_change_customer(request: QuoteRequest) -> bool:
    """Allow adding a contact with the right to change the customer; for ``needs(allow=...)``."""
    return may_change(request.quote.customer, request.membership)


@needs("send_confirmation", load=load_quote, of="quote", allow=may_change_customer)
@get_or_post
def add_contact(request: QuoteRequest) -> HttpResponse:
    """Add a contact and return with it chosen (CON-07)."""
    customer = request.quote.customer
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = save_contact(customer, form.save(commit=False), at=timezone.now())
        messages.success(request, _("%s was saved.") % saved.full_name)
        return redirect(f"{reverse('quotes:send', args=[request.quote.pk])}?contact={saved.pk}")
    context = {"form": form, "customer": customer, "contact": None, "quote": request.quote}
    return render(request, "customers/contact.html", context)


@needs("send_confirmation", load=load_quote, of="quote")
@require_POST
def remind(request: QuoteRequest) -> HttpResponse:
    """Send a reminder to the addressee."""
    with RefusalsAsMessages(request):
        asked = sending.remind(request.quote.pk, at=timezone.now())
        messages.success(request, _("A reminder is on its way to %s.") % asked.addressee_name)
    return redirect("quotes:quote", request.quote.pk)


@needs("send_confirmation", load=load_quote, of="quote")
@get_or_post
def withdraw(request: QuoteRequest) -> HttpResponse:
    """Withdraw the link; the quote is a draft again (CON-21)."""
    gone = not_open(request, "withdraw")
    if gone is not None:
        return gone
    if request.method == "POST":
        with RefusalsAsMessages(request):
            sending.withdraw(request.quote.pk, at=timezone.now())
            messages.success(request, _("The link was withdrawn. The quote is a draft again."))
        return redirect("quotes:quote", request.quote.pk)
    asked = Confirmation.objects.filter(quote=request.quote).open().first()
    return render(request, "quotes/withdraw.html", {"quote": request.quote, "asked": asked})
