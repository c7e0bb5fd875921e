"""Tables that people paste from a spreadsheet: lines of cells, whatever separates them (INP-18)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from portal.core.text import without_invisible

# What a spreadsheet's clipboard and its files put between cells, the most certain first.
SEPARATORS = "\t;,"
# A cell in quotation marks may hold line ends; more lines than these are a stray mark.
MOST_LINES_OF_A_CELL = 4
MOST_COLUMNS = 50


@dataclass(frozen=True, slots=True)
class PastedRow:
    """The cells of a row, its text, and the line that it begins in, counted from 1."""

    line: int
    text: str
    cells: list[str]

    def at(self, column: int) -> str:
        """Return a cell; empty where the row is too short."""
        return self.cells[column] if column < len(self.cells) else ""


def pasted_rows(text: str) -> list[PastedRow]:
    """Return the rows of a pasted text without the empty ones; never raise, whatever is in it.

    Columns beyond the fiftieth are not read. Cells have neither invisible characters nor blanks
    around them, and one blank between words.
    """
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = _separator(lines)
    rows: list[PastedRow] = []
    at = 0
    while at < len(lines):
        cells, used = _record(lines[at : at + MOST_LINES_OF_A_CELL], separator)
        clean = [" ".join(without_invisible(cell).split()) for cell in cells[:MOST_COLUMNS]]
        if any(clean):
            rows.append(PastedRow(at + 1, "\n".join(lines[at : at + used]), clean))
        at += used
    return rows


def _separator(lines: Sequence[str]) -> str:
    filled = [line for line in lines if line.strip()]
    for mark in SEPARATORS:
        if 2 * sum(mark in line for line in filled) > len(filled):
            return mark
    return max(SEPARATORS, key=lambda mark: sum(mark in line for line in filled))


def _record(lines: Sequence[str], separator: str) -> tuple[list[str], int]:
    """Return the cells of the record that begins these lines, and how many lines it takes."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    try:
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        # A quotation mark without its other half, or a cell that is too long: one line as it is.
        return [_unquoted(cell) for cell in lines[0].split(separator)], 1


def _unquoted(cell: str) -> str:
    bare = cell.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] == '"' else bare
