"""What a protection is, for the lists of this package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Protection:
    """A text in a file, what stands there instead when it is taken away, and a test."""

    name: str
    path: str
    text: str
    instead: str
    test: str
    # Whether it acts while a database is made, so that its test can't use a copy of one.
    makes_database: bool = False
