"""Answers that take as long for what exists as for what does not (INP-21)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

# Longer than looking a person up, writing the mail and committing it take together.
SECONDS = 0.35
_random = random.SystemRandom()


def takes_as_long(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let each POST to a view take the same time, and a little more by chance."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        started = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            until = started + SECONDS * _random.uniform(1, 1.1)
            time.sleep(max(0.0, until - time.monotonic()))
        return response

    return wrapped
