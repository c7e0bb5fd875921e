"""AVAIL-12: a point does what the soak armed it with, once, and nothing anywhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.core import crash_points
from portal.core.crash_points import ACTS, crash_point


@pytest.fixture
def acted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Arm a point in a folder, with an act that leaves this process alive."""
    done: list[str] = []
    monkeypatch.setitem(ACTS, "kill", lambda: done.append("kill"))
    monkeypatch.setattr(crash_points, "_folder", str(tmp_path))
    (tmp_path / "order.before-commit").write_text("kill")
    return done


def test_an_armed_point_acts_once(acted: list[str], settings: Any) -> None:
    """AVAIL-12: others go on, and so does whoever comes there next."""
    settings.EMBEDDED = True
    crash_point("order.after-commit")
    assert acted == []
    for _each in range(2):
        crash_point("order.before-commit")
    assert acted == ["kill"]


def test_a_real_portal_has_no_such_points(acted: list[str], settings: Any) -> None:
    """AVAIL-12: whatever its environment says."""
    settings.EMBEDDED = False
    crash_point("order.before-commit")
    assert acted == []
