"""Files to download: the template, and an uploaded file with its errors beside the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from customers.imports.headings import FIELDS, REASONS
from customers.imports.jobs import table_of
from customers.imports.mapping import own_columns
from customers.imports.tables import CSV, XLSX
from customers.models import CustomerImport, CustomField
from portal.core.spreadsheets import csv_cell, safe_cell

TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(rows: Iterable[Sequence[str]], kind: str, name: str) -> HttpResponse:
    """Return rows as a download; the first row is the headings.

    Every cell is protected against being read as a formula (INP-05).
    """
    content = _xlsx(rows) if kind == XLSX else _csv(rows)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow([csv_cell(cell) for cell in row])
    # Excel recognises UTF-8 only by a byte order mark.
    return text.getvalue().encode("utf-8-sig")


def _xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Customers")[:31])
    bold, fill = Font(bold=True), PatternFill("solid", fgColor="DDEBEE")
    for number, row in enumerate(rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=safe_cell(_printable(text)))
            if number == 0:
                cell.font, cell.fill = bold, fill
            cells.append(cell)
        if number == 0:
            sheet.freeze_panes = "A2"
            for place in range(1, len(cells) + 1):
                sheet.column_dimensions[get_column_letter(place)].width = 22
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _printable(text: str) -> str:
    """Return the text without control characters, which XML does not allow."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")


def template(kind: str) -> HttpResponse:
    """Return a file with the headings in the reader's language and one example row."""
    own = own_columns(CustomField.objects.live().in_order())
    shown = [*(field for field in FIELDS if field.key != "contact_name"), *own]
    rows = [[str(field.label) for field in shown], [field.example for field in shown]]
    return download(rows, kind, _("customers-template"))


def annotated(job: CustomerImport) -> HttpResponse:
    """Return the uploaded file with a column that lists the errors of each row."""
    table = table_of(job)
    reasons: dict[int, list[str]] = {}
    for row, column, _value, reason in job.errors:
        reasons.setdefault(row, []).append(f"{column}: {reason}" if column else reason)
    width = len(table.headers)
    heads = [
        header or (_("Column %(number)s") % {"number": place})
        for place, header in enumerate(table.headers, 1)
    ]
    lines: list[list[str]] = [[*heads, str(REASONS)]]
    for row in table.rows:
        cells = row.cells[:width] + [""] * (width - len(row.cells))
        lines.append([*cells, "; ".join(reasons.get(row.number, []))])
    return download(lines, job.kind, _("customers-errors"))
