"""Making and dropping the databases that tests use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

TRIES = 20
# The name of a database that is made once and copied by every later run with the same value.
TEMPLATE = "KONTOR_TEST_TEMPLATE"
# The same for the database with the demo data, which only `tests.prepared` makes.
DEMO_TEMPLATE = "KONTOR_DEMO_TEMPLATE"


def copy_template(execute: Callable[[str], Any], name: str, of: str = TEMPLATE) -> bool:
    """Create a database as a copy of a template; return False if there is none to copy."""
    template = os.environ.get(of)
    if not template:
        return False
    try:
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    except Exception as error:
        if getattr(error.__cause__, "sqlstate", "") != "3D000":
            raise
        return False
    return True


def keep_as_template(execute: Callable[[str], Any], name: str) -> None:
    """Keep a copy of a new database as the template, if one is asked for."""
    if template := os.environ.get(TEMPLATE):
        execute(f'CREATE DATABASE "{template}" TEMPLATE "{name}"')


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
