"""A file that a worker or beat touches while it lives, and the check that reads its age (AVAIL-08).

python -m portal.core.heartbeat 60      fails if the file is older than so many seconds
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

DEFAULT = "/tmp/kontor-heartbeat"  # noqa: S108  a folder of the container's own


def path() -> Path:
    return Path(os.environ.get("HEARTBEAT_FILE") or DEFAULT)


def touch(**_signal: object) -> None:
    """Say that this process is alive; a folder that can't be written is no reason to end."""
    try:
        path().touch()
    except OSError:
        return


def age() -> float:
    """Return how many seconds ago the process was alive; infinite if it never was."""
    try:
        return time.time() - path().stat().st_mtime
    except OSError:
        return float("inf")


def main(arguments: list[str]) -> int:
    seen = age()
    sys.stdout.write(f"{seen:.0f} s ago\n")
    return int(seen > float(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
