"""Every address as everybody: the matrix, the crawler, all methods, and hostile texts."""

from __future__ import annotations

from collections.abc import Iterator

from dev.soak.figures import Figure
from dev.soak.tested import run_tests

FILES = [
    f"tests/isolation/test_{name}.py"
    for name in ("matrix", "crawler", "breadth", "sent_links", "hostile_texts")
]


def crawled(quick: bool) -> Iterator[Figure]:
    """Ask for every address; the short form is what a run of all tests does."""
    bounds = {} if quick else {"KONTOR_BREADTH": "27", "KONTOR_HOSTILE": "all"}
    yield from run_tests("Matrix, crawler, methods, links and hostile texts", FILES, bounds)
