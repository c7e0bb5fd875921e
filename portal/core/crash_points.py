"""Named points at which a process ends or hangs, for the soak (`make soak`, AVAIL-12).

``KONTOR_CRASH_POINTS`` names a folder. A file in it with a point's name arms that point: whoever
comes there first removes the file and does what stands in it: ``kill`` (SIGKILL, as a lost machine
does), ``hang`` or ``eat`` (memory without an end). Without the variable a point does nothing, and
only an embedded run looks at it (``KONTOR_EMBEDDED``).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction

_folder = os.environ.get("KONTOR_CRASH_POINTS", "")


def crash_point(name: str) -> None:
    """Do what the soak armed this point with, once; nothing in any other run."""
    if not _folder or not settings.EMBEDDED:
        return
    armed = Path(_folder) / name
    try:
        act = armed.read_text()
        armed.unlink()
    except OSError:
        return
    ACTS[act]()


def crash_points_of(name: str) -> None:
    """Pass the points before and after the commit of the transaction that is about to end."""
    crash_point(f"{name}.before-commit")
    transaction.on_commit(lambda: crash_point(f"{name}.after-commit"))


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang() -> None:
    while True:
        time.sleep(1)


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(16 * 1024 * 1024))


ACTS: dict[str, Callable[[], None]] = {"kill": _kill, "hang": _hang, "eat": _eat}
