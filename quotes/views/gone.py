"""A quote that can't be changed any more while its form is filled (CON-33)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import WrongState
from portal.core.formats import term_words
from portal.core.forms import typed_rows
from portal.history.queries import last_acts
from quotes.forms.lines import LinesForm
from quotes.forms.writing import QuoteDetailsForm
from quotes.http import QuoteRequest, deleted_quote
from quotes.models import Quote
from quotes.services.drafts import quote_settings
from quotes.states import allowed, next_state

View = Callable[[QuoteRequest], HttpResponse]
# The parts of a line by the beginnings of their fields.
PARTS = ("q", "t", "d")


def not_open(request: QuoteRequest, transition: str) -> HttpResponse | None:
    """Redirect to the quote's page if its state does not allow a transition; else return None."""
    try:
        next_state(request.quote, transition)
        return None
    except WrongState as error:
        messages.info(request, str(error))
    return redirect("quotes:quote", request.quote.pk)


def of_open_quote(view: View) -> View:
    """Answer a form of a quote that can't be changed any more with a page that says so (CON-33).

    Without a posted form, redirect to the quote's page with the reason.
    """

    @wraps(view)
    def wrapped(request: QuoteRequest) -> HttpResponse:
        quote = request.quote
        if quote._state.adding or (request.method == "POST" and not allowed(quote, "edit")):
            return no_longer(request)
        try:
            return not_open(request, "edit") or view(request)
        except Quote.DoesNotExist:
            gone = deleted_quote(request, quote.pk)
        if gone is None:
            raise Http404
        request.quote = gone
        return no_longer(request)

    return wrapped


def no_longer(request: QuoteRequest) -> HttpResponse:
    """Say what became of the quote, show what was typed, and how to go on (CON-33)."""
    return render(request, "quotes/gone.html", _context(request), status=409)


def _context(request: QuoteRequest) -> dict[str, Any]:
    quote, is_deleted = request.quote, request.quote._state.adding
    confirmations = [] if is_deleted else quote.confirmations.values_list("pk", flat=True)
    typed = _typed(request)
    return {
        "quote": quote,
        "is_deleted": is_deleted,
        "events": last_acts(quote.pk, *confirmations),
        "typed": "\n".join(f"{label}: {text}" for label, text in typed),
        "typed_rows": min(len(typed) + 2, 15),
    }


def _typed(request: QuoteRequest) -> list[tuple[str, str]]:
    """Return the labels and texts of the posted form."""
    quote, today = request.quote, timezone.localdate()
    match = request.resolver_match
    form: forms.BaseForm
    if match is not None and match.url_name == "details":
        form = QuoteDetailsForm(
            request.POST, instance=quote, settings=quote_settings(), today=today
        )
        return typed_rows(form)
    data = request.POST.copy()
    for name in ("then", "remove"):  # These rearrange the rows.
        data.pop(name, None)
    form = LinesForm(data, quote=quote, settings=quote_settings(), today=today)
    return _lines(form)


def _lines(form: LinesForm) -> list[tuple[str, str]]:
    """Return a row for each product: quantity, term and discount as they were typed."""
    rows = []
    for row in form.rows():
        quantity, term, discount = (str(form.data.get(f"{part}_{row.key}") or "") for part in PARTS)
        texts = [quantity]
        if term.isascii() and term.isdigit() and len(term) < 4 and int(term):
            texts.append(term_words(int(term)))
        if discount:
            texts.append(_("discount %(percent)s %%") % {"percent": discount.strip(" %")})
        rows.append((row.title, ", ".join(filter(None, texts))))
    return rows
