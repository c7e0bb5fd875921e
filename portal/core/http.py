"""Small answers that every part of the portal shares, and the pages of its errors."""

from __future__ import annotations

import logging
import sys
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

log = logging.getLogger(__name__)


def plain_not_found(request: HttpRequest) -> HttpResponse:
    """The 404 of a host that leads nowhere: says nothing about who is here."""
    return HttpResponseNotFound(render_to_string("404.html"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: mostly a page left open over a sign-out. Nothing was saved."""
    return HttpResponseForbidden(render_to_string("403_csrf.html", {}, request))


# For views that show a form and take it.
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def parse_uuid(text: str) -> UUID | None:
    """Return the UUID that a form's field or an address names, or None where it is none."""
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def typed(request: HttpRequest, name: str, limit: int = 200) -> str:
    """What was typed into a field that no form cleans, without blanks and NULs around and in it."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:limit]


DATABASE_DOWN = (OperationalError, InterfaceError)


def unavailable() -> HttpResponse:
    log.exception("database unavailable")
    connection.close()
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "10"
    return response


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(template, {}, request), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: visible, but not this person's to do. Says the rule's sentence where there is one."""
    reason = str(exception) if exception is not None else ""
    return HttpResponse(render_to_string("403.html", {"reason": reason}, request), status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same for what never was, what is gone and what is somebody else's."""
    return _page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: renders without context and without a database; 503 when it is that which is lost."""
    if isinstance(sys.exc_info()[1], DATABASE_DOWN):
        return unavailable()
    return HttpResponse(render_to_string("500.html"), status=500)
