"""Processes that end at the worst points: before and after a commit, the 250, the document."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.soak.changes import changes
from dev.soak.faults import FULL_DISK, QUICK, Fault, faults
from dev.soak.figures import Figure
from dev.soak.matrix import SETTLE_SECONDS, Matrix, Story
from dev.soak.points import Accept, Attempt, Import, Mail, NewPartner, Submit
from dev.soak.site import Site

RUNS, QUICK_RUNS = 100, 2
# So many are under way until their mails and documents are waited for. Of imports and partners the
# one that comes to a point is always the first that is due, and is given up after three crashes:
# two by two. A document that was begun is nobody else's for a while, so that each crashes once.
AT_ONCE, FEW_AT_ONCE = 10, 2
# A process that hangs or eats is ended by its limit, which takes its time: done once each.
SLOW_POINTS = {"hang": 1, "eat": 1}
HANGS_SECONDS = 150.0


@dataclass(frozen=True)
class Point:
    """A named point (`portal.core.crash_points`), who comes there, and what happens there."""

    name: str
    attempt: type[Attempt]
    act: str = "kill"
    # In the process that answers, which the person then gets no answer from.
    in_web: bool = False
    twice: bool = False

    @property
    def fault(self) -> Fault:
        """Return what may happen there, in the words of the matrix."""
        most = AT_ONCE + 1
        return Fault(self.name, lambda _site: None, may_break=True, twice=self.twice, most=most)

    @property
    def settle_seconds(self) -> float:
        """Return how long what follows may take: a document that hangs is ended at its limit."""
        return SETTLE_SECONDS + (HANGS_SECONDS if self.act == "hang" else 0)

    @property
    def of_documents(self) -> bool:
        """Return whether it is where documents are made."""
        return self.name.startswith("document.")

    @property
    def at_once(self) -> int:
        """Return how many are under way at once."""
        given_up = self.name.startswith(("import.", "partner."))
        return FEW_AT_ONCE if given_up else AT_ONCE


POINTS = (
    Point("order.before-commit", Submit, in_web=True),
    Point("order.after-commit", Submit, in_web=True),
    Point("acceptance.before-commit", Accept, in_web=True),
    Point("acceptance.after-commit", Accept, in_web=True),
    Point("mail.before-250", Mail),
    Point("mail.after-250", Mail, twice=True),
    Point("mail.before-commit", Mail, twice=True),
    Point("mail.after-commit", Mail),
    Point("document.being-made", Accept),
    Point("document.before-commit", Accept),
    Point("document.after-commit", Accept),
    Point("import.before-commit", Import),
    Point("import.after-commit", Import),
    Point("partner.before-commit", NewPartner),
    Point("partner.after-commit", NewPartner),
    Point("document.being-made", Accept, act="hang"),
    Point("document.being-made", Accept, act="eat"),
)


class Crashes:
    """One site, whose points are armed one at a time."""

    def __init__(self, matrix: Matrix, armed: Path) -> None:
        self.site, self.armed, self.matrix = matrix.site, armed, matrix

    def run(self, point: Point, runs: int) -> Iterator[Figure]:
        """Come to a point so many times."""
        crashed, wrong, again = 0, list[str](), 0
        for begin in range(0, runs, point.at_once):
            kinds = [point.attempt] * min(point.at_once, runs - begin)
            attempts = self.matrix.prepared(kinds)
            stories = []
            for attempt in attempts:
                story, hit = self._once(point, attempt)
                crashed += hit
                stories.append(story)
            self.matrix.settle(attempts, point.settle_seconds)
            for story in stories:
                self.matrix.check(point.fault, story)
                wrong += story.wrong
                again += bool(story.again)
        seen = f"{crashed} crashed, {again} done again, {len(wrong)} wrong"
        if wrong:
            seen += f" ({', '.join(sorted(set(wrong)))})"
        expected = "each crashes; 0 half, 0 lost, 0 double"
        if point.twice:
            expected = "each crashes; 0 half, 0 lost; a mail may come again after each"
        name = point.name if point.act == "kill" else f"{point.name}: {point.act}"
        yield Figure(name, runs, expected, seen, not wrong and crashed == runs)

    def _once(self, point: Point, attempt: Attempt) -> tuple[Story, bool]:
        file = self.armed / point.name
        # Put there in one piece: a process may look for it at any moment.
        fresh = self.armed / "fresh"
        fresh.write_text(point.act)
        fresh.rename(file)
        story = Story(attempt, attempt.act())
        hit = self.site.wait(lambda: not file.exists(), 60)
        file.unlink(missing_ok=True)
        if point.in_web:
            self.site.wait(self.site.normal, 30)
        self.matrix.finish(point.fault, story)
        time.sleep(0.05)
        return story, hit


def faulty(quick: bool) -> Iterator[Figure]:
    """Yield the figures of the matrix of faults, and of changes between form and submission."""
    with Site(small_disk=not quick, TRUSTED_PROXIES="1") as site:
        matrix = Matrix(site)
        for fault in faults():
            if not quick or fault.name in QUICK:
                yield from matrix.run(fault)
        if site.no_disk:
            yield Figure(FULL_DISK.name, 0, "done", f"not done: {site.no_disk}", False)
        elif not quick:
            yield from matrix.run(FULL_DISK)
        yield from changes(matrix.world)


def crashing(quick: bool) -> Iterator[Figure]:
    """Yield a figure for each point at which a process ends, but for those of documents."""
    yield from _crashing([point for point in POINTS if not point.of_documents], quick)


def crashing_documents(quick: bool) -> Iterator[Figure]:
    """Yield a figure for each point at which the process of a document ends, hangs or eats.

    The worker notices an ended process at once, or else within five seconds (Celery's pool); with
    several it goes on meanwhile.
    """
    yield from _crashing([point for point in POINTS if point.of_documents], quick, documents=4)


def _crashing(points: Sequence[Point], quick: bool, *, documents: int = 1) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        armed = Path(folder)
        armed.chmod(0o777)
        with Site(
            preload=True,
            documents=documents,
            TRUSTED_PROXIES="1",
            KONTOR_CRASH_POINTS=folder,
            WEB_THREADS="6",
        ) as site:
            crashes = Crashes(Matrix(site, keeps=True), armed)
            for point in points:
                slow = SLOW_POINTS.get(point.act)
                if not quick:
                    yield from crashes.run(point, slow or RUNS)
                elif not slow:
                    yield from crashes.run(point, QUICK_RUNS)
