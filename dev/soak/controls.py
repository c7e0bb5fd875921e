"""Take protections away one at a time, and show that a named test turns red.

    python -m dev.soak.controls           all of them
    python -m dev.soak.controls lock      those whose name contains a word
    python -m dev.soak.controls --list    only name them, and check that each can be taken away

Each is a replacement of text in a temporary copy of the repository, never in this one. A text that
is not there exactly once, and a test that stays green, make it exit with 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dev.embedded.services import embedded_services
from dev.soak.figures import Figure
from dev.soak.protections import PROTECTIONS, Protection
from dev.soak.tested import TEMPLATE

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 15
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", "*.pyc", "node_modules")


# What the short form takes away: one of isolation, of limits, of the outbox and of sign-in.
QUICK = (
    "row of another partner is noticed",
    "one host can't take all threads",
    "dispatcher holds the lock of the row",
    "account is closed for one address only",
)


@dataclass(frozen=True)
class Result:
    """What became of one protection's test."""

    protection: Protection
    red: bool
    said: str


def problems(protections: Iterable[Protection], root: Path = ROOT) -> list[str]:
    """Return those whose text is not there exactly once, or whose test is missing."""
    found = []
    for each in protections:
        count = (root / each.path).read_text().count(each.text)
        if count != 1:
            found.append(f"{each.name}: its text stands {count} times in {each.path}")
        file, _colons, name = each.test.partition("::")
        if f"def {name.partition('[')[0]}(" not in (root / file).read_text():
            found.append(f"{each.name}: no test {each.test}")
    return found


def take_away(protection: Protection, copy: Path, env: dict[str, str]) -> Result:
    """Replace the text in the copy, run the test, and put the text back."""
    path = copy / protection.path
    whole = path.read_text()
    path.write_text(whole.replace(protection.text, protection.instead))
    if protection.makes_database:
        env = {name: value for name, value in env.items() if name != TEMPLATE}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", protection.test],
            cwd=copy,
            env=env,
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(protection, False, f"no end after {MINUTES} minutes")
    finally:
        path.write_text(whole)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return Result(protection, done.returncode == 1, lines[-1] if lines else done.stderr[-200:])


def results(chosen: Iterable[Protection]) -> Iterator[Result]:
    """Take them away one by one, with services of their own and one database that is copied."""
    name = f"kontor_controls_{os.getpid()}"
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_services(ROOT, durable=False) as services,
    ):
        copy = Path(folder) / "kontor"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        # What does not change is compiled once; a replaced file is another size or another time.
        env = {**os.environ, **services, TEMPLATE: name}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        env["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "pycache")
        try:
            for each in chosen:
                yield take_away(each, copy, env)
        finally:
            with psycopg.connect(services["DATABASE_URL"], autocommit=True) as admin:
                admin.execute(f'DROP DATABASE IF EXISTS "{name}"')


def controls(quick: bool) -> Iterator[Figure]:
    """Yield a figure for each protection that is taken away, and one for the list itself."""
    wrong = problems(PROTECTIONS)
    yield Figure(
        "protections that stand where they are taken away, each with its test",
        len(PROTECTIONS),
        "all",
        "; ".join(wrong) or "all",
        not wrong,
    )
    chosen = [each for each in PROTECTIONS if not quick or each.name in QUICK]
    for result in results(chosen):
        seen = "red" if result.red else f"not red: {result.said}"
        yield Figure(f"without: {result.protection.name}", 1, "its test is red", seen, result.red)


def main(arguments: list[str]) -> int:
    """Run what was asked for; return 1 if a text is not there or a test stays green."""
    words = [word for word in arguments if not word.startswith("--")]
    chosen = [each for each in PROTECTIONS if all(word in each.name for word in words)]
    wrong = problems(chosen)
    for line in wrong:
        sys.stdout.write(line + "\n")
    if "--list" in arguments or wrong:
        for each in chosen:
            sys.stdout.write(f"{each.name}: {each.test}\n")
        return int(bool(wrong))
    green = 0
    for result in results(chosen):
        green += not result.red
        mark, each = "red  " if result.red else "GREEN", result.protection
        sys.stdout.write(f"{mark} {each.name}: {each.test}\n      {result.said}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - green} of {len(chosen)} protections are missed by a test.\n")
    return int(bool(green))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
