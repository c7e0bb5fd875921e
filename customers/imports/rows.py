"""What the check of a file finds: rows that are clean, and errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# What stands for a personal number wherever it is shown or kept (D19).
MASK = "••••"


@dataclass(slots=True)
class Error:
    """One thing that is wrong: where, what stands there, and why."""

    row: int
    column: str
    value: str
    reason: str
    # Where the column stands in the file; errors of a row are told in that order.
    place: int = 0

    def stored(self) -> list[Any]:
        """As the import keeps it."""
        return [self.row, self.column, self.value[:200], self.reason]


@dataclass(slots=True)
class Checked:
    """One row, clean: the customer's values, its contact's, its domains."""

    row: int
    values: dict[str, Any]
    contact: dict[str, Any] | None
    domains: list[str] = field(default_factory=list)
    name_key: str = ""
    number_key: str = ""
    # For the change log: each custom field by its label, [old, new] in words.
    custom: dict[str, list[str]] = field(default_factory=dict)
