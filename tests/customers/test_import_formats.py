"""Workbooks with formats, read back: cells arrive as Excel shows them (REG-06)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from customers.imports.number_formats import number_format
from customers.imports.parsing import read_table
from customers.imports.tables import Unreadable
from customers.imports.values import parse_date, parse_money
from tests.customers.test_import_bombs import rows, sheet_with, texts, workbook


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_back(value: Any, code: str = "General", *, epoch: Any = None) -> str:
    """Return the text of a cell of a real workbook."""
    book = Workbook()
    if epoch is not None:
        book.epoch = epoch
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"] = "Number", "Value"
    sheet["A2"], sheet["B2"] = "1", value
    sheet["B2"].number_format = code
    (row,) = read_table(saved(book)).rows
    return row.cells[1] if len(row.cells) > 1 else ""


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (dt.date(2027, 3, 30), "yyyy-mm-dd", "2027-03-30"),
        (dt.date(2027, 3, 30), "dd.mm.yyyy", "2027-03-30"),
        (dt.datetime(2027, 3, 30, 14, 30), "d/m/yy h:mm", "2027-03-30T14:30:00"),
        (dt.datetime(2027, 3, 30, 14, 30, 15), "yyyy-mm-dd hh:mm:ss", "2027-03-30T14:30:15"),
        (dt.datetime(2027, 3, 30), "yyyy-mm-dd hh:mm", "2027-03-30"),
        (dt.time(14, 30), "h:mm", "14:30:00"),
        (dt.timedelta(hours=37, minutes=5), "[h]:mm:ss", "37:05:00"),
        (46477, "[$-41D]d mmmm yyyy;@", "2027-03-31"),
        (46477, "General", "46477"),
        (4711, "000000", "004711"),
        (123, "00000", "00123"),
        (80320, "000\\ 00", "803 20"),
        (42, '"K-"0000', "K-0042"),
        (12345678, "0000\\-0000", "1234-5678"),
        (0.15, "0%", "15%"),
        (0.15, "0 %", "15 %"),
        (0.1534, "0.00%", "15.34%"),
        (1234.5, "#,##0.00", "1234.50"),
        (1234567, "#,##0", "1234567"),
        (1234.5, '#,##0.00 "kr"', "1234.50"),
        (1234.5, "[$€-407] #,##0.00", "1234.50"),
        (40000, '_-* #,##0.00\\ "kr"_-;-* #,##0.00\\ "kr"_-', "40000.00"),
        (1234567, "#,##0,", "1235"),
        (-5, "#,##0.00;[Red]-#,##0.00", "-5.00"),
        (-5, "0.0_);(0.0)", "(5.0)"),
        (0, '0;-0;"none"', "none"),
        (2.675, "0.00", "2.68"),
        (1.5, "0.0#", "1.5"),
        (0.5, "# ?/?", "0.5"),
        (12345, "0.00E+00", "12345"),
        (5, ";;;", "5"),
        (15, '0"%"', "15%"),
        (10042, "General", "10042"),
        (10042.0, "General", "10042"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "TRUE"),
        (False, "0.00", "FALSE"),
        ("00017", "0", "00017"),
        ("#N/A", "General", "#N/A"),
        (None, "0.00", ""),
    ],
)
def test_cell_arrives_as_shown(value: Any, code: str, text: str) -> None:
    """REG-06: days are ISO 8601, zeros and percent are kept, texts are unchanged."""
    assert read_back(value, code) == text


def test_days_since_1904_are_the_same_days() -> None:
    """Old workbooks of Macs count their days from 1904."""
    day = dt.date(2027, 3, 30)
    assert read_back(day, "yyyy-mm-dd", epoch=CALENDAR_MAC_1904) == "2027-03-30"


def test_day_beyond_the_calendar_is_an_error_of_the_cell() -> None:
    """Excel shows #### there."""
    assert read_back(10_000_000, "yyyy-mm-dd") == "#VALUE!"


