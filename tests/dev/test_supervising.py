"""What ends by itself is started again (AVAIL-07)."""

from __future__ import annotations

import configparser
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dev.embedded import runner
from dev.embedded.processes import EmbeddedError
from dev.embedded.runner import ROOT, Program, Run

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
TABLE = ("web", "worker", "schemas", "pdf", "beat")


class Nobody:
    """A guard that watches nothing."""

    def watch(self, *_what: object) -> None:
        pass

    forget = watch


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A run without servers, whose programs are in a folder of the test's."""
    monkeypatch.setattr(runner, "VAR", tmp_path)
    (tmp_path / "log").mkdir()
    made = Run(0)
    services: Any = made.services
    services.guard = Nobody()
    return made


def end(program: Program) -> None:
    program.process.kill()
    program.process.wait(10)


def test_a_program_that_ends_is_started_again(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """AVAIL-07: with the same command, and said so; the others go on."""
    env = dict(os.environ)
    sleeper = ["-c", "import time; time.sleep(60)"]
    first, other = run._program("worker", sleeper, env), run._program("web", sleeper, env)
    end(first)
    run._check_programs()
    names = {program.name: program for program in run.programs}
    assert set(names) == {"worker", "web"} and names["web"] is other
    again = names["worker"]
    assert again.process.pid != first.process.pid and again.process.poll() is None
    assert again.command == [sys.executable, *sleeper]
    assert "worker ended by itself (status -9) and is started again." in capsys.readouterr().out
    for program in run.programs:
        end(program)


def test_a_program_that_keeps_ending_stops_the_run(run: Run) -> None:
    """AVAIL-07: after five times in a minute something is wrong that a start does not cure."""
    run._program("beat", ["-c", "raise SystemExit(3)"], dict(os.environ))
    with pytest.raises(EmbeddedError, match="again and again"):
        for _n in range(400):
            run._check_programs()
            time.sleep(0.02)
    assert len(run._restarts) == runner.RESTARTS + 1


def test_units_restart_what_ends() -> None:
    """AVAIL-07: one for each process of the manual, with least privileges; beat exactly one."""
    manual = (ROOT / "docs" / "operator.md").read_text()
    assert {path.stem for path in UNITS} == {f"kontor-{name}" for name in (*TABLE, "dispatch")}
    for path in UNITS:
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[method-assign,assignment]
        unit.read(path)
        service = unit["Service"]
        assert service["Restart"] == "always" and service["User"] == "kontor", path
        assert service["NoNewPrivileges"] == "true" and service["ProtectSystem"] == "strict", path
        assert service["CapabilityBoundingSet"] == "" and service["EnvironmentFile"], path
        assert unit["Install"]["WantedBy"] == "multi-user.target"
        program = service["ExecStart"].removeprefix("/srv/kontor/.venv/bin/").split()
        assert program[0] in ("gunicorn", "celery", "python"), path
        assert path.stem in manual
    web = (ROOT / "deploy" / "systemd" / "kontor-web.service").read_text()
    assert "--graceful-timeout=30" in web and "TimeoutStopSec=45" in web
