"""The matrix: each fault at each point, and what became of it in the end."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dev.soak.browsers import Answer
from dev.soak.faults import Fault
from dev.soak.figures import Figure
from dev.soak.points import POINTS, Attempt
from dev.soak.site import Site
from dev.soak.world import World

# A page that can be answered without the broken part is answered in so many seconds; one that
# can't says so in so many (AVAIL-01). Some allowance is for a machine with other work.
WELL_SECONDS, TRUTH_SECONDS = 3.0, 5.0
RECOVERY_SECONDS = 30.0
# From the mail server's 250 to the commit that says so, on a slow machine.
NEAR_SECONDS = 1.0
SETTLE_SECONDS = 90.0
OPEN = ("queued", "waiting")
# What the page of a lock says; whoever lost the database can't know (AVAIL-01, OUT-08).
NOT_DONE = ("Nothing was saved", "Es wurde nichts gespeichert", "Ingenting sparades")


@dataclass
class Story:
    """What happened to one attempt under one fault."""

    attempt: Attempt
    answer: Answer
    wrong: list[str] = field(default_factory=list)
    again: int = 0

    def seen(self) -> str:
        """Return the story in a few words."""
        status = self.answer.status or "no answer"
        words = f"{status} in {self.answer.seconds:.1f} s"
        return "; ".join([words + (", done again" if self.again else ""), *self.wrong])


class Matrix:
    """One site and world through all faults."""

    def __init__(self, site: Site, *, keeps: bool = False) -> None:
        self.site, self.world = site, World(site, keeps=keeps)
        # When the fault under way began and was over, at each point.
        self.moments: list[tuple[float, float]] = []
        # How many e-mails each point causes when nothing is broken.
        self.usual: dict[str, int] = {}

    def run(self, fault: Fault, points: tuple[type[Attempt], ...] = POINTS) -> Iterator[Figure]:
        """Run one fault at each point; yield a figure for each, and one for the recovery."""
        attempts = self.prepared(points)
        stories = self._under(fault, attempts)
        started = time.monotonic()
        back = self.site.wait(self.site.normal, RECOVERY_SECONDS)
        recovery = time.monotonic() - started
        for story in stories:
            self.finish(fault, story)
        self.settle([story.attempt for story in stories])
        for story in stories:
            self.check(fault, story)
            name = story.attempt.name
            yield Figure(
                f"{fault.name} × {name}",
                1,
                self._expected(fault),
                story.seen(),
                not story.wrong,
            )
        if fault.name != "nothing":
            yield Figure(
                f"{fault.name}: normal again without a restart",
                1,
                f"<= {RECOVERY_SECONDS:.0f} s",
                f"{recovery:.1f} s" if back else "not",
                back,
            )

    def prepared(self, points: Iterable[type[Attempt]]) -> list[Attempt]:
        """Prepare an attempt at each point; what they wait for is waited for at once."""
        attempts = [point(self.world) for point in points]
        for attempt in attempts:
            attempt.make_ready()
        return attempts

    def _expected(self, fault: Fault) -> str:
        if fault.may_refuse:
            mails = ", a mail perhaps again" if fault.twice else ""
            return f"well, or a true 503 in {TRUTH_SECONDS:.0f} s; once{mails}"
        if fault.may_break:
            return "well, or no answer; once"
        mails = {True: "mails dead with their cause"}.get(fault.dead, "once")
        return f"well in {WELL_SECONDS:.0f} s; {mails}"

    def _under(self, fault: Fault, attempts: list[Attempt]) -> list[Story]:
        if fault.moment:
            return [self._at_the_moment(fault, attempt) for attempt in attempts]
        fault.begin(self.site)
        try:
            stories = [Story(attempt, attempt.act()) for attempt in attempts]
            if fault.mail:
                self._wait_for_tries(attempts)
        finally:
            fault.end(self.site)
        return stories

    def _at_the_moment(self, fault: Fault, attempt: Attempt) -> Story:
        answers: list[Answer] = []
        thread = threading.Thread(target=lambda: answers.append(attempt.act()))
        thread.start()
        time.sleep(random.uniform(0, 0.08))
        began = time.monotonic()
        fault.begin(self.site)
        self.moments.append((began, time.monotonic()))
        thread.join(60)
        self.site.wait(self.site.normal, RECOVERY_SECONDS)
        return Story(attempt, answers[0] if answers else Answer(0, seconds=60))

    def _wait_for_tries(self, attempts: list[Attempt]) -> None:
        """Let each e-mail that is due be tried while the mail server misbehaves."""

        def tried() -> bool:
            with self.world.inside():
                return all(
                    not attempt.mails().filter(attempts=0, state="queued").exists()
                    for attempt in attempts
                )

        self.site.wait(tried, 12)

    def finish(self, fault: Fault, story: Story) -> None:
        """Judge the answer, and do again what was not done, as the person would."""
        answer, attempt = story.answer, story.attempt
        limit = TRUTH_SECONDS if fault.may_refuse else WELL_SECONDS
        if answer.seconds > limit and not fault.may_break:
            story.wrong.append(f"more than {limit:.0f} s")
        allowed = answer.status == attempt.well or (fault.may_refuse and answer.status == 503)
        if not allowed and not (fault.may_break and answer.status == 0):
            story.wrong.append(f"status {answer.status}")
        done = self._is_done(attempt)
        if answer.status == 503 and done and any(words in answer.text for words in NOT_DONE):
            story.wrong.append("the 503 said that nothing was saved, and it is")
        while answer.status != attempt.well and story.again < 5:
            story.again += 1
            answer = attempt.act()
            if answer.status == attempt.well or self._is_done(attempt):
                break
            time.sleep(1)
        if answer.status != attempt.well and not self._is_done(attempt):
            story.wrong.append(f"still {answer.status} afterwards")

    def _is_done(self, attempt: Attempt) -> bool:
        with self.world.inside():
            return attempt.done() > 0

    def settle(self, attempts: list[Attempt], seconds: float = SETTLE_SECONDS) -> None:
        """Wait for what follows in the background; what waits for its time is brought forward."""
        last = 0.0

        def settled() -> bool:
            nonlocal last
            with self.world.inside():
                if time.monotonic() - last > 3:
                    self._bring_forward()
                    last = time.monotonic()
                return all(
                    attempt.finished() and not attempt.mails().filter(state__in=OPEN).exists()
                    for attempt in attempts
                )

        self.site.wait(settled, seconds)

    def _bring_forward(self) -> None:
        from customers.models import CustomerImport
        from portal.celery import app
        from portal.outbox.models import Document, OutboundEmail
        from portal.tenancy.models import PartnerCreation

        at = timezone.now()
        OutboundEmail.objects.across_partners().filter(state="queued", next_try_at__gt=at).update(
            next_try_at=at
        )
        app.conf.broker_url = self.site.services.env["REDIS_URL"]
        late = Document.objects.for_partner(self.world.partner).filter(
            state="pending", next_try_at__gt=at
        )
        if late.update(next_try_at=at):
            app.send_task("documents.render")
        # Nothing was heard of these for a while: the sweep calls them again.
        before = at - timedelta(seconds=200)
        old = {"moved_at__lt": at - timedelta(seconds=4)}
        for lying in (
            CustomerImport.objects.under_way().filter(**old),
            PartnerCreation.objects.filter(state__in=("waiting", "making"), **old),
        ):
            if lying.update(moved_at=before):
                app.send_task("customers.sweep_imports")
                app.send_task("workspace.sweep_partners")

    def check(self, fault: Fault, story: Story) -> None:
        """Compare what is there in the end with what has to be."""
        attempt = story.attempt
        with self.world.inside():
            done, finished = attempt.done(), attempt.finished()
            mails = list(attempt.mails())
        if done != 1:
            story.wrong.append("in part" if done < 0 else f"{done} times")
        if not finished:
            story.wrong.append("what follows did not happen")
        usual = self.usual.setdefault(attempt.name, len(mails))
        if len(mails) != usual:
            story.wrong.append(f"{len(mails)} mails instead of {usual}")
        story.wrong += [word for mail in mails if (word := self._wrong_with(fault, mail))]

    def _wrong_with(self, fault: Fault, mail: Any) -> str:
        times = self.site.mail.times(mail.message_id)
        if fault.dead and mail.state == "dead":
            return "" if mail.last_error and not times else "a dead mail without its cause"
        if mail.state != "sent":
            return f"a mail is {mail.state}"
        most = fault.most if fault.twice and self._excused(fault, mail.message_id) else 1
        return "" if 1 <= times <= most else f"a mail arrived {times} times"

    def _excused(self, fault: Fault, message_id: str) -> bool:
        """Return whether the database ended within a second of each arrival but the last."""
        if not fault.ends_database:
            return True
        taken = [each.at for each in self.site.mail.received if each.message_id == message_id]
        return all(
            any(began - NEAR_SECONDS <= at <= over + NEAR_SECONDS for began, over in self.moments)
            for at in sorted(taken)[:-1]
        )