@pytest.mark.parametrize("code", ["#,##0", "#,##0.00", '# ##0 "kr"', "[$SEK] #,##0.00", "0.00"])
def test_formatted_amounts_can_be_read(code: str) -> None:
    """REG-06: a thousands separator makes no amount ambiguous."""
    assert parse_money(read_back(1234, code)) == Decimal(1234)


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "d mmm yyyy hh:mm", "m/d/yy"])
def test_formatted_days_can_be_read(code: str) -> None:
    """REG-28: custom fields for dates accept them."""
    assert parse_date(read_back(dt.datetime(2027, 3, 30, 9, 15), code)) == dt.date(2027, 3, 30)


def test_rich_text_arrives_whole() -> None:
    """Its runs become one text, in the shared texts and in the cell."""
    bold = InlineFont(b=True)
    assert read_back(CellRichText("Åkerö ", TextBlock(bold, "Båt"), " & Co")) == "Åkerö Båt & Co"
    shared = texts(
        b"<si><t>Name</t></si><si><r><rPr><b/></rPr><t>Nord</t></r><r><t>vik</t></r>"
        b"<rPh sb='0' eb='1'><t>no</t></rPh></si>"
    )
    cells = b"<row r='1'><c t='s'><v>0</v></c></row><row r='2'><c t='s'><v>1</v></c></row>"
    (row,) = read_table(workbook(rows(cells), texts=shared)).rows
    assert row.cells == ["Nordvik"]


def test_formulas_arrive_as_their_results() -> None:
    """The saved value is read; spreadsheet errors are left for the check to report."""
    cells = (
        b"<row r='1'><c t='str'><v>A</v></c><c t='str'><v>B</v></c><c t='str'><v>C</v></c></row>"
        b"<row r='2'><c><f>1+1</f><v>2</v></c><c t='str'><f>A1</f><v>Nord</v></c>"
        b"<c t='e'><f>NA()</f><v>#N/A</v></c><c><f>1</f></c></row>"
    )
    (row,) = read_table(workbook(rows(cells))).rows
    assert row.cells == ["2", "Nord", "#N/A"]


def test_strict_variant_and_prefixed_names_are_read() -> None:
    """Some programs use the other namespace, or prefixed names."""
    whole = workbook(rows(b"<row><c><v>1</v></c></row><row><c><v>2</v></c></row>"))
    strict = rewritten(
        whole,
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    assert read_table(strict).rows[0].cells == ["2"]
    prefixed = sheet_with(b"").replace(b"xmlns=", b"xmlns:x=").replace(b"worksheet", b"x:worksheet")
    body = (
        b"<x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row>"
        b"<x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData>"
    )
    prefixed = prefixed.replace(b"></x:worksheet>", b">" + body + b"</x:worksheet>")
    assert read_table(workbook(prefixed)).rows[0].cells == ["2"]


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(stream, "w") as other:
        for name in package.namelist():
            other.writestr(name, package.read(name).replace(old, new))
    return stream.getvalue()


def test_first_visible_sheet_is_read() -> None:
    """Hidden sheets before it and other sheets after it are skipped."""
    book = Workbook()
    assert book.active is not None
    book.active.sheet_state = "hidden"
    book.active.append(["hidden"])
    for name in ("Kunder", "Annat"):
        sheet = book.create_sheet(name)
        sheet.append([name])
        sheet.append(["1"])
    assert read_table(saved(book)).headers == ["Kunder"]


def test_too_many_filled_columns_are_reported_by_row() -> None:
    """REG-06: cells with only a colour do not count."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A3"] = "Number", 1
    sheet["BZ1"].number_format = "0.00"
    assert len(read_table(saved(book)).rows) == 1
    sheet["AY3"] = "far out"
    with pytest.raises(Unreadable, match="Row 3 has more than 50 columns"):
        read_table(saved(book))


def test_a_format_is_read_once() -> None:
    """Ten thousand rows have few formats."""
    assert number_format("0.000") is number_format("0.000")
