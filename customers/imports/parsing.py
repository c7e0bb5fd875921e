"""CSV and XLSX files as rows of text, within limits that are checked before parsing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from customers.imports.encodings import found_encoding
from customers.imports.heading_rows import found_heading
from customers.imports.tables import (
    CSV,
    LOOKED_AT,
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    XLSX,
    Reading,
    Row,
    Table,
    Unreadable,
    too_many_columns,
)
from customers.imports.xlsx import read_xlsx, sheets_of
from portal.core.spreadsheets import plain_cell
from portal.core.text import without_invisible

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_DELIMITERS = (";", ",", "\t", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Control characters that no register holds: the file is something else.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_table(content: bytes, how: Reading | None = None) -> Table:
    """Return the table in a file, read as was chosen or as is found (REG-56).

    Raise Unreadable, which says what to do, if the file is too large, empty or of another type, or
    if a cell, the rows or the columns are beyond the limits.
    """
    how = how or Reading()
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. Split it into several."))
    kind = kind_of(content)
    if kind == XLSX:
        sheets = sheets_of(content)
        table = collect(XLSX, read_xlsx(content, how.sheet), heading=how.heading)
        return replace(table, sheets=sheets)
    encoding = how.encoding or found_encoding(content)
    table = collect(CSV, _csv_rows(decode(content, encoding)), heading=how.heading)
    return replace(table, encoding=encoding)


def kind_of(content: bytes) -> str:
    """Return ``csv`` or ``xlsx`` by the content, whatever the file's name.

    Raise Unreadable for other types that are recognised.
    """
    if content.startswith(_OLD_EXCEL):
        raise Unreadable(
            _(
                "This is an old Excel file (.xls) or one with a password. In Excel, choose Save "
                "as, Excel workbook (.xlsx), without a password, and upload that."
            )
        )
    if content.startswith(_ZIP):
        return XLSX
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")):
        raise Unreadable(_unknown())
    if content.lstrip()[:200].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise Unreadable(
            _(
                "This is a web page or XML with the name of a spreadsheet. Open it in Excel or "
                "LibreOffice, save it as .xlsx or CSV, and upload that."
            )
        )
    return CSV


def _unknown() -> str:
    return _(
        "This is neither CSV nor an Excel workbook (.xlsx). Save the register as one of the two "
        "and upload that."
    )


def decode(content: bytes, encoding: str = "") -> str:
    """Return the text of a CSV file in this encoding, or in the one that is found.

    Raise Unreadable if it is no text.
    """
    text = _decoded(content, encoding or found_encoding(content))
    if _BINARY.search(text):
        raise Unreadable(_unknown())
    return text.removeprefix("\ufeff")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            _("The letters of this file can't be read. Save it as CSV in UTF-8, or as .xlsx.")
        ) from error


def _csv_rows(text: str) -> Iterable[Row]:
    told = _SEPARATOR_LINE.match(text)
    skipped = 0
    if told:
        text, skipped = text[told.end() :], 1
    if "\n" not in text:
        text = text.replace("\r", "\n")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=told.group(1) if told else delimiter_of(text)
    )
    try:
        for number, cells in enumerate(reader, 1 + skipped):
            yield Row(number, cells)
    except csv.Error as error:
        raise Unreadable(
            _("The file can't be read near line %(line)s. Is a quotation mark missing there?")
            % {"line": reader.line_num}
        ) from error


def delimiter_of(text: str) -> str:
    """Return what separates the cells: the most frequent candidate in the first line with text."""
    first = next((line for line in text[:50_000].splitlines() if line.strip(' \t;,|"')), "")
    outside = re.sub(r'"[^"]*"', "", first)
    counts = [(outside.count(sign), -place, sign) for place, sign in enumerate(_DELIMITERS)]
    best = max(counts)
    return best[2] if best[0] else ";"


def collect(kind: str, rows: Iterable[Row], *, heading: int | None = None) -> Table:
    """Return the headings and rows, trimmed. Raise Unreadable beyond the limits.

    ``heading`` is the number of their row, 0 for none; None looks for it.
    """
    found = list(_filled(rows))
    if not found:
        raise Unreadable(_("The file is empty."))
    top = tuple(found[:LOOKED_AT])
    numbers = [row.number for row in top]
    if heading is None:
        place = found_heading(top)
    else:
        place = numbers.index(heading) if heading in numbers else -1
    data = found[place + 1 :]
    if len(data) > MAX_ROWS:
        raise _too_many_rows()
    if not data:
        raise Unreadable(
            _("There is only one row. The first row holds the headings, customers come below.")
        )
    width = max(len(row.cells) for row in data)
    headers = found[place].cells if place >= 0 else [""] * width
    return Table(kind, headers, data, heading=found[place].number if place >= 0 else 0, top=top)


def _too_many_rows() -> Unreadable:
    return Unreadable(
        _("The file has more than %(limit)s rows. Split it into several.")
        % {"limit": f"{MAX_ROWS:,}"}
    )


def _filled(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows that hold something, trimmed. Raise Unreadable beyond the limits."""
    headers: list[str] | None = None
    count = 0
    for row in rows:
        cells = [_clean(cell) for cell in row.cells]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise too_many_columns(row.number)
        _refuse_long(row.number, cells, headers)
        headers = headers or cells
        count += 1
        if count > MAX_ROWS + LOOKED_AT:
            raise _too_many_rows()
        yield Row(row.number, cells)


def _clean(cell: str) -> str:
    text = cell.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    text = without_invisible(text).strip(" \t\n\xa0")
    # Undo the protection against formulas that an export added (INP-05).
    return plain_cell(text)


def _refuse_long(number: int, cells: list[str], headers: list[str] | None) -> None:
    for place, cell in enumerate(cells):
        if len(cell) > MAX_CELL:
            heading = headers[place] if headers and place < len(headers) else str(place + 1)
            raise Unreadable(
                _(
                    "Row %(row)s, column %(column)s has more than %(limit)s characters. Shorten "
                    "it; or is a quotation mark missing before it?"
                )
                % {"row": number, "column": heading[:80], "limit": f"{MAX_CELL:,}"}
            )
