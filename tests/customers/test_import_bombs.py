"""Harmful workbooks, and unneeded parts of ordinary ones (INP-03)."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook

from customers.imports import parts
from customers.imports.parsing import read_table
from customers.imports.tables import Unreadable


def workbook(
    sheet: bytes,
    *,
    texts: bytes = b"",
    extra: dict[str, bytes] | None = None,
    relations: bytes = b"",
    times: int = 0,
) -> bytes:
    """Return a workbook made of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "xl/workbook.xml",
            b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
            b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
            b'<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
            + b"".join(relations % n for n in range(times))
            + b"</Relationships>",
        )
        package.writestr("xl/worksheets/sheet1.xml", sheet)
        if texts:
            package.writestr("xl/sharedStrings.xml", texts)
        for name, content in (extra or {}).items():
            package.writestr(name, content)
    return stream.getvalue()


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_with(body: bytes) -> bytes:
    return b"<worksheet " + MAIN + b">" + body + b"</worksheet>"


def rows(body: bytes) -> bytes:
    return sheet_with(b"<sheetData>" + body + b"</sheetData>")


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<worksheet><sheetData><row r='1'><c t='str'><v>&b;</v></c></row></sheetData></worksheet>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
NS = b"<row r='1'><c r='A1' t='str'><v>No</v></c></row>"


def texts(body: bytes) -> bytes:
    return b"<sst " + MAIN + b">" + body + b"</sst>"


def many_attributes(count: int) -> bytes:
    return b" ".join(b"a%d=''" % n for n in range(count))


def many_styles(count: int) -> bytes:
    return b"<styleSheet><cellXfs>" + b"<xf numFmtId='14'/>" * count + b"</cellXfs></styleSheet>"


@cache
def bombs() -> dict[str, bytes]:
    """Return small files that would become large when they are read."""
    made = {
        "laughs": workbook(LAUGHS),
        "outside": workbook(OUTSIDE),
        "zip_bomb": workbook(rows(b" " * 60_000_000)),
        "beside": workbook(rows(NS), extra={"xl/media/a.png": b"\0" * 60_000_000}),
        "texts": workbook(
            rows(NS), texts=b"<sst " + MAIN + b">" + b"<si><t/></si>" * 3_000_000 + b"</sst>"
        ),
        "rows": workbook(rows(b"<row><c><v>1</v></c></row>" * 1_500_000)),
        "empty_rows": workbook(rows(b"<row/>" * 7_000_000)),
        "columns": workbook(rows(b"<row>" + b"<c><v>1</v></c>" * 2_000_000 + b"</row>")),
        "long_cell": workbook(rows(b"<row><c t='str'><v>" + b"x" * 45_000_000 + b"</v></c></row>")),
        "deep": workbook(b"<a>" * 10_000_000),
        "parts": workbook(rows(NS), extra={f"xl/{n}.xml": b"" for n in range(2_000)}),
        "place": workbook(rows(b"<row r='1'><c r='ZZZZZZ9' t='str'><v>1</v></c></row>")),
        "no_text": workbook(rows(b"<row r='1'><c r='A1' t='s'><v>999</v></c></row>")),
        "broken": workbook(rows(b"<row r='1'>")),
        "number": workbook(rows(b"<row r='x'><c><v>nan</v></c></row>")),
        "attributes": workbook(rows(NS + b"<row " + many_attributes(1_500_000) + b"/>")),
        "before": workbook(sheet_with(b"<sheetViews>" + b"<a/>" * 1_000_000 + b"</sheetViews>")),
        "among": workbook(rows(NS + b"<mergeCells>" + b"<mergeCell/>" * 1_000_000)),
        "runs": workbook(rows(NS), texts=texts(b"<si>" + b"<r><t>a</t></r>" * 500_000 + b"</si>")),
        "long_text": workbook(rows(NS), texts=texts(b"<si><t>" + b"x" * 45_000_000 + b"</t></si>")),
        "styles": workbook(rows(NS), extra={"xl/styles.xml": many_styles(2_000_000)}),
        "relations": workbook(rows(NS), relations=b"<Relationship Id='%d'/>", times=1_000_000),
        "late": workbook(rows(b"<row/>" * 1_000_000 + b"<row><c><v>1</v></c></row>")),
        "blanks": workbook(rows(b" " * 40_000_000 + NS)),
        "long_attribute": workbook(rows(b'<row r="' + b"1" * 48_000_000 + b'"/>')),
        "long_comment": workbook(rows(NS + b"<!--" + b"x" * 48_000_000 + b"-->")),
        "other_letters": workbook(b"<?xml version='1.0' encoding='utf-16'?>" + rows(NS)),
    }
    # The directory states a smaller size than the real one.
    lying = bytearray(workbook(rows(b" " * 40_000_000)))
    size = (40_000_000 + len(rows(b""))).to_bytes(4, "little")
    made["lying"] = bytes(lying.replace(size, (1000).to_bytes(4, "little")))
    return made


MEASURE = """
import re, sys, time
import django
from django.conf import settings
settings.configure(USE_I18N=False)
django.setup()
from customers.imports import xlsx
from customers.imports import parts
from customers.imports.parsing import read_table
from customers.imports.tables import Unreadable
content = open(sys.argv[1], "rb").read()
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1)) // 1024
before = peak()
start = time.process_time()
try:
    read_table(content)
    said = "read"
except Unreadable as error:
    said = "refused"
spent = time.process_time() - start
print(said, round(spent, 2), peak() - before)
"""


