"""The portal as a server sees it: one WSGI application, environments in, bytes out.

Django's test client copies the context of every template, which is too slow for ten thousand
requests. CSRF is enforced here, as for a browser.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction

from portal.tenancy.connection import connection

CSRF = "c" * 32
# Statements after which there is nothing to roll back: nothing is locked, set or taken from a
# sequence by them. Savepoints within a request are its own.
READS = re.compile(
    r"(?!.*\b(?:FOR|INTO|set_config|nextval|setval|pg_\w*lock\w*|pg_notify)\b)"
    r"\s*(?:SELECT|SAVEPOINT|RELEASE SAVEPOINT|SET search_path)\b",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(4096)
def _reads(sql: str) -> bool:
    """Return whether a statement only reads; there are some hundred, each sent often."""
    return READS.match(sql) is not None


@dataclass
class Answer:
    """A response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    error: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """Return a header's value, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def everything(self) -> bytes:
        """Return body and headers together, for searching."""
        head = "\n".join(f"{name}: {value}" for name, value in self.headers)
        return head.encode() + b"\n\n" + self.body


BOUNDARY = "kontor0boundary"


def _body_of(data: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return the body of a form and its content type, as a browser sends them."""
    if not files:
        return urlencode(data, doseq=True).encode(), "application/x-www-form-urlencoded"
    parts = []
    for key, values in data.items():
        several = values if isinstance(values, list) else [values]
        parts += [f'name="{key}"\r\n\r\n{value}'.encode() for value in several]
    for key, (name, content) in files.items():
        shown = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        kind = "Content-Type: application/octet-stream"
        head = f'name="{key}"; filename="{shown}"\r\n{kind}\r\n\r\n'
        parts.append(head.encode() + content)
    mark = f"--{BOUNDARY}".encode()
    begin = mark + b"\r\nContent-Disposition: form-data; "
    body = b"".join(begin + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return body, f"multipart/form-data; boundary={BOUNDARY}"


class Wire:
    """Sends requests to the application, in the test's own transaction."""

    def __init__(self) -> None:
        self.application = WSGIHandler()
        self.sent = 0
        self._errors: list[str] = []
        # A strong reference as long as this object exists, since signals keep weak ones.
        got_request_exception.connect(self._note)

    def _note(self, **kwargs: Any) -> None:
        import traceback

        self._errors.append(traceback.format_exc())

    def send(
        self,
        method: str,
        host: str,
        path: str,
        *,
        cookies: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
        csrf: bool = True,
        headers: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Answer:
        """Send one request; what it changes stays. ``files`` are names and contents by field."""
        parts = urlsplit(path)
        body, content_type = _body_of(data or {}, files or {})
        jar = dict(cookies or {})
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SERVER_NAME": host,
            "SERVER_PORT": "80",
            "HTTP_HOST": host,
            "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
            "QUERY_STRING": parts.query,
            "SCRIPT_NAME": "",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": content_type,
            "HTTP_ACCEPT_LANGUAGE": "en",
        }
        if csrf:
            jar["csrftoken"] = environ["HTTP_X_CSRFTOKEN"] = CSRF
        if jar:
            environ["HTTP_COOKIE"] = "; ".join(f"{key}={value}" for key, value in jar.items())
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return self._call(environ)

    def _call(self, environ: dict[str, Any]) -> Answer:
        self.sent += 1
        self._errors.clear()
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told["status"], told["headers"] = int(status.split()[0]), headers
            return lambda data: None

        before = connection.tenant
        connection.set_schema_to_public()
        # A request would close the connection that holds the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            response = self.application(environ, start)
            try:
                body = b"".join(response)
            finally:
                close = getattr(response, "close", None)
                if close is not None:
                    close()
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
            connection.set_tenant(before)
        answer = Answer(told["status"], told["headers"], body, "".join(self._errors))
        for name, value in told["headers"]:
            if name.lower() == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    answer.cookies[key] = morsel.value
        return answer

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Roll back what the requests inside the block change.

        Where they only read there is nothing to roll back, and the search path stays set, too.
        """
        changed = False

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal changed
            changed = changed or not _reads(sql)
            return execute(sql, params, many, context)

        waiting = list(connection.run_on_commit)
        with transaction.atomic(), connection.execute_wrapper(watch):
            yield
            if changed or connection.needs_rollback:
                transaction.set_rollback(True)
        connection.run_on_commit = waiting
