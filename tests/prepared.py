"""Databases that are made once for a whole run of tests, and copied by each of its workers.

    python -m tests.prepared

Makes those that KONTOR_TEST_TEMPLATE (the tests' own world) and, if it is set,
KONTOR_DEMO_TEMPLATE (the demo data, for the browser tests) name, on the server of DATABASE_URL.
Former ones are dropped. Prints each variable as soon as its database may be copied; the one with
the demo data has its name only then.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.databases import DEMO_TEMPLATE, TEMPLATE, drop_database

AS_EMBEDDED = {"KONTOR_EMBEDDED": "1", "REPLY_ADDRESS": "support@reply.kontor.example"}
ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def _administering() -> Iterator[Any]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        yield admin.execute


def _run(words: list[str], database: str, **env: str) -> None:
    """Run Python on one of the databases; an error is printed, and ends everything."""
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + database
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{words} failed:\n{done.stdout[-4000:]}")


def _say(made: str) -> None:
    sys.stdout.write(made + "\n")
    sys.stdout.flush()


def main() -> None:
    """Migrate once, then fill one database with each kind of data."""
    tests, demo = os.environ[TEMPLATE], os.environ.get(DEMO_TEMPLATE)
    making = f"{demo}_new"
    with _administering() as execute:
        for name in (tests, *((demo, making) if demo else ())):
            drop_database(execute, name)
        execute(f'CREATE DATABASE "{tests}"')
    _run(["manage.py", "migrate", "--verbosity=0"], tests)
    if demo:
        with _administering() as execute:
            execute(f'CREATE DATABASE "{making}" TEMPLATE "{tests}"')
    _run(["-m", "tests.world"], tests)
    _say(TEMPLATE)
    if demo:
        _run(["manage.py", "demo", "--verbosity=0"], making, **AS_EMBEDDED)
        with _administering() as execute:
            execute(f'ALTER DATABASE "{making}" RENAME TO "{demo}"')
        _say(DEMO_TEMPLATE)


if __name__ == "__main__":
    main()
