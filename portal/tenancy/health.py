"""Whether the database answers: asked on a connection of its own, within a second (AVAIL-03)."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import TYPE_CHECKING, cast

from django.db import Error
from django.db.utils import ConnectionHandler

from portal.tenancy.connection import connection

if TYPE_CHECKING:
    from portal.tenancy.backend.base import DatabaseWrapper

SECONDS = 1.0


class Watch:
    """A thread that asks the database when somebody wants to know.

    A page may hold its thread's connection for seconds; this one is used for nothing else. Who asks
    while a question is open waits for its answer, so that a frozen database costs one thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._open: Future[bool] | None = None

    def answers(self, seconds: float = SECONDS) -> bool:
        """Return whether the database answers within so many seconds."""
        with self._lock:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")
            if self._open is None or self._open.done():
                self._open = self._thread.submit(_ask, dict(connection.settings_dict))
            question = self._open
        try:
            return question.result(timeout=seconds)
        except TooLate:
            return False

    def close(self) -> None:
        """End the thread with its connection."""
        with self._lock:
            if self._thread is not None:
                self._thread.submit(_close).result()
                self._thread.shutdown()
                self._thread = self._open = None


_own = threading.local()


def _close() -> None:
    known = getattr(_own, "connection", None)
    if known is not None:
        known.close()
        _own.connection = None


def _ask(settings: dict[str, object]) -> bool:
    """Ask on this thread's own connection, which is kept as long as it works."""
    known = getattr(_own, "connection", None)
    if known is None or known.settings_dict != settings:
        known = cast("DatabaseWrapper", ConnectionHandler({"default": settings})["default"])
        known.set_schema_to_public()
        _own.connection = known
    try:
        with known.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        known.close()
        return False
    return True


watch = Watch()
