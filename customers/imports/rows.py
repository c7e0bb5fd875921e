"""The results of checking a file: clean rows, and errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# Replaces a personal number wherever it is shown or stored (D19).
MASK = "••••"


@dataclass(slots=True)
class Error:
    """An error: where it is, the value there, and the reason."""

    row: int
    column: str
    value: str
    reason: str
    # The column's position in the file, by which the errors of a row are sorted.
    place: int = 0

    def stored(self) -> list[Any]:
        """Return the error as the import stores it."""
        return [self.row, self.column, self.value[:200], self.reason]


@dataclass(slots=True)
class Checked:
    """A row without its errors: the values of the customer, its contact and its domains."""

    row: int
    values: dict[str, Any]
    contact: dict[str, Any] | None
    domains: list[str] = field(default_factory=list)
    name_key: str = ""
    number_key: str = ""
    # For the change log: each custom field by its label, [old, new] in words.
    custom: dict[str, list[str]] = field(default_factory=dict)
