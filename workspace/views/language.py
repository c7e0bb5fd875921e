"""Choosing the language of the portal."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.accounts.access import public_page


@public_page
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Save the language in a cookie and, for a person who is signed in, on the user."""
    chosen = request.POST.get("language", "")
    after = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, request.is_secure()):
        after = "/"
    response = HttpResponseRedirect(after)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
            httponly=True,
        )
        user = request.user
        if user.is_authenticated:
            user.language = chosen
            user.save(update_fields=["language"])
    return response
