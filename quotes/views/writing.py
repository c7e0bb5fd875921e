"""Views for writing quotes: start, details, revise, delete, settings."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.active_customer import active_customer
from customers.models import Customer
from customers.queries import Match, find_customers
from portal.accounts.access import PartnerRequest, needs
from portal.core.form_tokens import shown_token, token_version
from portal.core.forms import RefusalsAsMessages, ShowRefusals, warn_of_characters
from portal.core.http import form_data, get_or_post, parse_uuid, typed
from quotes.forms.writing import QuoteDetailsForm, SettingsForm, StartForm
from quotes.http import QuoteRequest, load_form_of_quote, load_quote, require_version
from quotes.models import Quote
from quotes.services import drafts
from quotes.services.drafts import StaleQuote, quote_settings
from quotes.views.gone import not_open, of_open_quote


def _prefilled(request: PartnerRequest) -> Customer | None:
    """Return the customer named in the address, otherwise the active one; never the own company."""
    visible = Customer.objects.visible_to(request.membership).active().filter(is_own_company=False)
    named = parse_uuid(request.GET.get("customer", ""))
    if named is not None:
        return visible.filter(pk=named).first()
    active = active_customer(request)
    return visible.filter(pk=active.pk).first() if active is not None else None


def _start_page(request: PartnerRequest, form: StartForm, chosen: Customer | None) -> HttpResponse:
    searched = typed(request, "customer_search")
    matches: list[Match] = []
    if searched:
        found = find_customers(searched, person=request.membership)
        matches = [match for match in found if not match.is_own_company]
    context = {
        "form": form,
        "chosen": chosen,
        "searched": searched,
        "matches": matches,
        "suggest_url": reverse("workspace:suggest"),
    }
    return render(request, "quotes/start.html", context)


@needs("change_quote")
@get_or_post
def start(request: PartnerRequest) -> HttpResponse:
    """Start a quote: the customer, and its details."""
    options: dict[str, Any] = {
        "person": request.membership,
        "settings": quote_settings(),
        "today": timezone.localdate(),
    }
    if request.method != "POST":
        kept = form_data(request)
        form = StartForm(kept, initial={"quote_id": uuid4()}, **options)
        picked = form.cleaned_data.get("customer") if kept and form.is_valid() else None
        return _start_page(request, form, picked or _prefilled(request))
    form = StartForm(request.POST, **options)
    valid = form.is_valid()
    target = form.cleaned_data.get("customer")
    if request.POST.get("find"):
        form.errors.clear()
    elif valid and target is not None:
        with ShowRefusals(form):
            quote = drafts.start_quote(
                by=request.membership, at=timezone.now(), **form.cleaned_data
            )
            warn_of_characters(request, form)
            return redirect("quotes:lines", quote.pk)
    return _start_page(request, form, target or form.posted)


@needs("change_quote", load=load_form_of_quote, of="quote")
@get_or_post
@of_open_quote
def details(request: QuoteRequest) -> HttpResponse:
    """Edit title, validity, message and notes. Saving withdraws an open link (CON-21)."""
    quote = request.quote
    data = form_data(request)
    form = QuoteDetailsForm(
        data, instance=quote, settings=quote_settings(), today=timezone.localdate()
    )
    status = 200
    if request.method == "POST":
        with ShowRefusals(form) as shown:
            version = require_version(quote, request.POST)
            if form.is_valid():
                drafts.save_details(
                    quote.pk, version=version, at=timezone.now(), **form.cleaned_data
                )
                messages.success(request, _("The quote was saved."))
                warn_of_characters(request, form)
                return redirect("quotes:quote", quote.pk)
        status = shown.status
    # A form that comes back with errors keeps its token, so that what others saved is noticed when
    # it is sent again; one that shows what they saved gets a new one (SAFE-06).
    token, differences = request.POST.get("form_token", ""), []
    if status == StaleQuote.status or token_version(quote, token) is None:
        quote = Quote.objects.visible_to(request.membership).get(pk=quote.pk)
        token = shown_token(request, quote)
        differences = form.differences(quote) if status == StaleQuote.status else []
    context = {"form": form, "quote": quote, "form_token": token, "differences": differences}
    return render(request, "quotes/details.html", context, status=status)


@needs("change_quote", load=load_quote, of="quote")
@require_POST
def revise(request: QuoteRequest) -> HttpResponse:
    """Make a declined or expired quote a draft again; make a new version of a confirmed one."""
    with RefusalsAsMessages(request):
        if request.quote.state == Quote.State.CONFIRMED:
            quote = drafts.supersede(request.quote.pk, by=request.membership, at=timezone.now())
        else:
            quote = drafts.revise(request.quote.pk, at=timezone.now())
        return redirect("quotes:lines", quote.pk)
    return redirect("quotes:quote", request.quote.pk)


@needs("change_quote", load=load_quote, of="quote")
@get_or_post
def delete(request: QuoteRequest) -> HttpResponse:
    """Delete a draft that was never sent."""
    quote = request.quote
    gone = not_open(request, "delete")
    if gone is not None:
        return gone
    if request.method == "POST":
        with RefusalsAsMessages(request):
            drafts.delete_quote(quote.pk)
            messages.success(request, _("The quote for %s was deleted.") % quote.customer.label)
            return redirect("quotes:list")
        return redirect("quotes:quote", quote.pk)
    return render(request, "quotes/delete.html", {"quote": quote})


@needs("change_settings")
@get_or_post
def settings_form(request: PartnerRequest) -> HttpResponse:
    """Edit the settings of quotes."""
    settings = quote_settings()
    form = SettingsForm(request.POST or None, instance=settings)
    if request.method == "POST" and form.is_valid():
        drafts.change_settings(settings, **form.cleaned_data)
        messages.success(request, _("The settings were saved."))
        return redirect("quotes:settings")
    return render(request, "quotes/settings.html", {"form": form})
