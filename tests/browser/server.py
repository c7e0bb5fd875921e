"""A real server with a database of its own, for tests in a browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dev.embedded.runner import QUEUES
from tests.databases import copy_demo, drop_database

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "demo-2026-kontor"


@dataclass(frozen=True)
class Site:
    """The server's address, the folder its e-mails are written to, and its database."""

    port: int
    mail: Path
    environment: dict[str, str]

    @property
    def database(self) -> str:
        """Return the address of the database."""
        return self.environment["DATABASE_URL"]

    def at(self, host: str) -> str:
        """Return the address of a partner's host by its short name; ``""`` for the public host."""
        return f"http://{host + '.' if host else ''}localhost:{self.port}"

    def run(self, script: str) -> None:
        """Run Python in the server's environment, to make data that no page makes quickly."""
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", script]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database(url: str, name: str) -> str:
    return url.rsplit("/", 1)[0] + "/" + name


def _wait(port: int) -> None:
    for _each in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("the server did not come up")


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Start database, demo data, web, worker and dispatcher; remove all of it afterwards."""
    base = os.environ["DATABASE_URL"]
    name = f"kontor_browser_{os.getpid()}"
    with psycopg.connect(base, autocommit=True) as admin:
        if not (copied := copy_demo(admin.execute, name)):
            admin.execute(f'CREATE DATABASE "{name}"')
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": _database(base, name),
        "KONTOR_EMBEDDED": "1",
        "KONTOR_PORT": str(port),
        "EMAIL_URL": f"file://{folder / 'mail'}",
        "REPLY_ADDRESS": "support@reply.kontor.example",
        "DEBUG": "",
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    environment.pop("DEBUG")
    (folder / "mail").mkdir()

    def manage(*words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)

    processes: list[subprocess.Popen[bytes]] = []
    try:
        if not copied:
            manage("migrate")
            manage("demo")
        manage("collectstatic", "--noinput", "-v", "0")
        web = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--threads", "12"]
        web += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
        log = (folder / "server.log").open("wb")
        mail = [sys.executable, "manage.py", "dispatch", "--loop"]
        # One worker process only, so that it does not compete with the browser.
        worker = [sys.executable, "-m", "celery", "-A", "portal.celery:app", "worker"]
        worker += ["--pool=solo", f"--queues={QUEUES}", "--loglevel=warning"]
        processes += [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            for command in (web, mail, worker)
        ]
        _wait(port)
        yield Site(port, folder / "mail", environment)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(timeout=20)
        with psycopg.connect(base, autocommit=True) as admin:
            drop_database(admin.execute, name)
