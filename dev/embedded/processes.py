"""Starting and stopping the processes of an embedded run, so that none outlives it."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dev.embedded import guard as guard_script

# The higher wave ends first: programs before the servers they talk to.
SERVERS, PROGRAMS = 0, 1

Check = Callable[[], None]


class EmbeddedError(Exception):
    """Something that an embedded run needs is missing; the message is for whoever started it."""


@dataclass(frozen=True)
class Account:
    """The user that servers run as when root starts them: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int


def server_account(data: Path) -> Account | None:
    """Return the servers' user: ours, or as root the owner of the data, `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    names: list[str] = []
    if data.exists() and data.stat().st_uid != 0:
        with suppress(KeyError):
            names.append(pwd.getpwuid(data.stat().st_uid).pw_name)
    for name in [*names, "postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor a "
        "user 'nobody' to run it as. Add one, or start as an ordinary user."
    )


def make_folder(folder: Path, account: Account | None) -> None:
    """Create the folder, private to the account, and let the account reach it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is None:
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    folder.chmod(0o700)
    open_way(folder.parent, account)


def open_way(folder: Path, account: Account) -> None:
    """Let the account pass through the folders above its own, without listing or reading them."""
    for path in [folder, *folder.parents]:
        status = path.stat()
        if status.st_uid == account.uid:
            needed = 0o100
        elif status.st_gid == account.gid:
            needed = 0o010
        else:
            needed = 0o001
        if status.st_mode & needed:
            continue
        say(f"{path}: opened for user '{account.name}' to pass through (chmod o+x)")
        try:
            path.chmod(status.st_mode | 0o001)
        except OSError as error:
            raise EmbeddedError(
                f"User '{account.name}', who runs the servers for root, cannot pass through "
                f"{path}: {error.strerror}. Use a folder that all users can reach."
            ) from error


def open_programs(folder: Path, account: Account | None) -> None:
    """Let the account run the servers of a wheel that root installed for itself only."""
    if account is None:
        return
    open_way(folder.parent, account)
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        wanted = mode | 0o004 | (0o001 if mode & 0o100 else 0)
        if mode != wanted:
            path.chmod(wanted)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def spawn(
    command: Sequence[str | Path],
    *,
    folder: Path,
    output: IO[bytes] | int,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process as leader of its own group, so that only we pass on Ctrl-C."""
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )


def stop(process: subprocess.Popen[bytes], *, how: signal.Signals, seconds: float) -> None:
    """Ask the process to end, wait, and kill what is left of its group."""
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], *, seconds: float, check: Check) -> bool:
    """Poll until the condition holds. `check` may raise to give up, for example on a signal."""
    deadline = time.monotonic() + seconds
    while not condition():
        check()
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def tail(path: Path, lines: int = 12) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def end_stray(pid_file: Path, marks: Sequence[str], *, how: signal.Signals) -> None:
    """End the server that a run which died left behind, and remove its pid file.

    The number in the file may belong to another process by now: only one whose command line
    contains all the marks is ended.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        pid = 0
    if pid and guard_script.alive(pid) and all(mark in command_line(pid) for mark in marks):
        os.kill(pid, how)
        if not wait_until(lambda: not guard_script.alive(pid), seconds=15, check=lambda: None):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not guard_script.alive(pid), seconds=5, check=lambda: None)
    pid_file.unlink(missing_ok=True)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        found = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout


class Lock:
    """A lock for one run in a folder; the file names its holder, and the kernel frees it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    @property
    def holder(self) -> dict[str, int]:
        try:
            return {name: int(value) for name, value in json.loads(self.path.read_text()).items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def take(self) -> bool:
        """Try to take the lock without waiting; return whether we hold it."""
        if self._file is not None:
            return True
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def note(self, **numbers: int) -> None:
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps(numbers))
        self._file.flush()

    def fileno(self) -> int:
        assert self._file is not None
        return self._file.fileno()

    def release(self) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None


class Guard:
    """The parent's side of `guard.py`."""

    def __init__(self, lock: Lock) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard_script.__file__],
            stdin=subprocess.PIPE,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )

    def watch(self, process: subprocess.Popen[bytes], how: signal.Signals, wave: int) -> None:
        self._write(f"watch {process.pid} {int(how)} {wave}")

    def forget(self, process: subprocess.Popen[bytes]) -> None:
        self._write(f"forget {process.pid}")

    def close(self) -> None:
        self._write("done")
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
