"""Files of all kinds, read or refused with the cure (REG-06, INP-03)."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook

from customers.imports.mapping import guess, is_template, known_headings, squeeze
from customers.imports.parsing import Unreadable, read_table
from customers.imports.values import parse_money
from portal.core.errors import RuleError

TEXT = (
    'Kundnr;Namn;Anteckning\r\n10042;"Åkerö; Båt & Co";"två\r\nrader"\r\n\r\n;;\r\n10043;Öl AB;\r\n'
)
WANTED = [["10042", "Åkerö; Båt & Co", "två\nrader"], ["10043", "Öl AB"]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_csv_in_every_encoding(encoding: str) -> None:
    """Marks, quoted line breaks and empty lines; rows numbered as a spreadsheet shows them."""
    table = read_table(TEXT.encode(encoding))
    assert table.headers == ["Kundnr", "Namn", "Anteckning"]
    assert [row.cells for row in table.rows] == WANTED
    assert [row.number for row in table.rows] == [2, 5]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_csv_with_every_delimiter(delimiter: str) -> None:
    content = f'No{delimiter}"Name, or; what"{delimiter}Town\n1{delimiter}A{delimiter}B\n'.encode()
    table = read_table(content)
    assert table.headers == ["No", "Name, or; what", "Town"]
    assert table.rows[0].cells == ["1", "A", "B"]


def test_csv_of_old_macs_and_of_excel_with_its_line() -> None:
    assert read_table(b"No;Name\r1;A\r2;B\r").rows[1].cells == ["2", "B"]
    table = read_table(b"sep=,\r\nNo,Name\r\n1,A\r\n")
    assert (table.headers, table.rows[0].number) == (["No", "Name"], 3)


def test_xlsx_as_programs_write_it() -> None:
    """Numbers without .0, texts, booleans, gaps; empty rows keep their numbers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"], sheet["C1"], sheet["D1"] = "Kundnr", "Namn", "Limit", "Aktiv"
    sheet["A3"], sheet["B3"], sheet["C3"], sheet["D3"] = 10042, "Åkerö AB", 0.1 + 0.2, True
    sheet["A5"], sheet["C5"] = "00017", 1234.5
    stream = io.BytesIO()
    book.save(stream)
    table = read_table(stream.getvalue())
    assert table.kind == "xlsx" and table.headers == ["Kundnr", "Namn", "Limit", "Aktiv"]
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, ["10042", "Åkerö AB", "0.3", "TRUE"]),
        (5, ["00017", "", "1234.5"]),
    ]


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        (b"", "The file is empty."),
        (b"\n\n;;;\n", "The file is empty."),
        (b"No;Name\n", "There is only one row."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file (.xls)"),
        (b"%PDF-1.7\n", "neither CSV nor an Excel workbook"),
        (b"\x00\x01\x02\x03binary;x\n" * 50, "neither CSV nor an Excel workbook"),
        (b"<html><table><tr><td>1</td></tr></table>", "web page or XML"),
        (b"PK\x03\x04 not really", "can't be read"),
        (b"No;Name\n" + b'1;"' + b"x" * 200_000, "can't be read near line"),
        (b'No;Name\n1;"open\n' + b"2;B\n" * 400, "Row 2, column Name has more than 1,000"),
        (b"No;Name\n1;" + b"x" * 1001 + b"\n", "Row 2, column Name has more than 1,000"),
        (b"No;Name\n" + b"1;A\n" * 10_001, "more than 10,000 rows"),
        (b";".join(b"h%d" % n for n in range(51)) + b"\n1\n", "more than 50 columns"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"No;Name\n1;\x81\xff\n", "letters of this file can't be read"),
    ],
)
def test_what_is_refused_says_the_cure(content: bytes, cure: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_table(content)
    assert cure in str(refusal.value)


def workbook(sheet: bytes, *, texts: bytes = b"", extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook made by hand."""
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
            b"</Relationships>",
        )
        package.writestr("xl/worksheets/sheet1.xml", sheet)
        if texts:
            package.writestr("xl/sharedStrings.xml", texts)
        for name, content in (extra or {}).items():
            package.writestr(name, content)
    return stream.getvalue()


def rows(body: bytes) -> bytes:
    return b"<worksheet><sheetData>" + body + b"</sheetData></worksheet>"


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<worksheet><sheetData><row r='1'><c t='str'><v>&b;</v></c></row></sheetData></worksheet>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
NS = b"<row r='1'><c r='A1' t='str'><v>No</v></c></row>"


@cache
def bombs() -> dict[str, bytes]:
    """Small files that would become large ones."""
    made = {
        "laughs": workbook(LAUGHS),
        "outside": workbook(OUTSIDE),
        "zip_bomb": workbook(rows(b" " * 60_000_000)),
        "beside": workbook(rows(NS), extra={"xl/media/a.png": b"\0" * 60_000_000}),
        "texts": workbook(rows(NS), texts=b"<sst>" + b"<si><t/></si>" * 3_000_000 + b"</sst>"),
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
    }
    # The directory says less than what is inside.
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
from customers.imports.parsing import Unreadable, read_table
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
    "no_text broken number lying".split(),
)
def test_bombs_are_refused_in_time_and_space(name: str, tmp_path: Path) -> None:
    """INP-03: in at most 5 s and 200 MB, measured in a process of its own."""
    if not Path("/proc/self/status").exists():
        pytest.skip("how much memory a process took is read from /proc")
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bombs()[name])
    assert path.stat().st_size < 5 * 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    said, seconds, megabytes = done.stdout.split()
    assert said == "refused"
    assert float(seconds) <= 5 and int(megabytes) <= 200, done.stdout


def test_a_full_workbook_is_read() -> None:
    """10,000 rows with shared texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([f"Heading {n}" for n in range(20)])
    for number in range(10_000):
        sheet.append([f"Text {number % 700} {n}" for n in range(20)])
    stream = io.BytesIO()
    book.save(stream)
    table = read_table(stream.getvalue())
    assert len(table.rows) == 10_000 and table.rows[-1].cells[19] == "Text 199 19"


@pytest.mark.parametrize(
    ("program", "headings", "fields"),
    [
        (
            "Fortnox",
            "Kundnr;Namn;Organisationsnummer;Adress;Postnr;Ort;Land;E-post faktura;Telefon",
            "number name organisation_number street postal_code city country billing_email"
            " contact_phone",
        ),
        (
            "Fortnox API",
            "CustomerNumber;Name;OrganisationNumber;Address1;ZipCode;City;CountryCode;EmailInvoice"
            ";YourReference",
            "number name organisation_number street postal_code city country billing_email"
            " contact_name",
        ),
        (
            "Visma eEkonomi",
            "Kundnummer;Namn;Organisationsnummer;Fakturaadress;Postnummer;Postort;Land;E-post"
            ";Kontaktperson;Mobil",
            "number name organisation_number street postal_code city country billing_email"
            " contact_name contact_phone",
        ),
        (
            "DATEV",
            "Konto;Name (Adressatentyp Unternehmen);EU-UStIdNr;Straße;Postleitzahl;Ort;Land;E-Mail"
            ";Telefon;Ansprechpartner",
            "number name organisation_number street postal_code city country billing_email"
            " contact_phone contact_name",
        ),
        (
            "Lexware",
            "Kundennr.;Firma;Ansprechpartner Vorname;Ansprechpartner Nachname;Strasse;PLZ;Ort"
            ";E-Mail-Adresse;USt-IdNr.;Branche;Notiz",
            "number name contact_first_name contact_last_name street postal_code city"
            " billing_email organisation_number business_type notes",
        ),
        (
            "Sage 50",
            "A/C;Name;Address Line 1;Town/City;County;Post Code;Country;Contact Name;Telephone"
            ";Credit Limit;E-mail",
            "number name street city region postal_code country contact_name contact_phone"
            " credit_limit billing_email",
        ),
        (
            "Xero",
            "*ContactName;AccountNumber;EmailAddress;FirstName;LastName;POAddressLine1;POCity"
            ";PORegion;POPostalCode;POCountry;TaxNumber;Website",
            "name number billing_email contact_first_name contact_last_name street city region"
            " postal_code country organisation_number domains",
        ),
        (
            "HubSpot",
            "Record ID;Company name;Company Domain Name;Industry;City;Postal Code;Country/Region"
            ";Street Address;Phone Number",
            "number name domains business_type city postal_code country street contact_phone",
        ),
        ("a letter wrong", "Kundnumer;Kundennamen;Postleitzal", "number name postal_code"),
        ("nonsense", "Foo;Bar;Saldo 2025", "  "),
    ],
)
def test_guesses_know_other_programs(program: str, headings: str, fields: str) -> None:
    """REG-06: good guesses in English, German and Swedish."""
    headers = headings.split(";")
    wanted = [""] * len(headers) if not fields.strip() else fields.split()
    assert guess(headers) == wanted
    assert not is_template(headers)


def test_no_two_fields_claim_the_same_heading() -> None:
    from customers.imports.mapping import FIELDS

    claimed: dict[str, str] = {}
    for field in FIELDS:
        for synonym in {squeeze(each) for each in field.synonyms.split("|")}:
            assert claimed.setdefault(synonym, field.key) == field.key, synonym
    assert len(known_headings()) > 300


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234", "1234.00"),
        ("1234.5", "1234.50"),
        ("1234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,50 kr", "1234.50"),
        ("1\u00a0234\u202f567,00", "1234567.00"),
        ("SEK 40 000", "40000.00"),
        ("€ 1.234.567", "1234567.00"),
        ("1'234.50", "1234.50"),
        ("0", "0.00"),
        ("0,125", None),
        ("1.234", None),
        ("1,234", None),
        ("-1", None),
        ("1e5", None),
        ("12.5.2", None),
        ("viel", None),
        ("٣", None),
        ("9" * 13, None),
        ("1,234,5", None),
    ],
)
def test_amounts_however_they_are_written(text: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(RuleError):
            parse_money(text)
    else:
        assert parse_money(text) == Decimal(value)


def test_broken_files_are_refused_and_never_break() -> None:
    """INP-01: any bytes give a table or a sentence."""
    dice = random.Random(7)
    book = Workbook()
    assert book.active is not None
    for number in range(30):
        book.active.append([f"Text {number}", number, number / 7, None, True])
    stream = io.BytesIO()
    book.save(stream)
    whole = stream.getvalue()
    plain = workbook(rows(NS * 3), texts=b"<sst><si><t>a</t></si></sst>")
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
