"""Requests whose address names a quote or a confirmation, and the signed values in forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from customers.models import Customer
from portal.accounts.access import PartnerRequest
from portal.core import link_cookies
from portal.core.form_tokens import token_version
from portal.core.link_cookies import is_let_in
from portal.history.queries import first_act
from quotes.models import Confirmation, Quote
from quotes.services.drafts import StaleQuote

# The kind of the cookie that replaces a confirmation's link.
COOKIE = "approval"
# And of the one that says that this browser gave the answer (CON-48).
ANSWERED = "answered"


class QuoteRequest(PartnerRequest):
    """A request whose address names a quote that the person may see."""

    quote: Quote


def load_quote(request: QuoteRequest, kwargs: dict[str, Any]) -> None:
    """Load the quote of the address for ``needs``; raise Http404 also if it is not visible."""
    quote_id: UUID = kwargs.pop("quote_id")
    quote = (
        Quote.objects.visible_to(request.membership)
        .select_related("customer__rate_plan", "created_by__user", "replaces")
        .filter(pk=quote_id)
        .first()
    )
    if quote is None:
        raise Http404
    request.quote = quote


def deleted_quote(request: QuoteRequest, quote_id: UUID) -> Quote | None:
    """Return a deleted quote, not stored, if the posted form was made for it (CON-33).

    Return None unless the form's token says that it was, and the person may see its customer: who
    never could see the quote learns nothing.
    """
    begun = first_act(quote_id, "quote_started")
    if begun is None or begun.customer_id is None or request.method != "POST":
        return None
    customers = Customer.objects.visible_to(request.membership).select_related("rate_plan")
    customer = customers.filter(pk=begun.customer_id).first()
    if customer is None:
        return None
    quote = Quote(
        id=quote_id,
        number=begun.object_repr,
        customer=customer,
        currency=request.partner.currency,
    )
    posted = request.POST.get("form_token", "")
    return quote if token_version(quote, posted) is not None else None


def load_form_of_quote(request: QuoteRequest, kwargs: dict[str, Any]) -> None:
    """Load like load_quote, and a draft that was deleted while its form was filled (CON-33)."""
    quote_id: UUID = kwargs["quote_id"]
    try:
        load_quote(request, kwargs)
    except Http404:
        gone = deleted_quote(request, quote_id)
        if gone is None:
            raise
        request.quote = gone


def require_version(quote: Quote, posted: QueryDict) -> int:
    """Return the version of the quote that a form was made for.

    Raise StaleQuote if its token is missing, forged or of another quote or customer.
    """
    version = token_version(quote, posted.get("form_token", ""))
    if version is None:
        raise StaleQuote
    return version


class ReaderRequest(HttpRequest):
    """A request of somebody who holds the link to a confirmation."""

    confirmation: Confirmation


def let_in(response: HttpResponse, confirmation: Confirmation) -> HttpResponse:
    """Set a cookie that replaces the link's secret, for this host and confirmation only."""
    return link_cookies.let_in(response, COOKIE, confirmation.pk)


def answered_here(response: HttpResponse, confirmation: Confirmation) -> HttpResponse:
    """Note in the browser that the answer was given in it (CON-48)."""
    return link_cookies.let_in(response, ANSWERED, confirmation.pk)


def is_own_answer(request: HttpRequest, confirmation: Confirmation) -> bool:
    """Return whether the answer was given in this browser (CON-48)."""
    return is_let_in(request, ANSWERED, confirmation.pk)


def confirmation_of(request: HttpRequest, confirmation_id: UUID) -> Confirmation | None:
    """Return the confirmation of the address if the cookie of its link is valid, otherwise None."""
    if not is_let_in(request, COOKIE, confirmation_id):
        return None
    return (
        Confirmation.objects.select_related("quote__customer", "terms", "accepted_by")
        .filter(pk=confirmation_id)
        .first()
    )
