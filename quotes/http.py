"""Requests whose address names a quote or a confirmation, and the signed values in forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from portal.accounts.access import PartnerRequest
from portal.core.form_tokens import token_version
from quotes.models import Confirmation, Quote
from quotes.services.drafts import StaleQuote

COOKIE_SALT = "quotes.confirmation"
# How long a reader may take before the e-mailed link has to be opened again.
COOKIE_SECONDS = 12 * 3600


class QuoteRequest(PartnerRequest):
    """A request whose address names a quote that the person may see."""

    quote: Quote


def load_quote(request: QuoteRequest, kwargs: dict[str, Any]) -> None:
    """Loader for ``needs``: the quote of the address, or 404 (also for one not visible)."""
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


def _cookie(confirmation_id: UUID) -> str:
    prefix = "__Host-" if settings.SECURE else ""
    return f"{prefix}approval-{confirmation_id.hex[:12]}"


def let_in(response: HttpResponse, confirmation: Confirmation) -> HttpResponse:
    """Set a cookie that replaces the link's secret, for this host and confirmation only."""
    response.set_cookie(
        _cookie(confirmation.pk),
        signing.dumps(str(confirmation.pk), salt=COOKIE_SALT),
        max_age=COOKIE_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def confirmation_of(request: HttpRequest, confirmation_id: UUID) -> Confirmation | None:
    """Return the confirmation of the address if the cookie of its link is valid, otherwise None."""
    raw = request.COOKIES.get(_cookie(confirmation_id), "")
    try:
        held = signing.loads(raw, salt=COOKIE_SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return None
    if held != str(confirmation_id):
        return None
    return (
        Confirmation.objects.select_related("quote__customer", "terms", "accepted_by")
        .filter(pk=confirmation_id)
        .first()
    )
