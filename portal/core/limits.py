"""Limits on how often a person may ask (INP-10 to INP-14); refused with 429."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from portal.core.http import error_page

if TYPE_CHECKING:
    from portal.core.cache import LimitsCache


def exceeded(name: str, who: str, *, allowed: int, seconds: int) -> int:
    """Count a request of ``who``; return 0 if it is allowed, otherwise the seconds to wait.

    Requests are counted in fixed windows of ``seconds``; the wait lasts until the window ends.
    """
    now = time.time()
    window = math.floor(now / seconds)
    key = f"{name}:{who}:{window}"
    count = cast("LimitsCache", cache).count(key, seconds + 5)
    return 0 if count <= allowed else max(1, math.ceil((window + 1) * seconds - now))


def counted(name: str, who: str, *, seconds: int) -> int:
    """Return how many requests of ``who`` were counted in this window, without counting one."""
    return int(cache.get(f"{name}:{who}:{math.floor(time.time() / seconds)}") or 0)


def too_many(request: HttpRequest, wait: int, reason: str = "") -> HttpResponse:
    """Return the page for 429, with Retry-After in seconds (INP-14).

    ``reason`` says what there was too much of; without one it was signing in.
    """
    minutes = math.ceil(wait / 60)
    response = error_page(request, 429, reason=reason, minutes=minutes)
    response["Retry-After"] = str(wait)
    return response


def refused(request: HttpRequest) -> HttpResponse:
    """Return the page for 429 at allauth's own limits, which count by the minute."""
    return too_many(request, 60)
