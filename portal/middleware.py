"""The project's middlewares: health, headers, policy, clean input, database errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import cached_property

from portal.core.http import DATABASE_DOWN, bad_request, database_answer
from portal.core.text import INVISIBLE_OR_JOINER, without_invisible
from portal.tenancy.health import watch

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """``/healthz`` for load balancers, on any host. 503 without a database, within a second.

    It stands before everything that waits, and asks on a connection of its own (AVAIL-03).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            return self.get_response(request)
        if not watch.answers():
            return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
        return HttpResponse("ok\n", content_type="text/plain")


class CleanInputMiddleware:
    """Middleware that cleans what comes in.

    A NUL in an address is refused with 400, since PostgreSQL can't store one; forms refuse it
    themselves. Invisible characters leave what is posted (INP-15): pasted with a name or an
    address, nobody would ever find it again.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            return bad_request(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Take invisible characters out of what was posted, once it has passed as ours."""
        if request.method != "POST":
            return
        cleaned: QueryDict | None = None
        for name, values in request.POST.lists():
            if "password" in name or not any(map(INVISIBLE_OR_JOINER.search, values)):
                continue
            cleaned = cleaned if cleaned is not None else request.POST.copy()
            cleaned.setlist(name, [without_invisible(value) for value in values])
        if cleaned is not None:
            writable: Any = request
            writable.POST = cleaned


class PolicyMiddleware(CSPMiddleware):
    """The library's content security policy, built once for the many responses with the default.

    The library builds the text again for each response.
    """

    @cached_property
    def _standard(self) -> str:
        return str(build_policy())

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Set the policy, unless the view has set one."""
        if settings.DEBUG or any(name.startswith("_csp") for name in response.__dict__):
            return super().process_response(request, response)
        response.setdefault(HEADER, self._standard)
        return response


class HeadersMiddleware:
    """Middleware for headers that Django does not set: no cache keeps personal pages.

    What a signed-in person sees is not stored at all, so that "back" after signing out shows
    nobody's data (USE-12).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if response.status_code >= 400 or not request.path.startswith("/static/"):
            # The admin's pages say so themselves.
            signed_in = request.__dict__.get("membership") is not None
            stored = "private, no-store" if signed_in else "private, no-cache"
            response.setdefault("Cache-Control", stored)
        return response


class DatabaseDownMiddleware:
    """Middleware that turns a lost database into a 503 page that says what was saved."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Note that the view is begun: an error in a middleware afterwards is one behind it."""
        request.__dict__["view_begun"] = True

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Handle errors inside a view; those in middlewares are handled by :func:`server_error`."""
        if isinstance(error, DATABASE_DOWN):
            return database_answer(request, error)
        return None
