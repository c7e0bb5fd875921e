"""The list of quotes and its file (REG-09, REG-10)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import PartnerRequest, needs
from portal.core.list_filters import (
    counts_of_tabs,
    list_context,
    read_filters,
    refuse_export,
    tabs_of,
)
from portal.core.listing import BigListing, Sorted, page_size
from portal.tenancy.downloads import download
from quotes.finding import (
    FILE_FIELDS,
    SORTS,
    empty_words,
    file_columns,
    found_quotes,
    quote_filters,
    total_sentence,
)
from quotes.models import Quote
from quotes.overview import quote_rows


@needs("view_quote")
@require_safe
def quote_list(request: PartnerRequest) -> HttpResponse:
    """Show all quotes that the person may see."""
    person = request.membership
    asked = read_filters(request.GET, quote_filters(person))
    counts = counts_of_tabs(asked, Quote.objects.visible_to(person), "state")
    found = found_quotes(asked, person)
    listing = BigListing(
        request,
        found.select_related("customer"),
        counted=found,
        sorts=SORTS,
        default="-changed",
        size=page_size(request.GET),
    )
    context = {
        **list_context(asked, listing, request.GET),
        "rows": quote_rows(listing.rows),
        "tabs": tabs_of(request.GET, asked, "state", counts),
        "total_sentence": total_sentence(counts[0] if counts else listing.total),
        "empty": empty_words(asked),
        "prices": person.may("view_prices"),
        "currency": request.partner.currency,
        "may_add": person.may("change_quote"),
        "may_export": person.may("export_customer"),
    }
    return render(request, "quotes/list.html", context)


@needs("view_quote", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the quotes on screen, of all pages, as a file (REG-10)."""
    person = request.membership
    asked = read_filters(request.GET, quote_filters(person))
    if not asked.is_possible:
        return refuse_export(request, asked, reverse("quotes:list"))
    order = Sorted(request, model=Quote, sorts=SORTS, default="-changed")
    found = found_quotes(asked, person).select_related("customer").only(*FILE_FIELDS)
    return download(
        found.order_by(*order.ordering),
        file_columns(prices=person.may("view_prices"), currency=request.partner.currency),
        kind=request.GET.get("format", ""),
        name="quotes",
        title=_("Quotes"),
        partner=request.partner,
        at=timezone.now(),
    )
