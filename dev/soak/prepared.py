"""Servers with the demo data, which is made once for all portals of the same code and day."""

from __future__ import annotations

import fcntl
import hashlib
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from dev.embedded.services import Services

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "var" / "soak-base"
# What is compressed once serves all portals.
STATIC = ROOT / "var" / "soak-static"


def start_prepared(
    services: Services, environment: Callable[[str], dict[str, str]], log: Path
) -> str:
    """Start servers on a copy of the prepared database, which is made if there is none.

    ``environment`` is asked for what the portal's processes get, by the key that the database's
    secrets are encrypted with; the key is returned.
    """
    with _alone():
        base = BASE / fingerprint()
        if base.exists():
            shutil.copytree(base, services.folder, dirs_exist_ok=True)
        secret = _secret_of(services.folder)
        services.start()
        command = [sys.executable, "-m", "dev.embedded.prepare"]
        with log.open("wb") as output:
            subprocess.run(
                command,
                cwd=ROOT,
                env=environment(secret),
                check=True,
                stdout=output,
                stderr=output,
                timeout=1800,
            )
        if not base.exists():
            _keep(services, base)
    return secret


def _keep(services: Services, base: Path) -> None:
    """Keep the prepared database for the next portal of the same code on the same day."""
    guard = services.guard
    assert guard is not None
    services.postgres.stop(guard)
    shutil.rmtree(BASE, ignore_errors=True)
    left_out = shutil.ignore_patterns("valkey*", "log", "run.lock")
    shutil.copytree(services.folder, base, ignore=left_out)
    services.postgres.start(guard, lambda: None)


def fingerprint() -> str:
    """Return what the demo data depends on: the code and the day."""
    seen = hashlib.sha256(datetime.now(UTC).date().isoformat().encode())
    for app in ("portal", "customers", "orders", "quotes", "support", "workspace", "dev/demo"):
        for path in sorted((ROOT / app).rglob("*.py")):
            seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """Let no other portal be prepared from this folder meanwhile."""
    BASE.parent.mkdir(exist_ok=True)
    with BASE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _secret_of(folder: Path) -> str:
    """Return the key that the database's secrets are encrypted with; make it if there is none."""
    path = folder / "key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()
