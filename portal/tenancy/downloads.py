"""A list as a file: the same rows and order as on the page, of all pages (REG-10).

The file is written while it is sent, so that the first byte comes at once and the memory stays
flat (SPEED-08); partner and language are set anew for that, since the request's are gone by then.
"""

from __future__ import annotations

import csv as csv_module
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.core.list_columns import Column, Names
from portal.core.spreadsheets import csv_cell, safe_cell
from portal.core.workbooks import Cell, workbook
from portal.tenancy.context import in_partner, local_day
from portal.tenancy.models import Partner

CHUNK = 2000
Records = Iterator[list[Cell]]
# What Excel splits a file by is a setting of its country; so is the decimal mark.
SEPARATORS = {"de": (";", ","), "sv": (";", ","), "en": (",", ".")}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class FileColumn:
    """A column of a file: its heading, and what it holds of a row."""

    label: str
    value: Callable[[Any], Cell]
    width: int = 18


LookUp = Callable[[Sequence[Any]], None]


def file_columns(columns: Iterable[Column[Any]], names: Names) -> list[FileColumn]:
    """Return the columns of a page as those of a file: a second line is a column of its own."""
    found: list[FileColumn] = []
    for column in columns:
        found.append(_file_column(column.file_label, column.value, column.width, names))
        if column.detail is not None:
            second = column.detail
            found.append(_file_column(str(second.label), second.value, second.width, names))
    return found


def _file_column(
    label: str, value: Callable[[Any, Names], Cell], width: int, names: Names
) -> FileColumn:
    return FileColumn(label, lambda row: value(row, names), width)


def download(
    rows: QuerySet[Any],
    columns: Sequence[FileColumn],
    *,
    kind: str,
    name: str,
    title: str,
    partner: Partner,
    at: dt.datetime,
    look_up: LookUp | None = None,
) -> StreamingHttpResponse:
    """Return the rows as a file; ``kind`` is "xlsx" or "csv", ``name`` begins the file's name.

    ``look_up`` is called with the next rows before their values are read.
    """
    language = translation.get_language() or "en"
    make = _xlsx if kind == "xlsx" else _csv

    def pieces() -> Iterator[bytes]:
        with in_partner(partner), translation.override(language):
            yield from make(_records(rows, columns, look_up), columns, title)

    ending, content = ("xlsx", XLSX) if kind == "xlsx" else ("csv", "text/csv; charset=utf-8")
    response = StreamingHttpResponse(pieces(), content_type=content)
    file_name = f"{name}-{partner.slug}-{local_day(at).isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _records(
    rows: QuerySet[Any], columns: Sequence[FileColumn], look_up: LookUp | None
) -> Iterator[list[Cell]]:
    found = rows.iterator(chunk_size=CHUNK)
    while batch := list(islice(found, CHUNK)):
        if look_up is not None:
            look_up(batch)
        for row in batch:
            yield [column.value(row) for column in columns]


def _csv_cell(value: Cell, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return csv_cell(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float | Decimal):
        # A number is no formula, whatever it begins with.
        return f"{Decimal(str(value)):f}".replace(".", mark)
    return value.isoformat()


def _csv(records: Records, columns: Sequence[FileColumn], title: str) -> Iterator[bytes]:
    """UTF-8 with its mark, as Excel in Sweden, Germany and Britain opens by double click: the
    separator and the decimal mark are those of the reader's language."""
    language = translation.get_language() or "en"
    separator, mark = SEPARATORS.get(language[:2], SEPARATORS["en"])
    buffer = StringIO()
    writer = csv_module.writer(buffer, delimiter=separator)
    yield "\ufeff".encode()
    writer.writerow([csv_cell(column.label) for column in columns])
    for count, record in enumerate(records, 1):
        writer.writerow([_csv_cell(value, mark) for value in record])
        if count % CHUNK == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _xlsx_cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return safe_cell(value) if isinstance(value, str) else value


def _xlsx(records: Records, columns: Sequence[FileColumn], title: str) -> Iterator[bytes]:
    cells = ([_xlsx_cell(value) for value in record] for record in records)
    headings = [safe_cell(column.label) for column in columns]
    yield from workbook(title, headings, [column.width for column in columns], cells)
