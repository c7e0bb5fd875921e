"""Files of all kinds are read, or refused with what to do about it (REG-06, INP-03)."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from openpyxl import Workbook

from customers.imports.headings import FIELDS, known_headings, squeeze, synonyms
from customers.imports.mapping import guess, is_template
from customers.imports.parsing import read_table
from customers.imports.tables import Unreadable
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
    """Byte order marks, quoted line breaks and empty lines are read; rows keep Excel's numbers."""
    table = read_table(TEXT.encode(encoding))
    assert table.headers == ["Kundnr", "Namn", "Anteckning"]
    assert [row.cells for row in table.rows] == WANTED
    assert [row.number for row in table.rows] == [2, 5]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_csv_with_every_delimiter(delimiter: str) -> None:
    """Commas, semicolons, tabs and vertical bars are recognised."""
    content = f'No{delimiter}"Name, or; what"{delimiter}Town\n1{delimiter}A{delimiter}B\n'.encode()
    table = read_table(content)
    assert table.headers == ["No", "Name, or; what", "Town"]
    assert table.rows[0].cells == ["1", "A", "B"]


def test_csv_of_old_macs_and_of_excel_with_its_line() -> None:
    """Lines may end in CR; Excel's line ``sep=`` names the separator."""
    assert read_table(b"No;Name\r1;A\r2;B\r").rows[1].cells == ["2", "B"]
    table = read_table(b"sep=,\r\nNo,Name\r\n1,A\r\n")
    assert (table.headers, table.rows[0].number) == (["No", "Name"], 3)


def test_xlsx_as_programs_write_it() -> None:
    """Numbers have no .0; texts, booleans and gaps are read; empty rows keep their numbers."""
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
    ],
)
def test_a_refused_file_gets_advice(content: bytes, cure: str) -> None:
    """The message says what to do about the file."""
    with pytest.raises(Unreadable) as refusal:
        read_table(content)
    assert cure in str(refusal.value)


def test_a_full_workbook_is_read() -> None:
    """10,000 rows with shared texts are within the limits."""
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
            "number name vat_number street postal_code city country billing_email"
            " contact_phone contact_name",
        ),
        (
            "Lexware",
            "Kundennr.;Firma;Ansprechpartner Vorname;Ansprechpartner Nachname;Strasse;PLZ;Ort"
            ";E-Mail-Adresse;USt-IdNr.;Branche;Notiz",
            "number name contact_first_name contact_last_name street postal_code city"
            " billing_email vat_number business_type notes",
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
    """REG-06: headings in English, German and Swedish are recognised."""
    headers = headings.split(";")
    wanted = [""] * len(headers) if not fields.strip() else fields.split()
    assert guess(headers) == wanted
    assert not is_template(headers)


def test_no_two_fields_claim_the_same_heading() -> None:
    """Each known heading belongs to one field."""
    claimed: dict[str, str] = {}
    assert set(synonyms()) == {field.key for field in FIELDS}
    for key, words in synonyms().items():
        for synonym in {squeeze(each) for each in words}:
            assert claimed.setdefault(synonym, key) == key, synonym
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
    """Amounts are read in all usual notations, or refused."""
    if value is None:
        with pytest.raises(RuleError):
            parse_money(text)
    else:
        assert parse_money(text) == Decimal(value)
