"""Transports: a mail server, or a folder of `.eml` files (EMAIL_URL).

smtp://user:password@host:25, submission://...:587 (STARTTLS required), smtps://...:465,
file:///absolute/folder. Django's mail backends are not used, since they do not tell apart a refused
message, an unreachable server and a broken connection.
"""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, quote
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives  # noqa: TID251  only makes the MIME message
from django.core.mail.message import sanitize_address  # noqa: TID251

from portal.outbox.bounces import envelope_sender
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import reveal

# A longer word could not stand beside "Subject:" in one line.
LONGEST_WORD = 60
PORTS = {"smtp": 25, "submission": 587, "smtps": 465}


class Refused(Exception):
    """The mail server refuses this message; ``status`` is its code, if it gave one."""

    def __init__(self, words: str, *, status: int | None, for_good: bool) -> None:
        super().__init__(words)
        self.status = status
        self.for_good = for_good


class Unreachable(Exception):
    """The transport does not work at all: no server, no sign-in, no folder.

    This is no fault of the message, so the batch ends here.
    """

    def __init__(self, words: str, *, status: int | None = None) -> None:
        super().__init__(words)
        self.status = status


class Broken(Exception):
    """The connection ended in the middle of a message, which may have been accepted or not."""


@dataclass(frozen=True)
class Envelope:
    """A message in its MIME form, with sender and recipient."""

    name: str
    sender: str
    recipient: str
    data: bytes


def build_envelope(email: OutboundEmail, secrets: dict[str, str], *, at: datetime) -> Envelope:
    """Build the MIME message of a row, with its secrets. Raise ValueError for an invalid header."""
    message = EmailMultiAlternatives(
        subject=reveal(email.subject, email.pk, secrets),
        body=reveal(email.text, email.pk, secrets),
        from_email=f'"{quote(email.from_name)}" <{email.from_address}>',
        to=[email.to_address],
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={
            "Message-ID": email.message_id,
            "Date": format_datetime(at.astimezone(UTC)),
            "Auto-Submitted": "auto-generated",
            "Content-Language": email.language,
        },
    )
    message.attach_alternative(reveal(email.html, email.pk, secrets, html=True), "text/html")
    if email.document is not None and not email.without_document:
        # Name and bytes as issued.
        content = email.document.content
        if content is None:
            raise ValueError("the document is not made yet")
        message.attach(email.document.file_name, bytes(content), "application/pdf")
    made: Any = message.message()
    made.replace_header("Subject", _folded(str(message.subject)))
    return Envelope(
        name=file_name(email),
        sender=sanitize_address(envelope_sender(email), "utf-8"),
        recipient=sanitize_address(email.to_address, "utf-8"),
        data=made.as_bytes(linesep="\r\n"),
    )


def _folded(subject: str) -> Header:
    """Return the subject folded at 76 signs (OUT-24).

    Django's own begins the folded subject on the line after "Subject:", which some programs show
    as a blank. What has no place to fold is encoded, as text beyond ASCII is.
    """
    longest = max((len(word) for word in subject.split()), default=0)
    plain = subject.isascii() and longest <= LONGEST_WORD and "=?" not in subject
    return Header(
        subject, None if plain else "utf-8", header_name="Subject", maxlinelen=76 if plain else 75
    )


