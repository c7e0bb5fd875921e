"""Random walks and races: orders' lives, two partners at work at once, kills and many at a time."""

from __future__ import annotations

from collections.abc import Iterator

from dev.soak.figures import Figure
from dev.soak.tested import Tests, run_tests

FLOWS = "tests/flows/"


def walked(quick: bool) -> Iterator[Figure]:
    """Walk often, and run what happens at once with more clients and rounds."""
    rounds = {} if quick else {"KONTOR_ROUNDS": "20", "KONTOR_CLIENTS": "16"}
    yield from run_tests(
        [
            Tests(
                "Random walks over orders' lives",
                ["tests/orders/test_walks.py"],
                {"KONTOR_WALKS": "40" if quick else "2000"},
            ),
            Tests(
                "Two partners at work at once, against a model",
                [f"{FLOWS}test_stateful.py", f"{FLOWS}test_stateful_controls.py"],
                {"KONTOR_STATEFUL": "15" if quick else "400"},
            ),
            Tests("Dispatchers killed", [f"{FLOWS}test_outbox_kill_flow.py"], {}),
            Tests(
                "Confirmations answered by many at once",
                [f"{FLOWS}test_confirmation_races_flow.py"],
                rounds,
            ),
            Tests("The same act by many at once", [f"{FLOWS}test_races_flow.py"], {}),
            Tests("Staff of two partners at once", [f"{FLOWS}test_admin_threads_flow.py"], {}),
        ]
    )
