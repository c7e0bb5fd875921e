"""Logging as lines of JSON, from which secrets are removed.

Removed everywhere, in messages, values and tracebacks: query strings, long random parts of paths
(the secrets of e-mailed links), passwords in addresses of servers, e-mail addresses. Tracebacks
show source lines and never the values of local variables.

`settings.LOGGING` names this module, so every process imports it and is configured by it.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"

_SERVER_PASSWORD = re.compile(r"(?<=://)[^/\s@\"']*:[^/\s\"']*(?=@)")
_QUERY = re.compile(r"(?<=[\w/])\?[^\s\"'<>()]+")
_LONG_PART = re.compile(r"(?<=/)(?=[^/\s]*\d)[A-Za-z0-9_~:-]{32,}")
# A secret of `portal.core.links` by its length, whatever its letters; modules have an ending.
_SECRET_PART = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![\w-]|\.py)")
# What follows the routes of e-mailed links, whatever a mail program stuck to it.
_LINK_PART = re.compile(
    r"(?:(?<=/confirm/)|(?<=/report/)|(?<=/invitation/)|(?<=/reset/key/))[^/\s\"'<>]{20,}"
)
# Who somebody is: a mail server's refusal repeats the address that it refuses. It begins where no
# such letter stands before it, so that a long text without one costs no more than its length.
_LOCAL = r"\w.!#$%&*+~^-"
_MAIL_ADDRESS = re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]+(?:'[{_LOCAL}]+)*@(?:[\w-]+\.)+[\w-]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_SECRET_NAME = re.compile(
    r"pass(?:word|wd)|secret|token|cookie|authorization|session_?(?:id|key)|api_?key", re.IGNORECASE
)


def _hide_long_part(found: re.Match[str]) -> str:
    part = found[0]
    return part if _UUID.match(part) else HIDDEN


def scrubbed(text: str) -> str:
    """Return the text without query strings, secrets, passwords and addresses of people."""
    text = _SERVER_PASSWORD.sub(HIDDEN, text)
    text = _MAIL_ADDRESS.sub(HIDDEN, text)
    text = _QUERY.sub("?" + HIDDEN, text)
    for parts in (_LINK_PART, _SECRET_PART, _LONG_PART):
        text = parts.sub(_hide_long_part, text)
    return text


def _clean(value: object, name: str = "") -> Any:
    if name and _SECRET_NAME.search(name):
        return HIDDEN
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _clean(part, str(key)) for key, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(part) for part in value]
    with suppress(Exception):
        return scrubbed(str(value))
    return f"<{type(value).__name__}>"


def _error(found: object) -> tuple[type[BaseException], BaseException, TracebackType | None] | None:
    if isinstance(found, BaseException):
        return type(found), found, found.__traceback__
    if found and not isinstance(found, tuple):
        found = sys.exc_info()
    if isinstance(found, tuple) and len(found) == 3 and found[0] is not None:
        return found
    return None


def renderer(_logger: WrappedLogger, _name: str, event_dict: EventDict) -> str:
    """Return the event as one line of JSON; the last processor of every log line."""
    error = _error(event_dict.pop("exc_info", None))
    event_dict.pop("stack_info", None)
    line: dict[str, Any] = {
        name: _clean(value, name)
        for name, value in event_dict.items()
        if name not in ("_record", "_from_structlog")
    }
    if error is not None:
        line["exception"] = scrubbed("".join(traceback.format_exception(*error)).rstrip())
    return json.dumps(line, ensure_ascii=False)


_common: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]

# For lines from the standard library's logging: Django's, Celery's and our own.
foreign_chain: list[Processor] = list(_common)


def configure() -> None:
    """Make `structlog.get_logger()` write through the same handler and renderer."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def address_of(request: HttpRequest, *, proxies: int) -> str:
    """Return the client's address as the outermost of our own ``proxies`` saw it.

    Without proxies it is the connection's. Clients can write to X-Forwarded-For, but only to the
    left of what our proxies add.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = hops[-proxies].strip() if len(hops) >= proxies > 0 else ""
    return seen or str(request.META.get("REMOTE_ADDR", ""))


class RequestLogMiddleware:
    """Middleware that adds the request's id and the client's address to every log line.

    It is the outermost, so that lines of other middlewares have them too; PartnerMiddleware adds
    the partner, PersonMiddleware the person. They stay until the thread's next request, since
    Django logs a refusal after all middlewares.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            request_id=str(uuid.uuid4()),
            ip=address_of(request, proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT),
        )
        return self.get_response(request)


configure()
