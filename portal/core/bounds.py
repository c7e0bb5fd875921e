"""How many requests of one host are worked on at once, so that others have threads left (AVAIL-02).

Of a web process's threads one host works with a third; a quarter more may wait a moment for
those. One thread is always left, which answers that there is none, and the health page.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers

from portal.core.referrer import try_again

log = logging.getLogger(__name__)

WAIT_SECONDS = 1.5


class Bound:
    """The requests that a process works on, by host."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.working = max(1, threads // 3)
        self.waiting = max(1, threads // 4)
        self._changed = threading.Condition()
        self._working: dict[str, int] = {}
        self._waiting: dict[str, int] = {}
        self._busy = 0

    def enter(self, host: str) -> bool:
        """Take a thread for a request of this host, or wait for one; return whether there is one.

        Every request that was let in has to `leave`.
        """
        with self._changed:
            if self._busy >= self.threads - 1:
                return False
            if self._working.get(host, 0) >= self.working and not self._wait(host):
                return False
            self._working[host] = self._working.get(host, 0) + 1
            self._busy += 1
            return True

    def _wait(self, host: str) -> bool:
        if self._waiting.get(host, 0) >= self.waiting:
            return False
        until = time.monotonic() + WAIT_SECONDS
        self._waiting[host] = self._waiting.get(host, 0) + 1
        self._busy += 1
        try:
            while self._working.get(host, 0) >= self.working:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
            return True
        finally:
            self._busy -= 1
            self._less(self._waiting, host)

    def leave(self, host: str) -> None:
        """Give the thread back."""
        with self._changed:
            self._busy -= 1
            self._less(self._working, host)
            if self._waiting:
                self._changed.notify_all()

    @staticmethod
    def _less(counts: dict[str, int], host: str) -> None:
        counts[host] -= 1
        if not counts[host]:
            del counts[host]


class BoundMiddleware:
    """Middleware that answers 503 at once where a host has more requests open than it may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.WEB_THREADS < 3:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.bound = Bound(settings.WEB_THREADS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get(
            "HTTP_HOST", ""
        )
        host = host.lower()
        if not self.bound.enter(host):
            log.warning("too many requests at once for %s", host[:200])
            return too_busy(request)
        response: HttpResponse | None = None
        try:
            response = self.get_response(request)
        finally:
            if isinstance(response, StreamingHttpResponse):
                # A file is written while it is sent: its thread is free when it is closed.
                closers: list[Callable[[], None]] = response._resource_closers
                closers.append(lambda: self.bound.leave(host))
            else:
                self.bound.leave(host)
        return response


def too_busy(request: HttpRequest) -> HttpResponse:
    """Return the page that says that too much is being done for this host at the moment."""
    with translation.override(translation.get_language_from_request(request)):
        response = HttpResponse(
            render_to_string("too_busy.html", {"back": try_again(request)}), status=503
        )
    response["Retry-After"] = "3"
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response
