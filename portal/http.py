"""Small answers that every part of the portal shares, and the outermost middlewares."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    HttpResponseNotFound,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.utils.functional import cached_property

from portal.tenancy.connection import connection

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


def plain_not_found(request: HttpRequest) -> HttpResponse:
    """The 404 of a host that leads nowhere: says nothing about who is here."""
    return HttpResponseNotFound(render_to_string("404.html"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: mostly a page left open over a sign-out. Nothing was saved."""
    return HttpResponseForbidden(render_to_string("403_csrf.html", {}, request))


def _with_room(get_response: GetResponse, request: HttpRequest) -> HttpResponse:
    return get_response(request)


# In words of eight bytes: just more than 256 KiB, so that a piece of 512 KiB is reserved.
FRAME = 32_000
_with_room.__code__ = _with_room.__code__.replace(co_stacksize=FRAME)


class RoomMiddleware:
    """Everything below runs in one large piece of the interpreter's stack.

    CPython keeps the frames of Python functions in pieces of 16 KiB and gives a piece back as soon
    as it is empty. A template is rendered about as deep as the first piece reaches; when its
    innermost loop happens to cross the edge, each turn reserves and frees a piece. Measured: 10 to
    40 % of a page, depending on nothing but the number of middlewares. A frame that says it is
    large makes the interpreter reserve one large piece for it and for all that it calls.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _with_room(self.get_response, request)


class HealthMiddleware:
    """``/healthz`` for load balancers: above the partner, on any host. 503 without a database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            return self.get_response(request)
        try:
            connection.set_schema_to_public()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (OperationalError, InterfaceError):
            return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
        return HttpResponse("ok\n", content_type="text/plain")


class CleanInputMiddleware:
    """A NUL in an address is nobody's: 400. PostgreSQL can't store one; forms say so themselves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            return bad_request(request)
        return self.get_response(request)


def typed(request: HttpRequest, name: str, limit: int = 200) -> str:
    """What was typed into a field that no form cleans, without blanks and NULs around and in it."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:limit]


class PolicyMiddleware(CSPMiddleware):
    """The library's content security policy. It puts the text together for each answer; for the
    many that ask for nothing of their own it is put together once."""

    @cached_property
    def _standard(self) -> str:
        return str(build_policy())

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Set the policy, unless the view did."""
        if settings.DEBUG or any(name.startswith("_csp") for name in response.__dict__):
            return super().process_response(request, response)
        response.setdefault(HEADER, self._standard)
        return response


class HeadersMiddleware:
    """What every answer carries beside Django's own: nothing personal stays in a shared cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if response.status_code >= 400 or not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "private, no-cache")
        return response


class DatabaseDownMiddleware:
    """A lost database becomes a 503 page that says what was and was not saved."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for errors inside a view; those in middlewares come by :func:`server_error`."""
        if isinstance(error, DATABASE_DOWN):
            return _unavailable()
        return None


DATABASE_DOWN = (OperationalError, InterfaceError)


def _unavailable() -> HttpResponse:
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
        return _unavailable()
    return HttpResponse(render_to_string("500.html"), status=500)


def public_home(request: HttpRequest) -> HttpResponse:
    """The public host has no page of its own: staff go on to the admin."""
    return HttpResponseRedirect("/admin/")


public_home.policy = "public"  # type: ignore[attr-defined]
