"""Every address as everybody: the matrix, the crawler, all methods, and hostile texts."""

from __future__ import annotations

from collections.abc import Iterator

from dev.soak.figures import Figure
from dev.soak.tested import Tests, run_tests

ISOLATION = "tests/isolation/"
FULL = {"KONTOR_BREADTH": "27", "KONTOR_BREADTH_MINUTES": "6", "KONTOR_HOSTILE": "all"}


def crawled(quick: bool) -> Iterator[Figure]:
    """Ask for every address; the short form leaves to a run of all tests what that does whole."""
    bounds = {} if quick else FULL
    whole = [
        Tests("The matrix", [f"{ISOLATION}test_matrix.py"], bounds, two=True),
        Tests("The crawler", [f"{ISOLATION}test_crawler.py"], bounds, two=True),
    ]
    yield from run_tests(
        [
            *([] if quick else whole),
            Tests("All methods as everybody", [f"{ISOLATION}test_breadth.py"], bounds, two=True),
            Tests("Links of e-mails and PDFs", [f"{ISOLATION}test_sent_links.py"], bounds),
            Tests("Hostile texts", [f"{ISOLATION}test_hostile_texts.py"], bounds, two=True),
        ]
    )
