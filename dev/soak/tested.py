"""Parts of the soak that are tests with larger bounds: pytest on services of its own.

The tests write their figures as lines of JSON to the file that KONTOR_FIGURES names
(tests/figures.py).
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dev.embedded.services import embedded_services
from dev.soak.figures import ROOT, Figure

# Names the database that the tests copy instead of making one each (tests/databases.py).
TEMPLATE = "KONTOR_TEST_TEMPLATE"
LAST = re.compile(r"(\d+) (passed|failed|error|errors|skipped)")
HOUR = 3600


def closing(line: str) -> dict[str, int]:
    """Return the numbers of pytest's closing line: passed, failed, errors."""
    found = {kind.removesuffix("s"): int(number) for number, kind in LAST.findall(line)}
    return {"passed": 0, "failed": 0, "error": 0, **found}


def written(path: Path) -> Iterator[Figure]:
    """Yield the figures that tests wrote to a file."""
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield Figure(**json.loads(line))


def run_tests(
    what: str, files: Sequence[str], bounds: Mapping[str, str], *, seconds: float = HOUR
) -> Iterator[Figure]:
    """Run test files, two tests at a time; yield what they note, and how they ended.

    ``bounds`` are larger ones for the environment, which the tests read.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_services(ROOT, durable=False) as services,
    ):
        path = Path(folder) / "figures.jsonl"
        env = {**os.environ, **services, **_prepared(services), **bounds}
        env["KONTOR_FIGURES"] = str(path)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
        command += ["-n", "2", "--dist", "worksteal"]
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=env,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield from written(path)
            yield Figure(what, len(files), "0 failed", f"not done in {seconds:.0f} s", False)
            return
        yield from written(path)
    yield _ended(what, done)


def _prepared(services: Mapping[str, str]) -> dict[str, str]:
    """Make the database that each worker copies, and return what names it."""
    own = {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        TEMPLATE: f"kontor_soak_{os.getpid()}",
    }
    command = [sys.executable, "-m", "tests.prepared"]
    env = {**os.environ, **services, **own}
    # It says which database is there.
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    return own


def _ended(what: str, done: subprocess.CompletedProcess[str]) -> Figure:
    """Return the figure of a whole run; what failed is printed."""
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    ended = closing(lines[-1] if lines else "")
    wrong = ended["failed"] + ended["error"]
    if done.returncode:
        sys.stdout.write(done.stdout[-4000:] + done.stderr[-1000:])
    seen = f"{ended['passed']} passed, {wrong} failed"
    well = done.returncode == 0 and ended["passed"] > 0
    return Figure(f"{what}: tests", ended["passed"] + wrong, "0 failed", seen, well)
