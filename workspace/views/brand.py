"""The partner's colour, as a stylesheet for the public pages and the sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.accounts.access import public_page
from portal.tenancy.context import current_partner


@public_page
@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Return ``--brand`` and ``--brand-ink`` for light and dark; the model validates the colour."""
    partner = current_partner()
    colour = partner.brand_colour if partner is not None else "#0e5f6c"
    css = (
        f":root {{ --brand: light-dark({colour}, color-mix(in oklab, {colour} 75%, #fff));"
        f" --brand-ink: light-dark({colour}, color-mix(in oklab, {colour} 45%, #fff)); }}\n"
    )
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    return response
