"""One large chunk of the interpreter's stack for the whole request."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

# Where it was measured to help; `make bench` has a row that fails when it no longer does.
MEASURED = ("cpython", (3, 11), (3, 14))


def _in_large_frame(get_response: GetResponse, request: HttpRequest) -> HttpResponse:
    return get_response(request)


# In words of eight bytes: just more than 256 KiB, so that a chunk of 512 KiB is reserved.
FRAME = 32_000
_in_large_frame.__code__ = _in_large_frame.__code__.replace(co_stacksize=FRAME)


def helps(implementation: str, version: tuple[int, int]) -> bool:
    """Return whether the middleware was measured to help this interpreter."""
    name, first, last = MEASURED
    return implementation == name and first <= version <= last


class LargeStackChunkMiddleware:
    """Run everything below in one large chunk of the interpreter's stack.

    CPython keeps the frames of Python functions in chunks of 16 KiB and frees a chunk as soon as
    it is empty. A template is rendered about as deep as the first chunk reaches; when its
    innermost loop happens to cross the edge, each turn reserves and frees a chunk. Measured: 10 to
    40 % of a page, depending on nothing but the number of middlewares. A frame that says it is
    large makes the interpreter reserve one large chunk for it and for all that it calls.

    Raises MiddlewareNotUsed, so that Django leaves it out, on any other interpreter.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not helps(sys.implementation.name, sys.version_info[:2]):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _in_large_frame(self.get_response, request)
