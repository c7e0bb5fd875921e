"""Processes that end at the worst points: before and after a commit, the 250, the document."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dev.soak.changes import changes
from dev.soak.faults import QUICK, Fault, faults
from dev.soak.figures import Figure
from dev.soak.matrix import Matrix, Story
from dev.soak.points import Accept, Attempt, Import, Mail, NewPartner, Submit
from dev.soak.site import Site

RUNS, QUICK_RUNS = 100, 2
# So many are under way until their mails and documents are waited for.
AT_ONCE = 10
# A process that hangs or eats is ended by its limit, which takes its time: done once each.
SLOW_POINTS = {"hang": 1, "eat": 1}


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
        return Fault(self.name, lambda _site: None, may_break=True, twice=self.twice)


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
        for begin in range(0, runs, AT_ONCE):
            stories = []
            for _each in range(min(AT_ONCE, runs - begin)):
                story, hit = self._once(point)
                crashed += hit
                stories.append(story)
            self.matrix.settle([story.attempt for story in stories])
            for story in stories:
                self.matrix.check(point.fault, story)
                wrong += story.wrong
                again += bool(story.again)
        seen = f"{crashed} crashed, {again} done again, {len(wrong)} wrong"
        if wrong:
            seen += f" ({', '.join(sorted(set(wrong)))})"
        expected = "each crashes; 0 half, 0 lost, 0 double"
        if point.twice:
            expected = "each crashes; 0 half, 0 lost; a mail may come twice"
        name = point.name if point.act == "kill" else f"{point.name}: {point.act}"
        yield Figure(name, runs, expected, seen, not wrong and crashed == runs)

    def _once(self, point: Point) -> tuple[Story, bool]:
        attempt = point.attempt(self.matrix.world)
        file = self.armed / point.name
        file.write_text(point.act)
        story = Story(attempt, attempt.act())
        hit = self.site.wait(lambda: not file.exists(), 60)
        file.unlink(missing_ok=True)
        if point.in_web:
            self.site.wait(self.site.normal, 30)
        self.matrix.finish(point.fault, story)
        time.sleep(0.05)
        return story, hit


def faults_and_crashes(quick: bool) -> Iterator[Figure]:
    """Yield the figures of the matrix of faults, and of each point at which a process ends."""
    with tempfile.TemporaryDirectory() as folder:
        armed = Path(folder)
        armed.chmod(0o777)
        with Site(TRUSTED_PROXIES="1", KONTOR_CRASH_POINTS=folder) as site:
            matrix = Matrix(site)
            for fault in faults():
                if not quick or fault.name in QUICK:
                    yield from matrix.run(fault)
            yield from changes(matrix.world)
            crashes = Crashes(matrix, armed)
            for point in POINTS:
                slow = SLOW_POINTS.get(point.act)
                if not quick:
                    yield from crashes.run(point, slow or RUNS)
                elif not slow:
                    yield from crashes.run(point, QUICK_RUNS)
