"""The partner's colour, as a stylesheet for the public pages and the sign-in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.accounts.access import public_page
from portal.core.colours import css_of
from portal.tenancy.context import current_partner
from portal.tenancy.logos import logo_of


@public_page
@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Return the colours of the partner; the model validates the colour."""
    partner = current_partner()
    colour = partner.brand_colour if partner is not None else "#0e5f6c"
    response = HttpResponse(css_of(colour), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    return response


@public_page
@require_safe
def logo(request: HttpRequest, sha: str) -> HttpResponse:
    """Return the partner's logo; its address changes with the picture (OUT-30)."""
    partner = current_partner()
    content = logo_of(partner) if partner is not None and partner.logo_sha == sha else None
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
