"""The scanners, each set in an environment of its own below var/soak/tools, at locked versions.

They hold back what the portal needs, or need old versions of it, so they are not in `.venv`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from dev.soak.figures import ROOT

TOOLS = ROOT / "var" / "soak" / "tools"
MINUTES = 15


class ToolsMissing(Exception):
    """Why a set could not be installed."""


def tools(name: str) -> Path:
    """Return the folder of a set's programs, installed if need be; raise ToolsMissing."""
    lock = ROOT / "requirements" / f"{name}.txt"
    folder = TOOLS / name
    stamp, now = folder / ".stamp", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == now:
        return folder / "bin"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    uv = str(Path(sys.executable).parent / "uv")
    python = str(folder / "bin" / "python")
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    _run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock)])
    stamp.write_text(now)
    return folder / "bin"


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60 * MINUTES
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolsMissing(str(error)) from error
    if done.returncode != 0:
        raise ToolsMissing((done.stderr.strip().splitlines() or ["unknown"])[-1])
