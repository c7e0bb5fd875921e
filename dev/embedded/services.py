"""The servers for an embedded run and for tests, from the environment or started here.

If ``DATABASE_URL`` or ``REDIS_URL`` is set, that server is used and none is started: the same code
runs on real ones. Started servers end with the process that started them, in any case.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from dev.embedded.guard import alive
from dev.embedded.postgres import Postgres
from dev.embedded.processes import Check, EmbeddedError, Guard, Lock, say, wait_until
from dev.embedded.valkey import Valkey

LOCK_NAME = "run.lock"
TEST_FOLDERS = 8


class BusyError(EmbeddedError):
    """Another run holds the folder; `holder` is what it wrote about itself."""

    def __init__(self, holder: dict[str, int]) -> None:
        self.holder = holder
        super().__init__(f"Kontor already runs from this folder (process {holder.get('pid')}).")


class Services:
    """PostgreSQL and Valkey below one folder, between `start` and `stop`."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        # Servers are started in folders of their own, so a relative path would be wrong.
        self.folder = folder = folder.resolve()
        self.durable = durable
        self.lock = Lock(folder / LOCK_NAME)
        self.guard: Guard | None = None
        logs = folder / "log"
        self.postgres = Postgres(folder / "postgres", log=logs / "postgres.log", durable=durable)
        self.valkey = Valkey(folder / "valkey", log=logs / "valkey.log", durable=durable)

    @property
    def env(self) -> dict[str, str]:
        return {
            "DATABASE_URL": os.environ.get("DATABASE_URL") or self.postgres.url,
            "REDIS_URL": os.environ.get("REDIS_URL") or self.valkey.url,
        }

    def claim(self, check: Check = lambda: None) -> None:
        """Lock the folder; raise BusyError while another run uses it."""
        _make_own(self.folder / "log")
        if not self.lock.take():
            holder = self.lock.holder
            if alive(holder.get("pid", 0)):
                raise BusyError(holder)
            say("Waiting for a run that died here to be cleared away ...")
            if not wait_until(self.lock.take, seconds=45, check=check):
                raise BusyError(holder)
        self.lock.note(pid=os.getpid())

    def start(self, check: Check = lambda: None) -> None:
        """Start what the environment does not name. `check` is called while waiting and may raise.

        In any case, `stop` afterwards ends what was started.
        """
        self.guard = Guard(self.lock)
        for variable, server in (("DATABASE_URL", self.postgres), ("REDIS_URL", self.valkey)):
            if not os.environ.get(variable):
                _new_log(server.log)
                server.start(self.guard, check)

    def ended(self) -> list[str]:
        """Return the names of servers that were started and have ended."""
        servers = {"PostgreSQL": self.postgres.process, "Valkey": self.valkey.process}
        return [name for name, process in servers.items() if process and process.poll() is not None]

    def stop(self) -> None:
        if self.guard is not None:
            self.valkey.stop(self.guard)
            self.postgres.stop(self.guard)
            self.guard.close()
            self.guard = None
        self.lock.release()

    def __enter__(self) -> Self:
        self.claim()
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


@contextmanager
def embedded_services(root: Path, *, durable: bool) -> Iterator[dict[str, str]]:
    """Yield ``DATABASE_URL`` and ``REDIS_URL`` of running servers, for the repository at `root`.

    Durable ones are those of `make run`, in ``var/``. The others are for tests: fast, not safe
    against power loss, and in a folder of their own, so that tests never use the run's data nor
    that of a concurrent test run.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
        return
    services = Services(root / "var", durable=True) if durable else _free_test_services(root)
    with services:
        yield services.env


def _free_test_services(root: Path) -> Services:
    """Return services in the first test folder that nobody else uses, already locked."""
    for number in range(1, TEST_FOLDERS + 1):
        services = Services(root / "var" / f"test-{number}", durable=False)
        _make_own(services.folder / "log")
        if services.lock.take():
            return services
    raise EmbeddedError(f"{TEST_FOLDERS} test runs are already under way in {root}.")


def _make_own(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        raise EmbeddedError(
            f"{error.filename or folder} cannot be written ({error.strerror}). Was it made by "
            "another user, by root for instance? Run as that user, or remove it."
        ) from error


def _new_log(path: Path) -> None:
    """Start a new log and keep the one before."""
    if path.exists():
        path.replace(path.with_name(path.name + ".old"))
    path.touch()
