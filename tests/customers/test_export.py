"""The list as a file: the same rows, columns and order (REG-10), and no formulas (INP-05)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook

from customers.models import Customer, CustomField
from customers.services import assign, save_custom_field
from portal.accounts.models import Membership
from portal.core.spreadsheets import csv_cell, plain_cell, safe_cell
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.customers.test_finding import listed


def csv_rows(client: HostClient, separator: str = ",", **asked: Any) -> list[list[str]]:
    answer: Any = client.get("/customers/export/?" + urlencode({"format": "csv", **asked}))
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))


def xlsx_rows(client: HostClient, **asked: Any) -> list[list[Any]]:
    answer: Any = client.get("/customers/export/?" + urlencode({"format": "xlsx", **asked}))
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"sort": "-number"},
        {"q": "kund 1", "sort": "-name"},
        {"state": "all", "sort": "credit"},
        {"assigned": "any"},
    ],
)
def test_file_has_exactly_the_rows_on_screen(
    asked: dict[str, str], anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """REG-10: count, order and columns of all pages are equal, in both formats."""
    for number in range(60):
        customer = factories.make_customer(
            f"Kund {number % 7}{number:03}", f"4{number:04}", at=NOW, credit_limit=str(number)
        )
        if number % 9 == 0:
            Customer.objects.filter(pk=customer.pk).update(is_active=False)
        if number % 5 == 0:
            assign(customer, mikael, at=NOW)
    client = sign_in(anna)
    client.post("/customers/columns/", {"columns": ["number", "town", "credit_limit"]})
    shown = listed(client, **asked) + listed(client, **asked, page="2")
    shown = list(dict.fromkeys(shown))
    rows = csv_rows(client, **asked)
    assert rows[0] == ["Number", "Name", "Town", "Credit limit"]
    assert [row[1] for row in rows[1:]] == shown
    book = xlsx_rows(client, **asked)
    assert book[0] == rows[0]
    assert [row[1] for row in book[1:]] == shown
    assert all(isinstance(row[3], int | float) for row in book[1:])


def test_export_needs_its_right(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D11: without export_customer there is 403 and no button."""
    assign(havsbris, mikael, at=NOW)
    client = sign_in(mikael)
    assert client.get("/customers/export/").status_code == 403
    assert "/customers/export/" not in client.get("/customers/").content.decode()
    assert "/customers/export/?format=csv" in sign_in(anna).get("/customers/").content.decode()
    mikael.role.rights = [*mikael.role.rights, "export_customer"]
    mikael.role.save()
    factories.make_customer("Not Hers AB", "30001", at=NOW)
    assert [row[1] for row in csv_rows(client)[1:]] == ["Havsbris Konsult AB"]  # REG-25


def test_file_is_of_this_partner_and_language(
    lena: Membership, havsbris: Customer, brueckner: Partner, sign_in: SignIn
) -> None:
    """ISO-13: a German file has semicolons and decimal commas, and only this partner's rows."""
    with in_partner(brueckner):
        factories.make_customer("Elbufer GmbH", "20001", at=NOW, credit_limit="1234.50")
    client = sign_in(lena)
    lena.user.language = "de"
    lena.user.save()
    client.post("/customers/columns/", {"columns": ["credit_limit", "created"]})
    rows = csv_rows(client, ";", q="elbufer")
    assert rows[1] == ["Elbufer GmbH", "1234,50", "2026-11-23"]
    assert len(csv_rows(client, ";", state="all")) == 3


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1+1"]


@pytest.mark.parametrize("evil", FORMULAS)
def test_cells_are_protected_against_formulas(evil: str) -> None:
    """INP-05: the protection can be undone when the file is uploaded again."""
    assert safe_cell(evil) == "'" + evil
    assert plain_cell(safe_cell(evil)) == evil
    assert safe_cell("Acme = good - @home") == "Acme = good - @home"
    assert plain_cell("'s-Hertogenbosch") == "'s-Hertogenbosch"
    assert safe_cell("a\x00\x07b") == "ab"
    assert len(safe_cell("a" * 40_000)) == 32_767


@pytest.mark.parametrize("evil", ["a;=1+1", "a,=1+1", "a\t=1+1", 'a;"=1+1"', "a;＝1", "=1;-2"])
def test_no_text_is_a_formula_where_the_file_is_split_otherwise(evil: str) -> None:
    """INP-05: a file with commas that is opened with semicolons, and the other way round."""
    for written in (",", ";"):
        stream = io.StringIO()
        csv.writer(stream, delimiter=written).writerow(["1", csv_cell(evil), "2"])
        for read in (",", ";", "\t"):
            (row,) = csv.reader(io.StringIO(stream.getvalue()), delimiter=read)
            assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "＝")], row
    assert plain_cell(csv_cell(evil)) == evil
    assert csv_cell("Lund, +46 8 and 3; - 2") == "Lund, +46 8 and 3; - 2"


def test_no_cell_of_a_file_is_a_formula(anna: Membership, own: Customer, sign_in: SignIn) -> None:
    """INP-05: names, towns, custom values and headings are protected, in both formats."""
    field = save_custom_field(CustomField(label="=Label", kind="text"))
    for number, evil in enumerate(("=1+1", "+46 8", "-x", "@a", 'a"b;c,d\u2028e')):
        customer = factories.make_customer(
            f"{evil} AB", f"3000{number}", at=NOW, city=evil, notes=f"{evil}\nmore\x0bsigns"
        )
        Customer.objects.filter(pk=customer.pk).update(custom_values={field.key: evil})
    client = sign_in(anna)
    client.post("/customers/columns/", {"columns": ["town", "notes", field.name]})
    rows = csv_rows(client)
    assert "'=Label" in rows[0] and any("'=1+1 AB" in row for row in rows)
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    book = xlsx_rows(client)
    assert not [cell for row in book for cell in row if str(cell or "")[:1] in ("=", "+", "-", "@")]
    assert len(book) == len(rows) == 7


def test_values_keep_their_kind(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """REG-10, REG-28: numbers stay numbers, dates stay dates, yes and no are words."""
    fields = [
        save_custom_field(CustomField(label=kind, kind=kind))
        for kind in ("number", "date", "yesno", "choice")
    ]
    values = [-2.5, "2026-12-01", True, "Gold"]
    Customer.objects.filter(pk=havsbris.pk).update(
        custom_values={field.key: value for field, value in zip(fields, values, strict=True)}
    )
    client = sign_in(anna)
    client.post("/customers/columns/", {"columns": [field.name for field in fields]})
    assert csv_rows(client, q="havs")[1][1:] == ["-2.5", "2026-12-01", "Yes", "Gold"]
    assert xlsx_rows(client, q="havs")[1][1:] == [-2.5, dt.datetime(2026, 12, 1), "Yes", "Gold"]


def test_empty_list_makes_an_empty_file(anna: Membership, own: Customer, sign_in: SignIn) -> None:
    """A list without rows gives a file with headings only."""
    client = sign_in(anna)
    assert len(csv_rows(client, q="nobody at all")) == 1
    assert len(xlsx_rows(client, q="nobody at all")) == 1
    assert client.post("/customers/export/").status_code == 405
