"""Starts the portal's processes, watches them, and ends them together."""

from __future__ import annotations

import errno
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO

from dev.embedded.processes import (
    PROGRAMS,
    EmbeddedError,
    Guard,
    say,
    spawn,
    stop,
    tail,
    wait_until,
)
from dev.embedded.services import BusyError, Services

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
# All that a worker can be called for.
QUEUES = "celery,schemas,pdf"
PARTNERS = ("nordlys", "brueckner", "harbour")
SIGN_INS = (
    ("anna@nordlys.example", "administrator", "nordlys"),
    ("jonas@nordlys.example", "sales", "nordlys"),
    ("mikael@nordlys.example", "technician", "nordlys"),
    ("karin@havsbris.example", "customer administrator", "nordlys"),
    ("per@havsbris.example", "customer user", "nordlys"),
    ("eva@telefonhjalp.example", "user of two customers", "nordlys"),
    ("lena@brueckner.example", "administrator", "brueckner"),
    ("nico@alsterblick.example", "customer administrator", "brueckner"),
    ("oliver@harbour.example", "administrator", "harbour"),
    ("ben@avonmead.example", "customer administrator", "harbour"),
    ("staff@kontor.example", "channel sales", ""),
    ("ingrid@kontor.example", "channel sales, reads", ""),
    ("eirik@kontor.example", "channel sales, orders", ""),
)
PASSWORD = "demo-2026-kontor"  # noqa: S105  works in the embedded run only
WEB_WORKERS, WEB_THREADS = 2, 12
READY_SECONDS = 60
# A program that ends by itself is started again, at most so often in so many seconds.
RESTARTS, RESTART_SECONDS = 5, 60.0
LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


class StopRequestedError(Exception):
    """The person asked to stop."""


