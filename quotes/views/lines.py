"""Views for the products of a quote: the form, and suggestions while one types."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import needs
from portal.core.finding import Wanted
from portal.core.form_tokens import form_token
from portal.core.forms import ShowRefusals
from portal.core.http import form_data, get_or_post
from portal.core.limits import exceeded, too_many
from quotes.forms.lines import LinesForm
from quotes.forms.rows import blank_row, totals_of
from quotes.http import QuoteRequest, load_form_of_quote, load_quote, require_version
from quotes.models import TERMS
from quotes.offering import find_offered, offered_for, suggestion
from quotes.presentation import over_term_label
from quotes.services.drafts import StaleQuote, quote_settings, save_lines
from quotes.views.gone import of_open_quote

SEARCHES_A_MINUTE = 120


def _page(request: QuoteRequest, form: LinesForm, status: int) -> HttpResponse:
    """Show the form. It keeps the token it was sent with, so that what others saved is noticed
    when it is saved; only a page that shows what they saved has a new one (SAFE-06)."""
    quote, rows = request.quote, form.rows()
    is_stale = status == StaleQuote.status
    differences = []
    if is_stale:
        quote.refresh_from_db(fields=["version"])
        differences = form.differences(quote.lines.select_related("product").order_by("position"))
    token = "" if is_stale else request.POST.get("form_token", "")
    context = {
        "form": form,
        "rows": rows,
        "blank": blank_row(),
        "totals": totals_of(rows),
        "over_terms": [(months, over_term_label(months)) for months, _label in TERMS if months],
        "over_all_terms": over_term_label(None),
        "differences": differences,
        "quote": quote,
        "form_token": token or form_token(quote),
        "prices": request.membership.may("view_prices"),
    }
    return render(request, "quotes/lines.html", context, status=status)


@needs("change_quote", load=load_form_of_quote, of="quote")
@get_or_post
@of_open_quote
def lines(request: QuoteRequest) -> HttpResponse:
    """Edit the lines, over all families. Saving withdraws an open link (CON-21)."""
    quote = request.quote
    form = LinesForm(
        form_data(request), quote=quote, settings=quote_settings(), today=timezone.localdate()
    )
    status = 200
    if request.method == "POST" and not form.is_rearranged:
        with ShowRefusals(form) as shown:
            version = require_version(quote, request.POST)
            if form.is_valid():
                save_lines(quote.pk, version=version, wanted=form.wanted(), at=timezone.now())
                return redirect("quotes:quote", quote.pk)
        status = shown.status
    return _page(request, form, status)


@needs("change_quote", load=load_quote, of="quote")
@require_safe
def products(request: QuoteRequest) -> HttpResponse:
    """Return the products that can be added, while a person types (CON-32)."""
    wait = exceeded("products", str(request.user.pk), allowed=SEARCHES_A_MINUTE, seconds=60)
    if wait:
        return too_many(request, wait, _("Too many searches in a minute."))
    text = request.GET.get("q", "")[:200]
    offered = offered_for(request.quote, day=timezone.localdate())
    settings, wanted = quote_settings(), Wanted(text)
    prices = request.membership.may("view_prices")
    found = find_offered(offered, text)
    return JsonResponse(
        {"results": [suggestion(each, wanted, settings, prices=prices) for each in found]}
    )
