"""HTTP helpers that every app shares, and the error pages."""

from __future__ import annotations

import logging
import sys
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    HttpResponseNotFound,
    QueryDict,
)
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from portal.core.busy import busy, is_busy
from portal.core.referrer import try_again

log = logging.getLogger(__name__)
# The policy of a document that is shown by itself: it runs nothing and stands in no frame.
DOCUMENT_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def plain_not_found(request: HttpRequest) -> HttpResponse:
    """Return the 404 of an unknown host, which reveals nothing about the portal."""
    return HttpResponseNotFound(render_to_string("404.html"))


def suspended(request: HttpRequest) -> HttpResponse:
    """Return the page of a suspended partner's hosts, which names whom to ask and nobody else.

    In the language of the visitor's cookie or browser: the partner's own says who it is (CHAN-21).
    """
    ask = getattr(settings, "CHANNEL_SALES_EMAIL", settings.VENDOR_EMAIL)
    with translation.override(translation.get_language_from_request(request)):
        response = HttpResponse(render_to_string("suspended.html", {"ask": ask}), status=503)
    response["Retry-After"] = "3600"
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show the page for a failed CSRF check, usually a form left open while signing out."""
    return HttpResponseForbidden(render_to_string("403_csrf.html", {}, request))


# For views that show a form and take it.
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def parse_uuid(text: str) -> UUID | None:
    """Return the UUID of a form field or an address, or None if it is not one."""
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def form_data(request: HttpRequest) -> QueryDict | None:
    """Return what a form is filled with: what was posted, or was kept over a sign-in; else None."""
    kept = request.__dict__.get("has_kept_form", False)
    return request.POST if request.method == "POST" or kept else None


def typed(request: HttpRequest, name: str, limit: int = 200) -> str:
    """Return the text of a field that no form cleans, stripped and without NUL characters."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:limit]


DATABASE_DOWN = (OperationalError, InterfaceError)


def database_answer(
    request: HttpRequest, error: BaseException | None, *, after: bool = False
) -> HttpResponse:
    """Return the page of an error of the database: busy, or not available (AVAIL-04).

    ``after``: the view was begun and did not fail, so that what it does may be done.
    """
    return busy(request, error, after=after) if is_busy(error) else unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return the page of a database that does not answer."""
    log.exception("database unavailable")
    connection.close()
    response = HttpResponse(render_to_string("503.html", {"back": try_again(request)}), status=503)
    response["Retry-After"] = "10"
    return response


ERROR_TEMPLATES = {403: "403.html", 404: "404.html", 429: "429.html"}


def error_page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """Return the page of an error: within their own menu for people who are signed in, who can go
    on from there; without one for everybody else."""
    return HttpResponse(render_to_string(ERROR_TEMPLATES[status], context, request), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for 400."""
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for 403, with the reason where the rule gives one."""
    reason = str(exception) if exception is not None else ""
    return error_page(request, 403, reason=reason)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for 404: the same for what never existed, is deleted or is another's.

    It does not even repeat the address, neither in the menu nor in a form (ANS-01).
    """
    request.__dict__["is_nowhere"] = True
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for 500, without context and database; 503 if the database is unavailable."""
    error = sys.exc_info()[1]
    if isinstance(error, DATABASE_DOWN):
        after = bool(request.__dict__.get("view_begun"))
        return database_answer(request, error, after=after)
    return HttpResponse(render_to_string("500.html"), status=500)
