"""The list of quotes and its file (REG-09, REG-10)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.access import PartnerRequest, needs
from quotes.finding import empty_words, listed_quotes, total_sentence
from quotes.models import Quote


@needs("view_quote")
@require_safe
def quote_list(request: PartnerRequest) -> HttpResponse:
    """Show all quotes that the person may see."""
    person = request.membership
    listed = listed_quotes(request.GET, person)
    context = {
        **listed.context(request, listed.found, Quote.objects.visible_to(person)),
        "empty": empty_words(listed.asked),
        "may_add": person.may("change_quote"),
        "may_export": person.may("export_customer"),
    }
    context["total_sentence"] = total_sentence(context["all_total"])
    return render(request, "quotes/list.html", context)


@needs("view_quote", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the quotes on screen, of all pages, as a file (REG-10)."""
    listed = listed_quotes(request.GET, request.membership)
    return listed.file(request, request.partner, timezone.now())
