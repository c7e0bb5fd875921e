"""Excel files that are written while they are sent, in memory that does not grow with the rows.

A library would build the whole file first. What Excel needs is small: a zip of a few XML files,
each sheet row by row, with texts in their cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from itertools import chain, islice
from zipfile import ZIP_DEFLATED, ZipFile

# What a cell holds.
Cell = str | int | float | Decimal | dt.date | bool | None
# What a sheet of Excel holds below its headings; the rest goes on in another one.
MOST_ROWS = 1_048_575
CHUNK = 500
_BEGIN = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DAY_ZERO = dt.date(1899, 12, 30)
# Styles by number: 0 plain, 1 heading, 2 date.
_STYLES = f"""{_BEGIN}<styleSheet xmlns="{_MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""
_ROOT = f"""{_BEGIN}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"""


class _Sink:
    """What the zip is written to: keeps what was not sent yet. It can't be sought, so that sizes
    are written after each part."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """Nothing has to be closed."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def _cell(value: Cell, style: str = "") -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return (
            f'<c{style} t="inlineStr"><is><t xml:space="preserve">'
            f"{escape(value, quote=False)}</t></is></c>"
        )
    if isinstance(value, dt.date):
        return f'<c s="2"><v>{(value - _DAY_ZERO).days}</v></c>'
    return f"<c><v>{value}</v></c>"


def workbook(
    title: str,
    headings: Sequence[str],
    widths: Sequence[int],
    records: Iterable[Iterable[Cell]],
) -> Iterator[bytes]:
    """Yield an Excel file with numbers as numbers and dates as dates, piece by piece.

    Texts are written as they are: what could be taken for a formula is the caller's to mend.
    """
    sink = _Sink()
    rows = iter(records)
    sheets = 0
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=3) as file:
        first = next(rows, None)
        while first is not None or not sheets:
            sheets += 1
            mine = chain([] if first is None else [first], islice(rows, MOST_ROWS - 1))
            with file.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                for part in _sheet(headings, widths, mine):
                    sheet.write(part.encode())
                    yield sink.take()
            first = next(rows, None)
        for name, text in _frame(title, sheets):
            file.writestr(name, text)
    yield sink.take()


def _sheet(
    headings: Sequence[str], widths: Sequence[int], rows: Iterable[Iterable[Cell]]
) -> Iterator[str]:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    heads = "".join(_cell(heading, ' s="1"') for heading in headings)
    yield (
        f'{_BEGIN}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData><row>{heads}</row>"
    )
    iterator = iter(rows)
    while batch := list(islice(iterator, CHUNK)):
        yield "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in batch)
    yield "</sheetData></worksheet>"


def _frame(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """Yield the parts that say what the sheets are, once it is known how many there are."""
    clean = "".join(sign for sign in title if sign not in "[]:*?/\\")[:28].strip(" '") or "1"
    numbers = range(1, sheets + 1)
    names = [clean if number == 1 else f"{clean} {number}" for number in numbers]
    entries = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "xl/workbook.xml",
        f'{_BEGIN}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f"<sheets>{entries}</sheets></workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_BEGIN}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId0" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES
    yield "_rels/.rels", _ROOT
    yield (
        "[Content_Types].xml",
        f'{_BEGIN}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>',
    )