class Transport(Protocol):
    """A transport, open for one batch."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...

    def send(self, envelope: Envelope) -> None:
        """Send one message; raise Refused, Unreachable or Broken."""
        ...


def open_transport() -> Transport:
    """Return the transport that EMAIL_URL names. Raise ValueError for an unknown scheme."""
    url = urlsplit(settings.EMAIL_URL)
    if url.scheme == "file":
        return FolderTransport(Path(unquote(url.path)))
    if url.scheme in PORTS:
        return SmtpTransport(url)
    raise ValueError(f"EMAIL_URL: {url.scheme}:// is not one of smtp, submission, smtps, file")


class SmtpTransport:
    """One connection to a mail server, opened when needed and used for many messages."""

    def __init__(self, url: SplitResult) -> None:
        self._url = url
        self._server: smtplib.SMTP | None = None
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._limit():
            self._close()

    def send(self, envelope: Envelope) -> None:
        with self._limit():
            self._send(envelope)

    @contextmanager
    def _limit(self) -> Iterator[None]:
        """End the conversation after its limit, however the server spreads its words (OUT-40).

        ``timeout`` counts from each byte anew. A connection that is shut reads as one that the
        server dropped.
        """
        self._begin(settings.EMAIL_MESSAGE_SECONDS)
        try:
            yield
        finally:
            self._end()

    def _begin(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _wait_for_receipt(self) -> None:
        """Begin a limit of its own for the answer to a message that was handed over whole.

        Whoever leaves before it does not know whether the message was taken, and sends it twice
        (RFC 5321, 4.5.3.2.6).
        """
        self._end()
        self._set_timeout(settings.EMAIL_RECEIPT_SECONDS)
        self._begin(settings.EMAIL_RECEIPT_SECONDS)

    def _set_timeout(self, seconds: float) -> None:
        with suppress(OSError):
            if self._socket is not None:
                self._socket.settimeout(seconds)

    def _shut(self) -> None:
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def _note(self, opened: socket.socket) -> None:
        self._socket = opened

    def _send(self, envelope: Envelope) -> None:
        server = self._ready()
        try:
            server.sendmail(envelope.sender, [envelope.recipient], envelope.data)
        except smtplib.SMTPRecipientsRefused as error:
            status, words = error.recipients[envelope.recipient]
            raise Refused(_words(words), status=status, for_good=status >= 500) from error
        except smtplib.SMTPSenderRefused as error:
            # The server refuses us and not the recipient: a matter of configuration, worth a retry.
            raise Refused(
                _words(error.smtp_error), status=error.smtp_code, for_good=False
            ) from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code <= 0:
                self._close()
                raise Broken(_words(error.smtp_error)) from error
            raise Refused(
                _words(error.smtp_error), status=error.smtp_code, for_good=error.smtp_code >= 500
            ) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._close()
            raise Broken(_words(error)) from error
        finally:
            self._set_timeout(_timeout())

    def _ready(self) -> smtplib.SMTP:
        """Return a connection that works; servers drop idle ones, which must not fail a message."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._server.noop()[0] == 250:
                    return self._server
            self._close()
        try:
            self._server = self._open()
        except smtplib.SMTPResponseException as error:
            raise Unreachable(_words(error.smtp_error), status=error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(_words(error)) from error
        return self._server

    def _open(self) -> smtplib.SMTP:
        url = self._url
        host, port = url.hostname or "127.0.0.1", url.port or PORTS[url.scheme]
        server: smtplib.SMTP
        if url.scheme == "smtps":
            server = smtplib.SMTP_SSL(timeout=_timeout(), context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(timeout=_timeout())
        private: Any = server
        # What the constructor would set, had it connected by itself: the name that TLS checks.
        private._host = host
        opens = private._get_socket

        def open_and_note(*where: object) -> socket.socket:
            made: socket.socket = opens(*where)
            self._note(made)
            return made

        private._get_socket = open_and_note
        sends = private.send

        def send_and_wait(piece: str | bytes) -> None:
            sends(piece)
            # Commands are text; the message is sent in one piece of bytes.
            if isinstance(piece, bytes):
                self._wait_for_receipt()

        private.send = send_and_wait
        try:
            status, words = server.connect(host, port)
            if status != 220:
                raise smtplib.SMTPConnectError(status, words)
            if url.scheme == "submission":
                server.starttls(context=ssl.create_default_context())
                self._note(private.sock)
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


class FolderTransport:
    """A transport that writes `.eml` files atomically, for the embedded run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def send(self, envelope: Envelope) -> None:
        unfinished = self._folder / f".{envelope.name}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(envelope.data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / envelope.name)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise Unreachable(_words(error)) from error


def _timeout() -> float:
    return float(settings.EMAIL_TIMEOUT or 20)


def file_name(email: OutboundEmail) -> str:
    """Return the name of a message's `.eml` file; names sort by the time of queueing."""
    return f"{email.created_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{email.pk}.eml"


def written(email: OutboundEmail) -> EmailMessage | None:
    """Return the message from the folder, or None if it is not there or a mail server is used."""
    url = urlsplit(settings.EMAIL_URL)
    if url.scheme != "file":
        return None
    try:
        data = (Path(unquote(url.path)) / file_name(email)).read_bytes()
    except OSError:
        return None
    return message_from_bytes(data, EmailMessage, policy=policy.default)


def _words(said: object) -> str:
    """Return what a server or the system reported, in a form that may be stored and shown."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.replace("\x00", "").split())[:500]
