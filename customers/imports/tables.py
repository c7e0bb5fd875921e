"""An uploaded table: its rows, its limits, and the refusal of an unreadable file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.core.errors import RuleError

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 50
MAX_CELL = 1_000
# The rows among which the headings are looked for, and from which they are chosen.
LOOKED_AT = 20

CSV, XLSX = "csv", "xlsx"


class Unreadable(RuleError):
    """Refuse a file that cannot be read, and say what to do about it (INP-03)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the number that a spreadsheet program shows for it, from 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The headings of a file and the rows below them, without empty rows."""

    kind: str
    headers: list[str]
    rows: list[Row]
    # The number of the row of headings; 0 for a file without any.
    heading: int = 1
    encoding: str = ""
    sheets: tuple[str, ...] = ()
    # The first rows as they are, to choose the headings from.
    top: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file: what was chosen, or None and "" for what is found (REG-56)."""

    heading: int | None = None
    sheet: int = 0
    encoding: str = ""


def too_many_columns(row: int) -> Unreadable:
    """Return the refusal of a row with more filled columns than the limit."""
    return Unreadable(
        _("Row %(row)s has more than %(limit)s columns. Remove those you don't need.")
        % {"row": row, "limit": MAX_COLUMNS}
    )
