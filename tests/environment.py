"""Settings and services of a test run, prepared before Django reads its settings.

Loaded by ``-p tests.environment``. ``make test`` provides services; a bare ``pytest`` starts its
own, once, and its workers use them.
"""

from __future__ import annotations

import atexit
import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _prepare() -> None:
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    if not os.environ.get("DATABASE_URL") or not os.environ.get("REDIS_URL"):
        from dev.embedded.services import embedded_services

        services = embedded_services(ROOT, durable=False)
        os.environ.update(services.__enter__())
        atexit.register(services.__exit__, None, None, None)
    # Each worker counts limits in a Redis database of its own, so that clearing it affects no
    # other.
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is not None:
        base, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{base}/{int(worker[2:]) + 1}"
    (ROOT / "var" / "static").mkdir(parents=True, exist_ok=True)


_prepare()
