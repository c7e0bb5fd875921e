"""Which row of a file holds the headings: found by what they say, also further down (REG-56)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from customers.imports.headings import known_headings, squeeze
from customers.imports.tables import LOOKED_AT, Row

_DATA = re.compile(r"[\d\s.,:/+()-]{2,}|\S+@\S+\.\S+|[A-Z]{2}\d+", re.ASCII)


def _known(row: Row) -> int:
    return sum(1 for cell in row.cells if cell and squeeze(cell) in known_headings())


def _looks_like_data(row: Row) -> bool:
    """Return whether a cell is a number, a date or an address, which no heading is."""
    return any(_DATA.fullmatch(cell) for cell in row.cells if cell)


def found_heading(rows: Sequence[Row]) -> int:
    """Return the place of the row of headings among the first ones; -1 if there is none.

    The row with the most headings that we know, if they are two; else the first row that is as wide
    as the others and holds no data.
    """
    first = rows[:LOOKED_AT]
    counts = [_known(row) for row in first]
    if counts and max(counts) >= 2:
        return counts.index(max(counts))
    width = max((len([cell for cell in row.cells if cell]) for row in first), default=0)
    for place, row in enumerate(first):
        filled = len([cell for cell in row.cells if cell])
        if filled * 2 < width or (filled == 1 and width > 1):
            continue
        # A heading that we know stands above data; a first row of data has none above it.
        return -1 if _looks_like_data(row) and not counts[place] else place
    return 0