@pytest.mark.parametrize(
    "name",
    "laughs outside zip_bomb beside texts rows empty_rows columns long_cell deep parts place "
    "no_text broken number lying attributes before among runs long_text styles relations late "
    "blanks other_letters long_attribute long_comment".split(),
)
def test_bombs_are_refused_in_time_and_space(name: str, tmp_path: Path) -> None:
    """INP-03: in at most 5 s and 200 MB, measured in a process of its own."""
    said, seconds, megabytes = measured(bombs()[name], tmp_path)
    assert said == "refused"
    assert seconds <= 5 and megabytes <= 200


def test_a_long_token_is_refused_after_a_megabyte(monkeypatch: pytest.MonkeyPatch) -> None:
    """INP-03: bytes without an event are bounded; without that expat reads them again and again."""
    read = workbook(rows(TWO_ROWS.replace(b"r='2'", b"r='2' x='" + b"1" * 2_000_000 + b"'")))
    with pytest.raises(Unreadable, match="too large"):
        read_table(read)
    monkeypatch.setattr(parts, "MAX_TAG", 10**9)
    assert read_table(read)


@pytest.mark.parametrize(
    ("head", "value"),
    [
        (b"<!DOCTYPE worksheet>", b"1"),
        (b'<!DOCTYPE worksheet [<!ENTITY a "1">]>', b"1"),
        (b'<!DOCTYPE worksheet [<!ENTITY a "1">]>', b"&a;"),
    ],
    ids=["document type", "entity", "entity used"],
)
def test_a_harmless_workbook_with_a_document_type_is_refused(
    head: bytes, value: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INP-03: for that alone; with the refusal taken away it is read."""
    content = workbook(head + rows(NS + b"<row r='2'><c r='A2' t='str'><v>1</v></c></row>"))
    with pytest.raises(Unreadable):
        read_table(content)
    monkeypatch.setattr(parts.Part, "_refuse", staticmethod(lambda *_args: None))
    assert read_table(content)


TWO_ROWS = NS + b"<row r='2'><c r='A2' t='str'><v>1</v></c></row>"


@cache
def odd_files() -> dict[str, bytes]:
    """Return files with many parts that are not needed, and two rows to read."""
    data = b"<sheetData>" + TWO_ROWS + b"</sheetData>"
    merged = b"<mergeCells>" + b"<mergeCell ref='A1:B2'/>" * 1_000_000 + b"</mergeCells>"
    # The start of the rows is split across two pieces of reading.
    before = b"<sheetPr/><!--" + b"x" * (64 * 1024 - len(sheet_with(b"")) - 5) + b"-->"
    empty = b"<row/>" * 1_000_000
    long_formula = b"<c><f>" + b"A1+" * 300 + b"1</f><v>1</v></c>"
    return {
        "harmless": workbook(sheet_with(data)),
        "merged": workbook(sheet_with(data + merged)),
        "rows_below": workbook(rows(TWO_ROWS + empty)),
        "rows_below_across": workbook(
            sheet_with(before + b"<sheetData>" + TWO_ROWS + empty + b"</sheetData>")
        ),
        "wide": workbook(rows(TWO_ROWS + b"<row><c r='XFD3'/></row>" * 40_000)),
        "styles": workbook(sheet_with(data), extra={"xl/styles.xml": many_styles(65_000)}),
        "formulas": workbook(
            rows(TWO_ROWS + (b"<row>" + long_formula * 40 + b"</row>") * 300),
        ),
    }


@pytest.mark.parametrize(
    "name", "harmless merged rows_below rows_below_across wide styles formulas".split()
)
def test_odd_files_are_read_in_time_and_space(name: str, tmp_path: Path) -> None:
    """INP-03: parts that are not needed are not built."""
    said, seconds, megabytes = measured(odd_files()[name], tmp_path)
    assert said == "read"
    assert seconds <= 5 and megabytes <= 200


def measured(content: bytes, folder: Path) -> tuple[str, float, int]:
    """Read a file in a process of its own: return whether it was read, seconds and megabytes."""
    if not Path("/proc/self/status").exists():
        pytest.skip("how much memory a process took is read from /proc")
    path = folder / "file.xlsx"
    path.write_bytes(content)
    assert path.stat().st_size < 5 * 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    said, seconds, megabytes = done.stdout.split()
    return said, float(seconds), int(megabytes)


def test_damaged_files_are_refused_without_an_exception() -> None:
    """INP-03: any bytes give a table or a message."""
    dice = random.Random(7)
    book = Workbook()
    assert book.active is not None
    for number in range(30):
        book.active.append([f"Text {number}", number, number / 7, None, True])
    stream = io.BytesIO()
    book.save(stream)
    whole = stream.getvalue()
    plain = workbook(rows(NS * 3), texts=b"<sst " + MAIN + b"><si><t>a</t></si></sst>")
    files = [bytes(dice.randrange(256) for _i in range(dice.randrange(400))) for _n in range(200)]
    for original in (whole, plain):
        for _n in range(150):
            changed = bytearray(original)
            for _i in range(dice.randrange(1, 12)):
                changed[dice.randrange(len(changed))] = dice.randrange(256)
            files += [bytes(changed), bytes(changed[: dice.randrange(len(changed))])]
    for content in files:
        try:
            read_table(content)
        except Unreadable as refusal:
            assert str(refusal)
