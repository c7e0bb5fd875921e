"""Figures of tests for the soak: a line of JSON each, in the file that KONTOR_FIGURES names."""

from __future__ import annotations

import json
import os
from pathlib import Path


def note(what: str, times: int, expected: str, seen: str, met: bool) -> None:
    """Add a figure to the file, if there is one: what, how often, expected, seen, and whether met.

    Several processes may write to it: a line is appended in one piece.
    """
    name = os.environ.get("KONTOR_FIGURES")
    if not name:
        return
    line = json.dumps(
        {"what": what, "times": times, "expected": expected, "seen": seen, "met": met},
        ensure_ascii=False,
    )
    with Path(name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
