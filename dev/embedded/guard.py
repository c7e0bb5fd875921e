"""Ends the processes that its parent started, when the parent can't do it any more.

Runs as a separate process beside `make run` and the tests. The parent writes one line for each
process it starts and one when it has stopped it. When the parent dies for any reason, its end of
the pipe closes and everything still on the list is ended, wave by wave. The guard also keeps the
parent's lock open, so that the next run waits until this one has ended.

Uses only the standard library and is run by path, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

GRACE_SECONDS = 15.0

Watched = dict[int, tuple[int, int]]


def alive(pid: int) -> bool:
    """Return whether the process runs; a zombie does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # The state is the first word after the name, which may contain brackets.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def end(watched: Watched) -> None:
    """End the programs first, then the servers they use; kill those that do not end."""
    for wave in sorted({wave for _, wave in watched.values()}, reverse=True):
        pids = [pid for pid, (_, of_wave) in watched.items() if of_wave == wave]
        for pid in pids:
            _send(os.kill, pid, watched[pid][0])
        deadline = time.monotonic() + GRACE_SECONDS
        while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in pids:
            # Each process leads its own group, so this also reaches what it left behind.
            _send(os.killpg, pid, signal.SIGKILL)


def _send(how: Callable[[int, int], None], pid: int, number: int) -> None:
    try:
        how(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    parent = os.getppid()
    watched: Watched = {}
    rest = b""
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], 1.0)
        if readable:
            read = os.read(sys.stdin.fileno(), 4096)
            if not read:
                break
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                word, *numbers = line.decode().split()
                if word == "done":
                    return
                pid, *how = (int(number) for number in numbers)
                if word == "watch":
                    watched[pid] = (how[0], how[1])
                else:
                    watched.pop(pid, None)
        if os.getppid() != parent:
            break
    end(watched)


if __name__ == "__main__":
    main()
