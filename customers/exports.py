"""Exports of the list of customers: the rows and columns on screen, of all pages (REG-10)."""

from __future__ import annotations

import csv as csv_module
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from customers.columns import Column, Names, Value
from customers.models import Customer
from portal.core.spreadsheets import safe_cell
from portal.tenancy.context import in_partner, local_day
from portal.tenancy.models import Partner

CHUNK = 2000
# Excel takes separator and decimal mark from the settings of the country (DEC-40).
SEPARATORS = {"de": (";", ","), "sv": (";", ","), "en": (",", ".")}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _name(partner: Partner, at: dt.datetime, ending: str) -> str:
    return f"customers-{partner.slug}-{local_day(at).isoformat()}.{ending}"


def _records(
    rows: QuerySet[Customer], columns: list[Column], names: Names
) -> Iterator[list[Value]]:
    for customer in rows.iterator(chunk_size=CHUNK):
        yield [column.value(customer, names) for column in columns]


def _csv_cell(value: Value, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_cell(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float | Decimal):
        # A negative number begins like a formula, but stays a number.
        return f"{Decimal(str(value)):f}".replace(".", mark)
    return value.isoformat()


def csv(
    rows: QuerySet[Customer],
    columns: list[Column],
    names: Names,
    *,
    partner: Partner,
    at: dt.datetime,
) -> StreamingHttpResponse:
    """Return the list as a streamed CSV file.

    ``names`` are the people's names by the id of their membership. The file is UTF-8 with a byte
    order mark, so that Excel opens it by a double click; separator and decimal mark are those of
    the reader's language. Texts are protected against being read as formulas (INP-05).
    """
    language = translation.get_language() or "en"
    separator, mark = SEPARATORS.get(language[:2], SEPARATORS["en"])

    def lines() -> Iterator[str]:
        # The response is streamed after the request's partner and language contexts ended.
        buffer = StringIO()
        writer = csv_module.writer(buffer, delimiter=separator)
        with in_partner(partner), translation.override(language):
            yield "\ufeff"
            writer.writerow([safe_cell(column.file_label) for column in columns])
            for count, record in enumerate(_records(rows, columns, names), 1):
                writer.writerow([_csv_cell(value, mark) for value in record])
                if count % CHUNK == 0:
                    yield _emptied(buffer)
            yield _emptied(buffer)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(partner, at, "csv")}"'
    return response


def _emptied(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _xlsx_cell(value: Value) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return safe_cell(value) if isinstance(value, str) else value


def xlsx(
    rows: QuerySet[Customer],
    columns: list[Column],
    names: Names,
    *,
    partner: Partner,
    at: dt.datetime,
) -> FileResponse:
    """Return the list as a workbook, in which numbers stay numbers and dates stay dates.

    ``names`` are the people's names by the id of their membership. The rows are written one by one,
    to keep little in memory.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Customers")[:31])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        width = 32 if column.name in ("name", "billing_email", "contact_email", "notes") else 18
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append(list(_headings(sheet, columns)))
    for record in _records(rows, columns, names):
        sheet.append([_xlsx_cell(value) for value in record])
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the response
    book.save(file)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=_name(partner, at, "xlsx"), content_type=XLSX
    )


def _headings(sheet: Any, columns: Iterable[Column]) -> Iterator[Any]:
    for column in columns:
        cell = WriteOnlyCell(sheet, value=safe_cell(column.file_label))
        cell.font = Font(bold=True)
        yield cell
