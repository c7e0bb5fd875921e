"""Making and dropping the databases that tests use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

TRIES = 20
# The name of a database that is made once and copied by every later run with the same value.
TEMPLATE = "KONTOR_TEST_TEMPLATE"
# The same for the database with the demo data, which only `tests.prepared` makes, beside the tests.
DEMO_TEMPLATE = "KONTOR_DEMO_TEMPLATE"
DEMO_SECONDS = 180


def copy_template(execute: Callable[[str], Any], name: str) -> bool:
    """Create a database as a copy of the tests' template; return False if there is none."""
    template = os.environ.get(TEMPLATE)
    return bool(template) and _copied(execute, name, str(template))


def copy_demo(execute: Callable[[str], Any], name: str) -> bool:
    """Create a database as a copy of the one with the demo data; return False if none is made.

    Wait up to ``DEMO_SECONDS`` for the one that is being made; ``TimeoutError`` after that.
    """
    template = os.environ.get(DEMO_TEMPLATE)
    if not template:
        return False
    until = time.monotonic() + DEMO_SECONDS
    while not _copied(execute, name, template):
        if time.monotonic() > until:
            raise TimeoutError(f"{template} was not made in {DEMO_SECONDS} s")
        time.sleep(0.5)
    return True


def _copied(execute: Callable[[str], Any], name: str, template: str) -> bool:
    """Return whether a template was there to be copied."""
    try:
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    except Exception as error:
        # Django's error has the driver's as its cause.
        if getattr(error.__cause__ or error, "sqlstate", "") != "3D000":
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
