"""A mail server that behaves as it is told, also badly (the rows of faults of the mail)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BufferedRWPair
from typing import Self

HELLO = "220 soak ESMTP"
# What is answered to a command, by behaviour; whatever is not named is answered well.
ANSWERS = {
    "421": {"HELLO": "421 4.3.2 closing"},
    "451": {"MAIL": "451 4.3.0 try later"},
    "550": {"RCPT": "550 5.1.1 no such person"},
    "552": {"BODY": "552 5.2.2 mailbox full"},
}
OTHERS = ("well", "refused", "hangs", "slow", "dies after DATA", "dies after 250")


@dataclass(frozen=True)
class Received:
    """A message that was taken, and when, in seconds of the monotonic clock."""

    message_id: str
    to: str
    content: bytes
    at: float

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


class MailServer:
    """A server on the loopback; ``behaviour`` may change at any moment."""

    def __init__(self) -> None:
        self.behaviour = "well"
        self.received: list[Received] = []
        self._ended = False
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def behave(self, behaviour: str) -> None:
        """Behave so from now on; connections that are open are dropped, as by a restart.

        Those to a slow server stay: it is fast again, and ends what it began.
        """
        assert behaviour in ANSWERS or behaviour in OTHERS
        former, self.behaviour = self.behaviour, behaviour
        if former == "slow":
            return
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def times(self, message_id: str) -> int:
        """Return how often a message was taken."""
        return sum(each.message_id == message_id for each in list(self.received))

    def to(self, address: str) -> list[Received]:
        """Return the messages to an address, oldest first."""
        return [each for each in list(self.received) if each.to == address]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended = True
        assert self._listener is not None
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.behave("well")

    def _accept(self) -> None:
        assert self._listener is not None
        while not self._ended:
            try:
                caller, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        self._open.add(caller)
        try:
            # A port that refuses looks the same to a client: the connection ends at once.
            if self.behaviour != "refused":
                with caller.makefile("rwb") as line:
                    self._talk(line)
        except (OSError, ValueError):
            pass
        finally:
            self._open.discard(caller)
            with suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)
            caller.close()

    def _talk(self, line: BufferedRWPair) -> None:
        if self.behaviour == "hangs":
            time.sleep(3600 if not self._ended else 0)
        if not self._say(line, "HELLO", HELLO):
            return
        recipient = ""
        for command in _lines(line):
            word = command[:4].upper()
            if word == "RCPT":
                recipient = command.partition("<")[2].partition(">")[0]
            if word == "DATA":
                if not self._take(line, recipient):
                    return
            elif word == "QUIT":
                self._say(line, word, "221 bye")
                return
            elif not self._say(line, word, "250 OK"):
                return

    def _take(self, line: BufferedRWPair, recipient: str) -> bool:
        """Take one message; return whether the conversation goes on."""
        self._say(line, "DATA", "354 go on")
        content = b"".join(_content(line))
        if self.behaviour == "dies after DATA":
            return False
        if "BODY" not in ANSWERS.get(self.behaviour, {}):
            name = str(message_from_bytes(content)["Message-ID"])
            self.received.append(Received(name, recipient, content, time.monotonic()))
        if self.behaviour == "dies after 250":
            return False
        return self._say(line, "BODY", "250 taken")

    def _say(self, line: BufferedRWPair, word: str, well: str) -> bool:
        """Answer; return False if the answer ends the conversation."""
        answer = ANSWERS.get(self.behaviour, {}).get(word, well)
        pieces = [answer.encode() + b"\r\n"]
        if self.behaviour == "slow":
            pieces = [bytes([each]) for each in pieces[0]]
        for piece in pieces:
            line.write(piece)
            line.flush()
            if self.behaviour == "slow":
                time.sleep(0.5)
        return not answer.startswith("421")


def _lines(line: BufferedRWPair) -> Iterator[str]:
    while data := line.readline(4096):
        yield data.decode("utf-8", "replace").strip()


def _content(line: BufferedRWPair) -> Iterator[bytes]:
    while (data := line.readline()) not in (b".\r\n", b""):
        yield data[1:] if data.startswith(b"..") else data
