"""What tests of the outbox share: small templates, a queue call, a mail server that can refuse."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import OperationalError, connection

from portal.outbox import services
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner


@contextmanager
def failing(words: str) -> Iterator[None]:
    """Let each statement fail that begins with these words, as when the database goes away."""

    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(words):
            raise OperationalError("the connection is lost")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)

TEMPLATES = {
    "probe/plain.subject.txt": "News for {{ name }}",
    "probe/plain.txt": "Hello {{ name }},\n\n\n\n{% if no %}never{% endif %}   \nbye\n\n",
    "probe/plain.html": (
        "<!doctype html><html><head><style>p { color: #0e5f6c }"
        "@media (max-width: 600px) { p { color: red } }</style></head>"
        "<body><p>Hello {{ name }}</p></body></html>"
    ),
    "probe/link.subject.txt": "Come in",
    "probe/link.txt": "Open {{ link }} now",
    "probe/link.html": (
        '<html><head></head><body><a href="{{ link }}">Open</a><p>or {{ link }}</p></body></html>'
    ),
    "probe/broken.subject.txt": "x",
    "probe/broken.txt": "x",
    "probe/broken.html": "{% include 'probe/nowhere.html' %}",
    "probe/facts.subject.txt": "{{ sender }}",
    "probe/facts.txt": (
        "{% get_current_language as now %}"
        '{{ now }} {{ at|date:"H:i" }} {{ site_url }} {{ subject }}'
    ),
    "probe/facts.html": "<html><head></head><body>{{ subject }}</body></html>",
}


@pytest.fixture(autouse=True)
def probe_templates(settings: Any) -> None:
    """Add the tests' templates to the portal's own."""
    engines = deepcopy(settings.TEMPLATES)
    engines[0]["OPTIONS"]["loaders"] = [
        ("django.template.loaders.locmem.Loader", TEMPLATES),
        *engines[0]["OPTIONS"]["loaders"],
    ]
    settings.TEMPLATES = engines


@pytest.fixture
def queue(nordlys: Partner) -> Callable[..., OutboundEmail]:
    """Return a function that queues a message for Nordlys; any argument can be overridden."""
    numbers = itertools.count(1)

    def call(**values: Any) -> OutboundEmail:
        full: dict[str, Any] = {
            "to": "eva@havsbris.example",
            "template": "probe/plain",
            "context": {"name": "Eva"},
            "language": "en",
            "key": f"probe-{next(numbers)}",
            "at": AT,
        }
        return services.queue_email(**{**full, **values})

    return call


class MailServer:
    """A real SMTP server on a port of its own, with configurable replies."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        # Address -> reply to RCPT TO; address -> reply to the end of DATA, or "drop".
        self.at_rcpt: dict[str, str] = {}
        self.at_data: dict[str, str] = {}
        self.at_mail = ""
        # Seconds between the end of DATA and the reply to it.
        self.slow = 0.0
        self.connections = 0
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_EHLO(
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_mail:
            return self.at_mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self.at_data.get(envelope.rcpt_tos[0], "250 OK")
        if answer == "drop":
            transport: Any = server.transport
            transport.abort()
            return "250 too late"
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.received.append(message_from_bytes(content, EmailMessage, policy=policy.default))
            self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        await asyncio.sleep(self.slow)
        return answer


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server that EMAIL_URL points to."""
    server = MailServer()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
    settings.EMAIL_TIMEOUT = 3
    yield server
    server.stop()