class Program:
    """One of the portal's processes; its output goes to the terminal and to its log file."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.name, self.command, self.env = name, command, env
        self.log = VAR / "log" / f"{name}.log"
        if self.log.exists():
            self.log.replace(self.log.with_name(self.log.name + ".old"))
        self.process = spawn(command, folder=ROOT, output=subprocess.PIPE, env=env)
        self._copier = threading.Thread(target=self._copy, daemon=True)
        self._copier.start()

    def drained(self) -> None:
        """Wait until all of its output is written to its log."""
        self._copier.join(timeout=2)

    def _copy(self) -> None:
        output: IO[bytes] | None = self.process.stdout
        assert output is not None
        with self.log.open("wb") as log:
            for line in output:
                log.write(line)
                log.flush()


class Run:
    """One embedded run from the first check to the last process."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.services = Services(VAR, durable=True)
        self.programs: list[Program] = []
        self._asked_to_stop = False
        self._restarts: list[float] = []

    def main(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self.services.claim(self._check)
            check_port(self.port)
            self.services.lock.note(pid=os.getpid(), port=self.port)
            self._start()
            self._watch()
        except StopRequestedError:
            self._stop()
            return 0
        except BusyError as busy:
            say(f"Error: {busy} It serves port {busy.holder.get('port', '?')}. Stop it first.")
            return 1
        except EmbeddedError as error:
            self._stop()
            say(f"Error: {error}")
            return 1
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        say("Starting PostgreSQL and Valkey ...")
        self.services.start(self._check)
        say("Preparing the database, the demo data and the static files ...")
        env = {**environment(self.port), **self.services.env}
        self._check()
        prepare = self._program("prepare", ["-m", "dev.embedded.prepare"], env)
        wait_until(lambda: prepare.process.poll() is not None, seconds=600, check=self._check)
        prepare.drained()
        if prepare.process.poll() != 0:
            raise EmbeddedError(
                f"the database could not be prepared. {prepare.log} ends:\n{tail(prepare.log)}"
            )
        self._forget(prepare)
        say("Starting web, worker and beat ...")
        celery = ["-m", "celery", "-A", "portal.celery:app"]
        self._program("web", ["-m", "gunicorn", *gunicorn_options(self.port)], env)
        self._program(
            "worker",
            [*celery, "worker", "--loglevel=INFO", "--concurrency=2", f"--queues={QUEUES}"],
            env,
        )
        schedule = VAR / "celerybeat-schedule"
        self._program(
            "beat",
            [*celery, "beat", "--loglevel=INFO", f"--schedule={schedule}", "--pidfile="],
            env,
        )
        if not wait_until(self._healthy, seconds=READY_SECONDS, check=self._check_programs):
            raise EmbeddedError(
                f"port {self.port} did not answer 200 at /healthz within {READY_SECONDS} s. "
                f"The log of web ends:\n{tail(VAR / 'log' / 'web.log')}"
            )
        say(welcome(self.port))

    def _watch(self) -> None:
        while True:
            self._check_programs()
            time.sleep(0.2)

    def _check(self) -> None:
        if self._asked_to_stop:
            raise StopRequestedError

    def _check_programs(self) -> None:
        self._check()
        for program in list(self.programs):
            if program.process.poll() is not None:
                program.drained()
                self._start_again(program)
        for name in self.services.ended():
            raise EmbeddedError(f"{name} ended by itself, so all was stopped. See {VAR / 'log'}")

    def _start_again(self, program: Program) -> None:
        """Start a program again that ended by itself, and say so; give up if it keeps ending."""
        status = program.process.poll()
        now = time.monotonic()
        self._restarts = [at for at in self._restarts if now - at < RESTART_SECONDS] + [now]
        if len(self._restarts) > RESTARTS:
            raise EmbeddedError(
                f"{program.name} ended by itself again and again (status {status}), so all was "
                f"stopped. What it said is in {program.log}"
            )
        say(
            f"{program.name} ended by itself (status {status}) and is started again. "
            f"What it said is in {program.log}.old"
        )
        stop(program.process, how=signal.SIGKILL, seconds=1)
        self._forget(program)
        self._program(program.name, program.command[1:], program.env)

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _program(self, name: str, arguments: list[str], env: dict[str, str]) -> Program:
        program = Program(name, [sys.executable, *arguments], env)
        self.programs.append(program)
        self._guard.watch(program.process, signal.SIGTERM, PROGRAMS)
        return program

    def _forget(self, program: Program) -> None:
        self._guard.forget(program.process)
        self.programs.remove(program)

    @property
    def _guard(self) -> Guard:
        assert self.services.guard is not None
        return self.services.guard

    def _stop(self) -> None:
        """End everything: all programs at the same time, then the servers they use."""
        if self.programs:
            say("Stopping ...")
        for program in self.programs:
            if program.process.poll() is None:
                program.process.send_signal(signal.SIGTERM)
        for program in reversed(self.programs):
            wait_until(
                lambda ending=program: ending.process.poll() is not None,  # type: ignore[misc]
                seconds=15,
                check=lambda: None,
            )
            stop(program.process, how=signal.SIGKILL, seconds=1)
            program.drained()
            self._guard.forget(program.process)
        ended = bool(self.programs)
        self.programs.clear()
        self.services.stop()
        if ended:
            say("Stopped. The data is kept in var/; `make run` goes on with it.")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True


def check_port(port: int) -> None:
    """Refuse a port that is taken on either loopback address: a browser may try both."""
    for family, host in LOOPBACKS:
        problem = _port_problem(family, host, port)
        if problem == errno.EADDRINUSE:
            raise EmbeddedError(
                f"port {port} is taken by another program. Stop that one, or choose another "
                f"port: PORT={8123 if port != 8123 else 8124} make run"
            )
        if problem == errno.EACCES:
            raise EmbeddedError(
                f"port {port} is not open to ordinary users; choose one above 1023."
            )


def _port_problem(family: socket.AddressFamily, host: str, port: int) -> int | None:
    try:
        with socket.socket(family) as caller:
            caller.settimeout(1)
            # Some systems allow binding beside a program that listens on all addresses.
            if caller.connect_ex((host, port)) == 0:
                return errno.EADDRINUSE
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.errno
    return None


def gunicorn_options(port: int) -> list[str]:
    binds = ["--bind", f"127.0.0.1:{port}"]
    if _port_problem(socket.AF_INET6, "::1", port) is None:
        binds += ["--bind", f"[::1]:{port}"]
    return [
        "portal.wsgi:application",
        *binds,
        "--worker-class=gthread",
        f"--workers={WEB_WORKERS}",
        f"--threads={WEB_THREADS}",
        "--graceful-timeout=5",
        "--no-control-socket",
    ]


def environment(port: int) -> dict[str, str]:
    """Return the processes' environment: the given one, with defaults for the embedded run."""
    mail = VAR / "mail"
    mail.mkdir(exist_ok=True)
    own = {
        "SECRET_KEY": secret_key(),
        "EMAIL_URL": f"file://{mail}",
        # Shows where answers would come in; `manage.py receive_mail` takes one.
        "REPLY_ADDRESS": "support@reply.kontor.example",
        "KONTOR_DOMAIN": "localhost",
        "KONTOR_SCHEME": "http",
    }
    given = {name: value for name, value in os.environ.items() if value or name not in own}
    return {
        **own,
        **given,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "KONTOR_EMBEDDED": "1",
        "KONTOR_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


def secret_key() -> str:
    """Return a key that is kept between runs, so that sessions and links outlive a restart."""
    path = VAR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def welcome(port: int) -> str:
    hosts = [f"http://localhost:{port}/admin/"]
    hosts += [f"http://{partner}.localhost:{port}" for partner in PARTNERS]
    rows = [("sign in as", "who", "where")]
    rows += [
        (email, role, f"http://{partner}.localhost:{port}" if partner else hosts[0])
        for email, role, partner in SIGN_INS
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    table = [f"  {a:<{widths[0]}}  {b:<{widths[1]}}  {c}" for a, b, c in rows]
    return "\n".join(
        [
            "",
            "Ready: " + "  ".join(hosts),
            "",
            *table,
            "",
            f"  Password for all: {PASSWORD}   Mail: var/mail and /outbox/",
            "  Logs: var/log   Data: var   Stop: Ctrl-C",
            "",
        ]
    )


def main() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        say(f"Error: PORT={given} is not a port; it is a number from 1 to 65535.")
        return 1
    return Run(int(given)).main()
