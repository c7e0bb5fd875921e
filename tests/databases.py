"""Dropping the databases that tests make."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

TRIES = 20


def drop_database(execute: Callable[[str], Any], name: str) -> None:
    """Drop a database, after its other connections of ours are ended; none is no error.

    Not by force: that fails while autovacuum is at work in it, whose process belongs to the
    server's own role. Without force the server itself ends autovacuum.
    """
    for left in reversed(range(TRIES)):
        execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{name}' AND usename = current_user AND pid <> pg_backend_pid()"
        )
        try:
            execute(f'DROP DATABASE IF EXISTS "{name}"')
        except Exception:
            if not left:
                raise
            time.sleep(0.5)
        else:
            return
