"""How a file is read, so that nothing of it is lost (REG-56), and what a check tells (REG-57)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.cache import cache
from openpyxl import Workbook

from customers.imports import jobs
from customers.imports.encodings import ENCODINGS, found_encoding
from customers.imports.mapping import guess
from customers.imports.parsing import read_table
from customers.imports.tables import Reading, Row
from customers.models import Customer, CustomerImport
from portal.accounts.models import Membership
from portal.channel.models import DirectoryEntry
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_imports import file_of, line, uploaded

DEFAULTS = {"billing_email": "ekonomi@nordlys.example", "credit_limit": "0"}


def imported(content: bytes, by: Membership) -> CustomerImport:
    """Return an import with the guessed columns and defaults for the rest, written."""
    job = jobs.upload(content=content, name="x.csv", by=by, language="en", at=NOW)
    if job.state == CustomerImport.State.UPLOADED:
        jobs.assign_columns(job, mapping=job.mapping, defaults=DEFAULTS, at=NOW)
    jobs.run(job.pk, at=NOW)
    job.refresh_from_db()
    if job.state == CustomerImport.State.CHECKED:
        jobs.start_writing(job, by=by, at=NOW)
        jobs.run(job.pk, at=NOW)
        job.refresh_from_db()
    return job


def test_a_phone_without_a_contacts_name_arrives(anna: Membership) -> None:
    """REG-56: it is the company's, and stands among the notes."""
    content = b"Number;Name;Telefon;Kontakt e-mail\n7001;Telefon AB;026-55 01 00;vd@t.example\n"
    job = imported(content, anna)
    assert job.state == "done", job.errors
    made = Customer.objects.get(number="7001")
    assert made.notes == "Contact: phone: 026-55 01 00\nContact: e-mail: vd@t.example"


TITLE = "Kundlista 2026-11-01\n\n;Utskriven;av Anna\nKundnr;Namn;Ort\n1;Å AB;Gävle\n2;B AB;Lund\n"
DATEV = (
    '"EXTF";700;16;"Debitoren/Kreditoren";5;20261101\n'
    '"Konto";"Name (Adressatentyp Unternehmen)";"Ort"\n'
    '10001;"Huber GmbH";"Bonn"\n10002;"Maier KG";"Köln"\n'
)


@pytest.mark.parametrize(
    ("text", "heading", "headers", "count"),
    [
        (TITLE, 4, ["Kundnr", "Namn", "Ort"], 2),
        (DATEV, 2, ["Konto", "Name (Adressatentyp Unternehmen)", "Ort"], 2),
        ("7001;Ett AB;Gävle\n7002;Två AB;Lund\n", 0, ["", "", ""], 2),
        ("Ref;Bolagsform;Xyz\n7001;AB;Gävle\n", 1, ["Ref", "Bolagsform", "Xyz"], 1),
        ("Kundnr;Namn\n7001;Ett AB\n", 1, ["Kundnr", "Namn"], 1),
    ],
)
def test_the_row_of_the_headings_is_found(
    text: str, heading: int, headers: list[str], count: int
) -> None:
    """REG-56: below titles, on the second line of DATEV, or nowhere."""
    table = read_table(text.encode())
    assert (table.heading, table.headers, len(table.rows)) == (heading, headers, count)


def test_a_file_without_headings_keeps_its_first_customer(anna: Membership) -> None:
    """REG-56: its columns are numbered."""
    content = "7001;Ett AB\n7002;Två AB\n".encode()
    job = jobs.upload(content=content, name="x.csv", by=anna, language="en", at=NOW)
    assert (job.heading_row, job.rows) == (0, 2)
    jobs.assign_columns(job, mapping=["number", "name"], defaults=DEFAULTS, at=NOW)
    jobs.run(job.pk, at=NOW)
    jobs.start_writing(job, by=anna, at=NOW)
    jobs.run(job.pk, at=NOW)
    numbers = Customer.objects.filter(number__startswith="70").values_list("number", flat=True)
    assert set(numbers) == {"7001", "7002"}


def test_the_reading_is_chosen_with_a_preview(anna: Membership, sign_in: SignIn) -> None:
    """REG-56: the scripts' GET saves nothing, the button reads the file anew."""
    content = "Kundnr;Namn\n1;Žižkov Šperky\n2;Łódź Sp.\n".encode("iso8859_2")
    job = jobs.upload(content=content, name="x.csv", by=anna, language="en", at=NOW)
    assert job.encoding == "iso8859_2"
    client = sign_in(anna)
    url = f"/customers/import/{job.pk}/reading/"
    columns = client.get(f"/customers/import/{job.pk}/columns/").content.decode()
    assert "Žižkov Šperky" in columns and "Row 1: Kundnr · Namn" in columns
    other = client.get(url, {"encoding": "cp1252", "heading": "1"}).content.decode()
    assert "Žižkov" not in other and "®i¾kov" in other
    job.refresh_from_db()
    assert job.encoding == "iso8859_2"
    client.post(url, {"encoding": "iso8859_2", "heading": "0"})
    job.refresh_from_db()
    assert (job.heading_row, job.rows, job.state) == (0, 3, "uploaded")
    nonsense = client.post(url, {"encoding": "utf-8", "heading": "1"}, follow=True)
    assert "The letters of this file can&#x27;t be read." in nonsense.content.decode()
    job.refresh_from_db()
    assert job.encoding == "iso8859_2"


