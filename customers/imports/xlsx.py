"""A visible sheet of an Excel workbook as rows of text, as Excel shows them."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from openpyxl import load_workbook

from customers.imports.guard import counted, sheet_names
from customers.imports.number_formats import GENERAL, number_format
from customers.imports.parts import damaged
from customers.imports.tables import MAX_COLUMNS, Row

# Raised by zipfile, expat and openpyxl for a damaged file, an encrypted one, or one compressed in
# a way that Python does not know.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    ParseError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)


def sheets_of(content: bytes) -> tuple[str, ...]:
    """Return the names of the visible sheets. Raise Unreadable."""
    try:
        return sheet_names(content)
    except _BROKEN as error:
        raise damaged() from error


def read_xlsx(content: bytes, sheet: int = 0) -> Iterator[Row]:
    """Yield the filled rows of a visible sheet. Raise Unreadable."""
    try:
        checked = counted(content, sheet)
        with warnings.catch_warnings():
            # openpyxl warns of styles that the package lacks, and of days that no calendar has.
            warnings.simplefilter("ignore")
            yield from _rows(checked.package, checked.last_row)
    except _BROKEN as error:
        raise damaged() from error


def _rows(package: Any, last_row: int) -> Iterator[Row]:
    book = load_workbook(package, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    # The size that a sheet states may be wrong.
    sheet.reset_dimensions()
    # Nothing after the last row is read: openpyxl would build objects of merged cells and the like.
    rows = islice(sheet.iter_rows(max_col=MAX_COLUMNS), last_row)
    for number, cells in enumerate(rows, 1):
        texts = ["" if cell.value is None else shown(cell) for cell in cells]
        if any(texts):
            yield Row(number, texts)


def shown(cell: Any) -> str:
    """Return what Excel shows of a cell; a day in ISO 8601, with its time if it has one."""
    value = cell.value
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_format(cell.number_format or GENERAL)(value)
    if isinstance(value, dt.datetime):
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)
