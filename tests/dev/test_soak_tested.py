"""AVAIL-11: parts of the soak that are tests: their figures, and how pytest ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.soak.tested import closing, written
from tests.figures import note


@pytest.mark.parametrize(
    ("line", "passed", "failed", "errors"),
    [
        ("7 passed in 162.58s (0:02:42)", 7, 0, 0),
        ("1 failed, 6 passed, 2 warnings in 3.00s", 6, 1, 0),
        ("2 errors in 1.00s", 0, 0, 2),
        ("", 0, 0, 0),
    ],
)
def test_the_closing_line_is_read(line: str, passed: int, failed: int, errors: int) -> None:
    """AVAIL-11: what passed and what did not."""
    found = closing(line)
    assert (found["passed"], found["failed"], found["error"]) == (passed, failed, errors)


def test_what_a_test_notes_is_a_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-11: a line each; without the file nothing is written."""
    path = tmp_path / "figures.jsonl"
    monkeypatch.delenv("KONTOR_FIGURES", raising=False)
    note("walks", 5, "0 differ", "0 differ", True)
    assert list(written(path)) == []
    monkeypatch.setenv("KONTOR_FIGURES", str(path))
    for number in (40, 2000):
        note("walks", number, "0 differ", "1 differs", False)
    assert [(each.times, each.met) for each in written(path)] == [(40, False), (2000, False)]