def test_the_sheet_is_chosen(anna: Membership, sign_in: SignIn) -> None:
    """REG-56: its headings are found anew."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Läs mig"
    first["A1"] = "Kundregister"
    sheet = book.create_sheet("Kunder")
    for row in (["Kundnr", "Namn"], ["7001", "Ett AB"]):
        sheet.append(row)
    first["A2"] = "Export"
    stream = io.BytesIO()
    book.save(stream)
    job = jobs.upload(content=stream.getvalue(), name="x.xlsx", by=anna, language="en", at=NOW)
    client = sign_in(anna)
    page = client.get(f"/customers/import/{job.pk}/columns/").content.decode()
    assert "Läs mig" in page and "Kunder" in page
    client.post(f"/customers/import/{job.pk}/reading/", {"sheet": "1", "heading": "1"})
    job.refresh_from_db()
    assert (job.headers, job.sheet, job.mapping) == (["Kundnr", "Namn"], 1, ["number", "name"])


WORDS = {
    "cp1252": ["Müller & Söhne", "Åkerö Båt", "Café Français"],
    "mac_roman": ["Müller & Söhne", "Åkerö Båt", "Öl i Växjö"],
    "cp850": ["Müller & Söhne", "Åkerö Båt", "Straße"],
    "iso8859_2": ["Žižkov Šperky", "Łódź Spółka", "Ťažký priemysel"],
    "cp1250": ["Žižkov Šperky", "Kraków Spółka", "Plzeň"],
    "utf-8": ["Müller", "Žižkov"],
}


@pytest.mark.parametrize("encoding", WORDS)
def test_the_encoding_is_found(encoding: str) -> None:
    """REG-56: by what its words look like."""
    text = "Kundnr;Namn\n" + "".join(f"{n};{word}\n" for n, word in enumerate(WORDS[encoding]))
    assert found_encoding(text.encode(encoding)) == encoding
    assert encoding in ENCODINGS
    table = read_table(text.encode(encoding), Reading(encoding=encoding))
    assert [row.cells[1] for row in table.rows] == WORDS[encoding]


def test_the_state_is_imported(anna: Membership, nordlys: Partner) -> None:
    """REG-56: closed customers do not become active ones, nor prospects customers."""
    content = (
        "Kundnr;Namn;Aktiv\n7001;Ett AB;Nej\n7002;Två AB;Ja\n7003;Tre AB;prospekt\n7004;Fyra AB;\n"
    ).encode()
    job = imported(content, anna)
    assert job.state == "done", job.errors
    made = {row.number: row for row in Customer.objects.filter(number__startswith="700")}
    states = {number: (row.is_active, row.lifecycle) for number, row in made.items()}
    assert states == {
        "7001": (False, "prospect"),
        "7002": (True, "customer"),
        "7003": (True, "prospect"),
        "7004": (True, "prospect"),
    }
    assert not DirectoryEntry.objects.for_partner(nordlys).get(number="7001").is_active
    wrong = imported(b"Kundnr;Namn;Aktiv\n7005;Fem AB;kanske\n", anna)
    assert wrong.errors == [[2, "Aktiv", "kanske", "Write active, inactive or prospect."]]


def test_a_state_is_no_region_and_the_invoices_column_goes_first() -> None:
    """REG-56: Fortnox, Visma, and the portal's own export."""
    rows = [Row(2, ["1", "Active"]), Row(3, ["2", "Inactive"])]
    assert guess(["Customer number", "State"], (), rows) == ["number", "state"]
    texas = [Row(2, ["1", "Texas"])]
    assert guess(["Customer number", "State"], (), texas) == ["number", "region"]
    fortnox = ["Kundnr", "Namn", "E-post", "E-post faktura"]
    assert guess(fortnox)[2:] == ["", "billing_email"]
    visma = [
        "CustomerNumber", "Name", "Email", "InvoiceEmail", "CorporateIdentityNo", "PhoneNo",
        "PostOffice",
    ]  # fmt: skip
    assert guess(visma)[3:] == ["billing_email", "organisation_number", "contact_phone", "city"]


@pytest.mark.usefixtures("stopped_clock")
def test_a_check_tells_no_more_taken_names_than_the_form(
    anna: Membership, nordlys: Partner, brueckner: Partner, lena: Membership, sign_in: SignIn
) -> None:
    """REG-57, INP-13: twenty an hour together with the form; checked again they count once."""
    cache.clear()
    with in_partner(brueckner):
        for number in range(25):
            factories.make_customer(f"Held {number:02} GmbH", f"9{number:03}", at=NOW)
    rows = [line(number, name=f"Held {number:02} GmbH") for number in range(25)]
    job = uploaded(file_of(rows), anna)
    told = [error for error in job.errors if "already in use" in error[3]]
    assert len(told) == 20
    (rest,) = [error for error in job.errors if error not in told]
    assert rest[0] == 0 and rest[3].startswith("More names of this file are in use.")
    again = uploaded(file_of(rows), anna)
    assert [error for error in again.errors if "already in use" in error[3]] == told
    page: Any = sign_in(anna).get(f"/customers/import/{job.pk}/")
    assert "More names of this file are in use." in page.content.decode()
