"""psycopg, whose connections never wait without an end for a server that is frozen (AVAIL-01).

``statement_timeout`` is kept by the server and TCP's keepalives by its kernel: a PostgreSQL that is
stopped, or whose disk hangs, does neither. So after some seconds of silence another connection asks
whether the server is there at all. If it is, the statement goes on; if not, the connection is given
up, and new ones are refused at once for a moment.

Everything else is psycopg's own: Django takes this module for the driver.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Any, Self

import psycopg
from django.conf import settings
from psycopg import *  # noqa: F403  Django looks for exceptions and types here.
from psycopg.abc import RV, PQGen
from psycopg.errors import ConnectionTimeout, OperationalError, _WaitTimeout

# The question of libpq whether a server speaks TLS: answered before anything else, by anybody.
QUESTION = struct.pack("!ii", 8, 80877103)
ASK_SECONDS = 2.0
# For how long an answer holds for all connections of this process, and a silence: long enough that
# one request does not wait for it twice, also on a machine that is busy.
FRESH_SECONDS = 1.0
SILENT_SECONDS = 3.0

Place = tuple[str, str, int]
NEVER_ASKED: Place = ("", "", 0)


class ServerSilent(OperationalError):
    """The server takes connections, if at all, but does not answer."""

    def __init__(self) -> None:
        super().__init__("the database server does not answer")


class _Servers:
    """What is known of each server: whether it answered, and when it was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Place, tuple[float, bool]] = {}

    def answers(self, place: Place) -> bool:
        """Ask the server, once for all who want to know at the same time."""
        with self._lock:
            asked, answered = self._known.get(place, (-FRESH_SECONDS, True))
            if time.monotonic() - asked > (FRESH_SECONDS if answered else SILENT_SECONDS):
                answered = _ask(place)
                self._known[place] = (time.monotonic(), answered)
            return answered

    def note_silence(self) -> None:
        """Forget what was known, since a connection could not be made in time.

        Also in a process that has never asked, such as one that was just started: else each look
        at the database would wait for a connection anew.
        """
        with self._lock:
            for place in (*self._known, NEVER_ASKED):
                self._known[place] = (time.monotonic(), False)

    def silent(self) -> bool:
        """Return whether one of the servers was silent a moment ago."""
        now = time.monotonic()
        known = list(self._known.values())
        return any(not answered and now - asked < SILENT_SECONDS for asked, answered in known)


servers = _Servers()


def _ask(place: Place) -> bool:
    host, address, port = place
    if host.startswith("/"):
        caller = socket.socket(socket.AF_UNIX)
        target: Any = f"{host}/.s.PGSQL.{port}"
    else:
        target = (address or host, port)
        family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
        caller = socket.socket(family)
    with suppress(OSError), caller:
        caller.settimeout(ASK_SECONDS)
        caller.connect(target)
        caller.sendall(QUESTION)
        return bool(caller.recv(1))
    return False


class AskingConnection(psycopg.Connection[Any]):
    """A connection that gives up when its server is silent."""

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """Connect, or raise at once while the server is known to be silent."""
        if servers.silent():
            raise ServerSilent
        try:
            made = super().connect(conninfo, **options)
        except ConnectionTimeout:
            servers.note_silence()
            raise
        made.place = (made.info.host, made.info.hostaddr, made.info.port)
        return made

    place: Place | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server's answer as long as the server is there."""
        limits = settings.DATABASE_LIMITS
        silence = limits.silence
        if timeout is not None or self.place is None or not silence:
            return super().wait(gen, interval, timeout)
        longest = limits.statement and limits.statement + 2 * silence
        started = time.monotonic()
        while True:
            try:
                return super().wait(gen, interval, silence)
            except _WaitTimeout:
                waited = time.monotonic() - started
                if not servers.answers(self.place) or (longest and waited > longest):
                    # Whatever comes later belongs to nobody any more.
                    self.pgconn.finish()
                    raise ServerSilent from None


connect = AskingConnection.connect
