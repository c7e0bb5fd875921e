"""A whole portal for the soak: servers, processes and a mail server, each of which can be hurt."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

import psycopg

from dev.embedded.guard import alive
from dev.embedded.postgres import free_port
from dev.embedded.processes import PROGRAMS, spawn, stop
from dev.embedded.services import Services
from dev.soak.browsers import Answer, Browser
from dev.soak.disks import NoDiskError, SmallDisk
from dev.soak.mail_server import MailServer
from dev.soak.prepared import ROOT, STATIC, start_prepared

PDF_KILOBYTES = 3_000_000
# Whoever runs the soak is a command, which waits much longer than a page may.
NOT_PASSED_ON = ("DEBUG", "KONTOR_PROCESS")
CELERY = ["-m", "celery", "-A", "portal.celery:app"]
PROGRAM = {
    "web": ["-m", "gunicorn", "portal.wsgi:application", "--workers=2", "--threads=6"],
    "worker": [*CELERY, "worker", "--concurrency=2", "--queues=celery,schemas", "-n", "worker@%h"],
    "pdf": [*CELERY, "worker", "--queues=pdf", "-n", "pdf@%h"],
    "beat": [*CELERY, "beat", "--pidfile="],
}


class Site:
    """The portal with its demo data, between ``__enter__`` and ``__exit__``."""

    def __init__(
        self,
        *,
        preload: bool = False,
        small_disk: bool = False,
        documents: int = 1,
        **environment: str,
    ) -> None:
        # With the application loaded before the fork, a web worker that was killed is there again
        # at once.
        self._preload = preload
        # How many documents are made at a time.
        self._documents = documents
        self.folder = Path(tempfile.mkdtemp(prefix="kontor-soak-"))
        self.folder.chmod(0o755)
        self.services = Services(self.folder / "services", durable=True)
        # Of the servers' data only; ``no_disk`` says why there is none.
        self._disk = SmallDisk(self.services.folder) if small_disk else None
        self.no_disk = ""
        self.mail = MailServer()
        self.port = free_port()
        self.restarts = 0
        self._secret = ""
        self._own = environment
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._watching = threading.Event()
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        try:
            self._mount()
            self.services.claim()
            self.mail.__enter__()
            log = self.folder / "prepare.log"
            self._secret = start_prepared(self.services, self._with, log)
            for name in PROGRAM:
                self.start(name)
            self._watching.set()
            threading.Thread(target=self._watch, daemon=True).start()
            if not self.wait(self.normal, 60):
                raise RuntimeError("the portal did not come up; see " + str(self.folder / "log"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._watching.clear()
        with self._lock:
            for name in list(self._programs):
                self.end(name, signal.SIGTERM)
        self.mail.__exit__()
        self.services.stop()
        if self._disk is not None:
            self._disk.unmount()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _mount(self) -> None:
        try:
            if self._disk is not None:
                self._disk.mount()
        except NoDiskError as error:
            self.no_disk = str(error)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the portal's processes; each finds its own kind (AVAIL-01)."""
        return self._with(self._secret)

    def _with(self, secret: str) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        return {
            **given,
            "KONTOR_EMBEDDED": "1",
            "KONTOR_PORT": str(self.port),
            "KONTOR_DOMAIN": "localhost",
            "KONTOR_SCHEME": "http",
            "SECRET_KEY": secret,
            "EMAIL_URL": self.mail.url,
            "STATIC_ROOT": str(STATIC),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONUNBUFFERED": "1",
            **self.services.env,
            **self._own,
        }

    def start(self, name: str) -> None:
        """Start one of the processes."""
        more = {
            "web": ["--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"],
            "pdf": [f"--concurrency={self._documents}"],
            "beat": [f"--schedule={self.folder / 'schedule'}"],
        }
        if self._preload:
            more["web"].append("--preload")
        with (self.folder / f"{name}.log").open("ab") as output:
            command = [sys.executable, *PROGRAM[name], *more.get(name, [])]
            if name == "pdf":
                # As the unit for systemd and the compose file limit it.
                command = ["sh", "-c", f'ulimit -v {PDF_KILOBYTES}; exec "$@"', "sh", *command]
            process = spawn(command, folder=ROOT, output=output, env=self.environment)
        assert self.services.guard is not None
        self.services.guard.watch(process, signal.SIGTERM, PROGRAMS)
        self._programs[name] = process

    def end(self, name: str, how: signal.Signals) -> None:
        """End one of the processes and all that it started."""
        process = self._programs.pop(name)
        stop(process, how=how, seconds=15)
        assert self.services.guard is not None
        self.services.guard.forget(process)

    def kill(self, name: str) -> None:
        """Kill a process and all that it started; the supervisor starts it again."""
        with suppress(ProcessLookupError, KeyError):
            os.killpg(self._programs[name].pid, signal.SIGKILL)

    def kill_child(self, name: str) -> None:
        """Kill what works for a process: gunicorn's worker, Celery's pool."""
        with suppress(KeyError, IndexError, ProcessLookupError):
            os.kill(secrets.choice(children(self._programs[name].pid)), signal.SIGKILL)

    def _watch(self) -> None:
        """Start again what ended by itself, as systemd or the embedded run does."""
        while self._watching.is_set():
            with self._lock:
                for name, process in list(self._programs.items()):
                    if self._watching.is_set() and process.poll() is not None:
                        self.restarts += 1
                        self.end(name, signal.SIGKILL)
                        self.start(name)
            time.sleep(0.1)

    def log(self, name: str) -> str:
        """Return what a process said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    # Browsers

    def browser(self, slug: str) -> Browser:
        return Browser(self.port, f"{slug}.localhost" if slug else "localhost")

    def health(self) -> Answer:
        return self.browser("").get("/healthz")

    def normal(self) -> bool:
        """Return whether health and a page of a partner answer well."""
        return (
            self.health().status == 200
            and self.browser("harbour").get("/accounts/login/").status == 200
        )

    def wait(self, condition: Callable[[], object], seconds: float) -> bool:
        """Wait until a condition holds; return whether it did in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(0.1)
        return False

    # Servers

    def restart_postgres(self, how: signal.Signals) -> None:
        """End PostgreSQL in one of its ways and start it again at the same address."""
        assert self.services.guard is not None
        self.services.postgres.end(how, self.services.guard)
        time.sleep(1.0)
        self.services.postgres.start(self.services.guard, lambda: None)

    def fill_disk(self) -> None:
        """Fill the disk of the servers' data; raise RuntimeError if PostgreSQL still has room."""
        assert self._disk is not None
        self._disk.fill()
        try:
            self.sql("CREATE TABLE public.soak_fills AS SELECT generate_series(1, 1000000) n")
        except psycopg.Error:
            return
        raise RuntimeError("the disk is not full")

    def free_disk(self) -> None:
        """Make room again. PostgreSQL is started again if it had no room for its log."""
        assert self._disk is not None
        self._disk.free()
        if "PostgreSQL" in self.services.ended():
            self.restart_postgres(signal.SIGQUIT)

    def stop_valkey(self) -> None:
        assert self.services.guard is not None
        self.services.valkey.stop(self.services.guard)

    def start_valkey(self) -> None:
        assert self.services.guard is not None
        self.services.valkey.start(self.services.guard, lambda: None)

    def signal_postgres(self, number: signal.Signals) -> None:
        """Send a signal to PostgreSQL and all of its processes."""
        process = self.services.postgres.process
        assert process is not None
        for pid in [process.pid, *children(process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def signal_valkey(self, number: signal.Signals) -> None:
        process = self.services.valkey.process
        assert process is not None
        process.send_signal(number)

    def sql(self, statement: str, *, role: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the superuser, or as the portal's own role."""
        url = self.services.postgres.url.replace("://kontor:", f"://{role}:")
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as link:
            done = link.execute(statement.encode())
            return done.fetchall() if done.description else []


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    with suppress(OSError):
        return [int(each) for each in found.read_text().split() if alive(int(each))]
    return []
