"""Two partners at work at the same time, against a plain model, in HTTP (SAFE-04, ISO-20).

Every act of every person in any order, in several tabs, with forms that are old, sent twice or
forged, statements that are cancelled and dispatchers that die. ``KONTOR_STATEFUL=400`` runs more
examples than a run of all tests has time for.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.core.cache import LimitsCache
from portal.outbox import delivery
from portal.tenancy.connection import connection
from portal.tenancy.hosts import forget_hosts
from tests.conftest import NOW
from tests.figures import note
from tests.flows.stateful_acts import ACTS, Going, Step
from tests.flows.stateful_checks import MailServer
from tests.flows.stateful_world import build

EXAMPLES = int(os.environ.get("KONTOR_STATEFUL", "4"))
# Few are the same ones in each run. Many are other ones each time, in tests that run two at once.
FEW = 100
SHARES = 1 if EXAMPLES < FEW else 4
LENGTH = 40
Steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 11), st.integers(0, 11), st.integers(1, 60)),
    min_size=LENGTH,
    max_size=LENGTH,
)


class _Over(Exception):
    """The end of an example, which takes its rows back."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[MailServer]:
    """Both partners stand still at one moment, without limits; the mail server is ours."""
    found = MailServer()
    monkeypatch.setattr(LimitsCache, "count", lambda self, *args, **kwargs: 1)
    monkeypatch.setattr(delivery, "open_transport", lambda: found)
    logging.disable(logging.CRITICAL)
    connection.set_schema_to_public()
    with time_machine.travel(NOW, tick=True):
        yield found
    logging.disable(logging.NOTSET)


@contextmanager
def example(server: MailServer) -> Iterator[Going]:
    """Begin as always; take back what was written, and let everybody forget it."""
    server.forget()
    cache.clear()
    forget_hosts()
    connection.set_schema_to_public()
    with suppress(_Over), transaction.atomic():
        yield Going(build(), server)
        raise _Over


def walk(steps: Sequence[Step], server: MailServer) -> Counter[str]:
    """Take steps; return what was counted."""
    with example(server) as going:
        for step in steps:
            going.step(step)
        going.checks.all(rows=True)
    going.portal.count["killed"] = server.deaths
    return going.portal.count


@pytest.mark.parametrize("share", range(SHARES))
def test_two_partners_agree_with_the_model(share: int, server: MailServer) -> None:
    """SAFE-04, SAFE-05, SAFE-07, ISO-20, OUT-05, CON-17: whatever happens, in whichever order."""
    total: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES // SHARES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize=SHARES == 1,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=Steps)
    def interleaved(steps: list[Step]) -> None:
        total.update(walk(steps, server))
        total["examples"] += 1

    interleaved()
    _note(total)


def _note(total: Counter[str]) -> None:
    said = ", ".join(f"{total[name]:,} {name}" for name in ("steps", "requests", "asked"))
    note(
        "Random interleavings of two partners' people: forms sent from up to four tabs",
        total["forms"],
        "0 orders for another customer than the button's",
        f"0 of {total['placed']:,} orders; {total['examples']:,} examples, {said}",
        total["placed"] > 0,
    )
    answered = total["accept done"] + total["decline done"]
    note(
        "Confirmations answered by the mailed link in between",
        answered,
        "once, by whoever was asked",
        f"{total['accept done']:,} accepted, {total['decline done']:,} declined, "
        f"{total['progress done']:,} made into orders",
        total["accept done"] > 0 and total["progress done"] > 0,
    )
    note(
        "Requests with ids of the other partner, or to another order's address",
        total["foreign"] + total["elsewhere"],
        "nothing happens, no word of the other partner",
        "0 words, 0 changes",
        total["foreign"] > 0,
    )
    note(
        "Statements cancelled in the middle of a request",
        total["cancelled"],
        "all or nothing, no 500",
        "all or nothing, no 500",
        total["cancelled"] > 0,
    )
