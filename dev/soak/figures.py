"""A figure of the soak: what was done how often, what is expected and what was seen."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figure:
    """One row. ``met`` says whether what was seen is what is expected."""

    what: str
    times: int
    expected: str
    seen: str
    met: bool

    def __str__(self) -> str:
        mark = "ok   " if self.met else "SHORT"
        return f"{mark} {self.what} | {self.times:,} | {self.expected} | {self.seen}"


# A part of the soak makes its own servers and data; ``quick`` asks for the short form.
Part = Callable[[bool], Iterator[Figure]]


@dataclass(frozen=True)
class Result:
    """The figures of one part, and how long it took."""

    title: str
    figures: tuple[Figure, ...]
    seconds: float

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Return what another process wrote as JSON."""
        figures = tuple(Figure(**each) for each in found["figures"])
        return cls(found["title"], figures, found["seconds"])

    @property
    def short(self) -> int:
        return sum(not figure.met for figure in self.figures)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run_part(title: str, part: Part, *, quick: bool) -> Result:
    """Run a part, and print each figure as it comes; an error is a figure that falls short."""
    say(f"===== {title}")
    started = time.monotonic()
    figures: list[Figure] = []
    try:
        for figure in part(quick):
            say(str(figure))
            figures.append(figure)
    except Exception as error:
        figures.append(
            Figure(
                "the part itself", 1, "runs to its end", f"{type(error).__name__}: {error}", False
            )
        )
        say(str(figures[-1]))
        traceback.print_exception(error, file=sys.stdout)
    return Result(title, tuple(figures), time.monotonic() - started)


def machine() -> str:
    """Return what the soak ran on: processor, cores, memory and Python."""
    memory = ""
    info = Path("/proc/meminfo")
    if info.exists():
        memory = f", {int(info.read_text().split()[1]) // 1024 // 1024} GiB"
    cores = os.cpu_count()
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {cores} cores{memory}, Python {python}"


def revision() -> str:
    """Return the short name of the commit, if this is a checkout.

    It says so if something is changed, but for what the soak itself has written meanwhile.
    """
    name = _git("describe", "--always")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/proof.md")
    return (name or "unknown") + "-dirty" * bool(changed)


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


HEAD = """# The proof

Written by `make soak`, each part with when and where it ran; `make soak ARGS=name` renews one part.
What each part does, and what shows the promises that no figure measures, is in
[security.md](security.md).
"""


def section_of(result: Result, *, at: datetime | None = None) -> str:
    """Return one part's section of docs/proof.md: when, where, and a table."""
    at = at or datetime.now(UTC)
    lines = [
        f"## {result.title}",
        "",
        f"{at:%Y-%m-%d %H:%M} UTC, revision {revision()}, {machine()}: "
        f"{len(result.figures)} figures, {result.short} short, in {result.seconds:.0f} s.",
        "",
        "| what | how often | expected | seen | |",
        "|---|--:|---|---|---|",
    ]
    lines += [
        f"| {cell(each.what)} | {each.times:,} | {cell(each.expected)} | {cell(each.seen)} |"
        f" {'' if each.met else '**short**'} |"
        for each in result.figures
    ]
    return "\n".join(lines) + "\n"


def renewed(text: str, results: Iterable[Result], *, order: Iterable[str]) -> str:
    """Return docs/proof.md with the sections of these results in place of their former ones."""
    former = {part.partition("\n")[0]: f"## {part}" for part in text.split("\n## ")[1:]}
    sections = {title: part.strip() + "\n" for title, part in former.items()}
    sections |= {result.title: section_of(result) for result in results}
    return "\n".join([HEAD, *(sections[title] for title in order if title in sections)])


def cell(text: str) -> str:
    """Return text that stays within its cell."""
    return text.replace("|", "\\|").replace("\n", " ")
