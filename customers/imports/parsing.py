"""CSV and XLSX files as rows of text, within limits that are checked before parsing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from customers.imports.tables import (
    CSV,
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    XLSX,
    Row,
    Table,
    Unreadable,
    too_many_columns,
)
from customers.imports.xlsx import read_xlsx
from portal.core.spreadsheets import plain_cell
from portal.core.text import without_invisible

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_DELIMITERS = (";", ",", "\t", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Control characters that no register holds: the file is something else.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_table(content: bytes) -> Table:
    """Return the table in a file.

    Raise Unreadable, which says what to do, if the file is too large, empty or of another type, or
    if a cell, the rows or the columns are beyond the limits.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. Split it into several."))
    kind = kind_of(content)
    if kind == XLSX:
        return collect(XLSX, read_xlsx(content))
    return collect(CSV, _csv_rows(decode(content)))


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


def decode(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8 or UTF-16, with or without a mark, else Windows-1252.

    Raise Unreadable if it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(content, "utf-16")
    elif content.startswith(b"\xef\xbb\xbf"):
        text = _decoded(content, "utf-8-sig")
    elif content[1:400:2].count(0) > len(content[1:400:2]) * 0.4:
        text = _decoded(content, "utf-16-le")
    elif content[0:400:2].count(0) > len(content[0:400:2]) * 0.4:
        text = _decoded(content, "utf-16-be")
    else:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = _decoded(content, "cp1252")
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


def collect(kind: str, rows: Iterable[Row]) -> Table:
    """Return the headings and rows, trimmed. Raise Unreadable beyond the limits."""
    headers: list[str] | None = None
    found: list[Row] = []
    for row in rows:
        cells = [_clean(cell) for cell in row.cells]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise too_many_columns(row.number)
        _refuse_long(row.number, cells, headers)
        if headers is None:
            headers = cells
            continue
        if len(found) == MAX_ROWS:
            raise Unreadable(
                _("The file has more than %(limit)s rows. Split it into several.")
                % {"limit": f"{MAX_ROWS:,}"}
            )
        found.append(Row(row.number, cells))
    if headers is None:
        raise Unreadable(_("The file is empty."))
    if not found:
        raise Unreadable(
            _("There is only one row. The first row holds the headings, customers come below.")
        )
    return Table(kind, headers, found)


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
