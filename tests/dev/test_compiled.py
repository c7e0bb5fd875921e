"""Python compiles a module once, whatever the environment says of bytecode."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOW = "show: ; @env"


def test_make_keeps_what_is_compiled() -> None:
    """A command of the portal starts in a third of the time (DEC-108)."""
    shown = subprocess.run(
        ["make", "-s", f"--eval={SHOW}", "show"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(line.partition("=")[::2] for line in shown.stdout.splitlines())
    assert found["PYTHONPYCACHEPREFIX"] == str(ROOT / "var" / "pycache")
    assert "PYTHONDONTWRITEBYTECODE" not in found


def test_the_image_is_compiled() -> None:
    """Its file system is read-only when it runs, so that nothing could be kept then."""
    assert "python -m compileall -q ." in (ROOT / "Dockerfile").read_text()
