"""Every address as everybody: the matrix, the crawler, all methods, and hostile texts."""

from __future__ import annotations

from collections.abc import Iterator

from dev.soak.figures import Figure
from dev.soak.tested import Tests, run_tests

ISOLATION = "tests/isolation/"


def crawled(quick: bool) -> Iterator[Figure]:
    """Ask for every address; the short form is what a run of all tests does."""
    bounds = {} if quick else {"KONTOR_BREADTH": "27", "KONTOR_HOSTILE": "all"}
    yield from run_tests(
        [
            Tests("The matrix", [f"{ISOLATION}test_matrix.py"], bounds, two=True),
            Tests("The crawler", [f"{ISOLATION}test_crawler.py"], bounds, two=True),
            Tests("All methods as everybody", [f"{ISOLATION}test_breadth.py"], bounds, two=True),
            Tests("Links of e-mails and PDFs", [f"{ISOLATION}test_sent_links.py"], bounds),
            Tests("Hostile texts", [f"{ISOLATION}test_hostile_texts.py"], bounds, two=True),
        ]
    )
