"""All checks and tests, in order, until the first that fails: what `make test` runs.

    python -m dev.tools.test                    everything
    python -m dev.tools.test style types        these stages
    python -m dev.tools.test tests/orders       these files or folders of tests
    python -m dev.tools.test tests -- -k order  the rest goes to pytest
    python -m dev.tools.test --fix              fix what a formatter can

The tests run on embedded services, or on those of ``DATABASE_URL`` and ``REDIS_URL`` if set. The
last line printed is pytest's closing line, or says what did not run and why.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from dev.embedded.processes import EmbeddedError
from dev.embedded.services import embedded_services
from dev.tools import documents
from dev.tools.browser import NoBrowserError, find_or_install

ROOT = Path(__file__).resolve().parents[2]

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
PYTEST = [sys.executable, "-m", "pytest"]
# Two workers; who has nothing left takes over from the other.
TWO = ["-n", "2", "--dist", "worksteal"]
# The settings of a real portal: nothing embedded, nothing for development.
PRODUCTION = {
    "KONTOR_DOMAIN": "kontor.example",
    "KONTOR_SCHEME": "https",
    "ALLOWED_HOSTS": ".kontor.example,kontor.example",
    "EMAIL_URL": "smtp://mail.kontor.example:25",
    "VENDOR_EMAIL": "channel-sales@kontor.example",
}
# Databases that are made once, beside the static checks, and copied by each worker.
PREPARED = {
    "KONTOR_TEST_TEMPLATE": "kontor_template_tests",
    "KONTOR_DEMO_TEMPLATE": "kontor_template_demo",
}
NOT_PRODUCTION = ("KONTOR_EMBEDDED", "KONTOR_PORT", "DEBUG")


# What depends on the servers most, the manual's own lines among them.
FLOWS = ["tests/flows", "tests/workspace/test_bootstrap.py"]
# The stage of tests that are given by path.
PATHS = "paths"
# Stages that copy what is prepared.
COPIES = {"tests", "browser", "coverage"}
# Stages whose own last line must be the last one printed.
LAST_WORD = {"tests", "flows", "browser", "coverage", PATHS}


class NotRunError(Exception):
    """A stage lacks what it needs; the message says what did not run and why."""


class Checks:
    """The stages, and the services that some of them share."""

    def __init__(self, stack: ExitStack, for_pytest: list[str], paths: list[str]) -> None:
        self._stack = stack
        self._for_pytest = for_pytest
        self._paths = paths
        self._env = {
            **{name: value for name, value in os.environ.items() if name not in NOT_PRODUCTION},
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "PYTHONUNBUFFERED": "1",
        }
        self._services: dict[str, str] = {}
        self._preparing: subprocess.Popen[str] | None = None
        self._first_is_made = False
        # What could not run, and why; a failure in CI.
        self.not_run: list[str] = []
        self.stages: dict[str, Callable[[], bool]] = {
            "style": self.style,
            "format": self.format,
            "types": self.types,
            "imports": self.imports,
            "templates": self.templates,
            "migrations": self.migrations,
            "deploy": self.deploy,
            "tests": self.tests,
            "browser": self.browser,
        }
        # Not run by default: they are part of the tests, and run separately on other servers.
        self.extra: dict[str, Callable[[], bool]] = {
            "flows": self.flows,
            "coverage": self.coverage,
            PATHS: self.paths,
        }

    def prepare(self) -> None:
        """Begin to make the databases that the workers of the tests copy."""
        self._preparing = subprocess.Popen(
            [sys.executable, "-m", "tests.prepared"],
            cwd=ROOT,
            env={**self._env, **self.services, **PREPARED},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._stack.callback(self._preparing.terminate)

    def _prepared(self) -> dict[str, str]:
        """Return the names of the databases once the first is there; none if none are made.

        Who copies the demo data waits for it: most tests don't need it.
        """
        if self._preparing is None:
            return {}
        if self._preparing.stdout and not self._first_is_made:
            self._first_is_made = bool(self._preparing.stdout.readline())
        if not self._first_is_made or self._preparing.poll():
            raise EmbeddedError("The tests did not run: their databases could not be made.")
        return PREPARED

    def style(self) -> bool:
        return self._run([BIN / "ruff", "check", "."])

    def format(self) -> bool:
        return self._run([BIN / "ruff", "format", "--check", "."])

    def types(self) -> bool:
        return self._run([sys.executable, "-m", "mypy"])

    def imports(self) -> bool:
        return self._run([BIN / "lint-imports"])

    def templates(self) -> bool:
        return self._templates("--check")

    def migrations(self) -> bool:
        return self._run([*MANAGE, "makemigrations", "--check", "--dry-run"], self.services)

    def deploy(self) -> bool:
        command = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
        return self._run(command, {**self.services, **PRODUCTION})

    def tests(self) -> bool:
        try:
            documents.find_or_install()
        except documents.NoDocumentsError as error:
            self.not_run.append(f"The tests of documents (marked so) did not run: {error}")
            return self._pytest(*TWO, "tests", "--ignore=tests/browser", "-m", "not documents")
        return self._pytest(*TWO, "tests", "--ignore=tests/browser")

    def flows(self) -> bool:
        return self._pytest(*TWO, *FLOWS)

    def paths(self) -> bool:
        """Run the files or folders of tests that were given by name."""
        if not any(path.startswith("tests/browser") for path in self._paths):
            return self._pytest(*self._paths)
        return self._pytest(*self._paths, KONTOR_CHROMIUM=self._chromium())

    def coverage(self) -> bool:
        """Run the tests without a browser; the last line is the percentage of lines covered."""
        passed = self._pytest(*TWO, "tests", "--ignore=tests/browser", "--cov", "--cov-report=")
        return passed and self._run([BIN / "coverage", "report"])

    def browser(self) -> bool:
        # Two at a time, each with a portal, a database and a Chromium of its own.
        return self._pytest(*TWO, "tests/browser", KONTOR_CHROMIUM=self._chromium())

    def fix(self) -> bool:
        return (
            self._run([BIN / "ruff", "check", "--fix", "."])
            & self._run([BIN / "ruff", "format", "."])
            & self._templates()
        )

    @property
    def services(self) -> dict[str, str]:
        """Return the addresses of database and broker, which are started at the first call."""
        if not self._services:
            started = time.monotonic()
            self._services = self._stack.enter_context(embedded_services(ROOT, durable=False))
            say(f"services up in {time.monotonic() - started:.1f} s")
        return self._services

    def _chromium(self) -> str:
        try:
            return find_or_install()
        except NoBrowserError as error:
            raise NotRunError(f"The browser tests (tests/browser) did not run: {error}") from error

    def _templates(self, *options: str) -> bool:
        files = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
        if not files:
            return True
        # djade formats template tags, djhtml the indentation.
        return self._run([BIN / "djade", "--target-version", "5.2", *options, *files]) & self._run(
            [BIN / "djhtml", "--tabwidth", "2", *options, *files]
        )

    def _pytest(self, *arguments: str, **env: str) -> bool:
        env = {**self.services, **self._prepared(), **env}
        return self._run([*PYTEST, *arguments, *self._for_pytest], env)

    def _run(self, command: Sequence[str | Path], env: dict[str, str] | None = None) -> bool:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env={**self._env, **(env or {})},
            check=False,
        )
        return done.returncode == 0


def say(text: str) -> None:
    print(text, flush=True)


def run(checks: Checks, names: list[str]) -> int:
    started = time.monotonic()
    not_run = checks.not_run
    if COPIES.intersection(names) and not os.environ.get("DATABASE_URL"):
        checks.prepare()
    for name in names:
        say(f"\n===== {name} " + "=" * (66 - len(name)))
        stage_started = time.monotonic()
        try:
            passed = {**checks.stages, **checks.extra}[name]()
        except NotRunError as missing:
            not_run.append(str(missing))
            continue
        spent = time.monotonic() - stage_started
        # pytest's own closing line, with its time, must be the last.
        by_pytest = name in LAST_WORD
        if not by_pytest:
            say(f"{name}: {'passed' if passed else 'FAILED'} in {spent:.1f} s")
        if not passed:
            if not by_pytest:
                say(f"Stopped at {name!r}, after {time.monotonic() - started:.0f} s.")
            return 1
    for reason in not_run:
        say(reason)
    return 1 if not_run and os.environ.get("CI", "").lower() in {"1", "true"} else 0


def is_path(name: str) -> bool:
    """Return whether an argument names tests, like tests/orders or tests/x.py::test_y."""
    return name.startswith("tests/") and (ROOT / name.partition("::")[0]).exists()


def main(arguments: list[str]) -> int:
    rest: list[str] = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, rest = arguments[:at], arguments[at + 1 :]
    # SIGTERM unwinds too, so that the services end together with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        paths = [name for name in arguments if is_path(name)]
        arguments = [name for name in arguments if name not in paths] + [PATHS] * bool(paths)
        checks = Checks(stack, rest, paths)
        if arguments == ["--fix"]:
            return 0 if checks.fix() else 1
        known = {**checks.stages, **checks.extra}
        if unknown := [name for name in arguments if name not in known]:
            say(f"No stage {', '.join(unknown)}. There are: {', '.join(known)}.")
            return 2
        try:
            return run(checks, arguments or list(checks.stages))
        except EmbeddedError as error:
            say(f"Error: {error}")
            return 1
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
