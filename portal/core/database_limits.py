"""How long each kind of process waits for the database (AVAIL-01).

Nothing waits without an end: a lock that is held, a statement that does not finish, a transaction
that was forgotten, a server that is gone and one that is frozen each have a limit of their own. A
page is short, since somebody looks at it; a worker may wait; a command of the operator is never cut
off, because migrations and backups take as long as they take.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Process(StrEnum):
    """The kinds of process."""

    WEB = "web"
    WORKER = "worker"
    COMMAND = "command"


@dataclass(frozen=True)
class Limits:
    """Limits in seconds; 0: none.

    ``silence`` is how long a statement may go without an answer until the server is asked on
    another connection whether it is there at all (`portal.tenancy.backend.driver`).
    """

    lock: float
    statement: float
    idle_in_transaction: float
    connect: int
    silence: float
    gone: int

    @property
    def server_options(self) -> str:
        """Return the options that PostgreSQL itself keeps to, as for ``-c``."""
        values = {
            "lock_timeout": self.lock,
            "statement_timeout": self.statement,
            "idle_in_transaction_session_timeout": self.idle_in_transaction,
        }
        return " ".join(f"-c {name}={round(value * 1000)}" for name, value in values.items())

    @property
    def connection_options(self) -> dict[str, Any]:
        """Return libpq's options: a host that vanished is noticed after ``gone`` seconds."""
        return {
            "connect_timeout": self.connect,
            "keepalives": 1,
            "keepalives_idle": max(1, self.gone // 2),
            "keepalives_interval": max(1, self.gone // 6),
            "keepalives_count": 3,
            "tcp_user_timeout": self.gone * 1000,
        }


LIMITS = {
    # An export is one statement for each 2,000 rows; no page or search comes near a minute.
    Process.WEB: Limits(
        lock=2.5, statement=60, idle_in_transaction=60, connect=2, silence=1.5, gone=6
    ),
    # A mail is sent, and a document is made, within a transaction: both end before a task's limit.
    Process.WORKER: Limits(
        lock=30, statement=240, idle_in_transaction=300, connect=5, silence=5, gone=30
    ),
    Process.COMMAND: Limits(
        lock=0, statement=0, idle_in_transaction=0, connect=10, silence=15, gone=60
    ),
}


def kind_of_process(argv: list[str] | None = None) -> Process:
    """Return what this process is: by its command, or by what `portal.wsgi` said."""
    command = Path((argv or sys.argv or [""])[0]).parts[-2:]
    if any(part in ("manage.py", "django-admin") for part in command):
        return Process.COMMAND
    if any(part in ("celery", "celery.exe") for part in command):
        return Process.WORKER
    return Process(os.environ.get("KONTOR_PROCESS", Process.COMMAND))


def with_limits(database: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Return the settings of a database with the limits of a process.

    A connection without a partner sees an empty schema, so that it finds no rows of anybody. What
    DATABASE_URL says itself holds.
    """
    options = {
        **limits.connection_options,
        **database.get("OPTIONS", {}),
        "options": f"-c search_path=kontor_nowhere {limits.server_options}",
    }
    return {**database, "OPTIONS": options}
