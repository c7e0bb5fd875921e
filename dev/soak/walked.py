"""Random walks and races: orders' lives, two partners at work at once, kills and many at a time."""

from __future__ import annotations

from collections.abc import Iterator

from dev.soak.figures import Figure
from dev.soak.tested import run_tests

FILES = [
    "tests/orders/test_walks.py",
    "tests/flows/test_stateful.py",
    "tests/flows/test_stateful_controls.py",
    "tests/flows/test_outbox_kill_flow.py",
    "tests/flows/test_confirmation_races_flow.py",
    "tests/flows/test_races_flow.py",
    "tests/flows/test_admin_threads_flow.py",
]
# How many walks and interleavings; the full form also has more clients and rounds in races.
QUICK = {"KONTOR_WALKS": "40", "KONTOR_STATEFUL": "15"}
FULL = {
    "KONTOR_WALKS": "2000",
    "KONTOR_STATEFUL": "400",
    "KONTOR_ROUNDS": "20",
    "KONTOR_CLIENTS": "16",
}


def walked(quick: bool) -> Iterator[Figure]:
    """Walk often, and run what happens at once with more clients and rounds."""
    yield from run_tests("Walks, races and killed dispatchers", FILES, QUICK if quick else FULL)
