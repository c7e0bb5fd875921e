"""An import with the partner's own fields (REG-06, REG-28)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.utils import timezone

from customers.imports import jobs
from customers.imports.forms import DEFAULTS
from customers.imports.values import parse_date, parse_number, parse_yes_no
from customers.models import Customer, CustomerImport, CustomField
from customers.services import retire_custom_field
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.models import Entry
from tests.conftest import NOW, SignIn
from tests.customers.test_custom_fields import field as make_field
from tests.customers.test_imports import (
    HEADINGS,
    file_of,
    imported,
    line,
    post_file,
    told,
    uploaded,
)

Kind = CustomField.Kind


@pytest.fixture
def fields(anna: Membership) -> dict[str, CustomField]:
    """Make one field of each kind."""
    return {
        "floor": make_field("Floor", Kind.TEXT),
        "chairs": make_field("Chairs", Kind.NUMBER),
        "since": make_field("Customer since", Kind.DATE),
        "grade": make_field("Grade", Kind.CHOICE, suggestions=["Gold", "Silver"]),
        "bus": make_field("Bus stop", Kind.YES_NO),
    }


OWN = ["Floor", "Chairs", "Customer since", "Grade", "Bus stop"]


def values_of(number: str, fields: dict[str, CustomField]) -> dict[str, Any]:
    """Return a customer's values by label."""
    customer = Customer.objects.get(number=number)
    return {name: field.of(customer.custom_values) for name, field in fields.items()}


def test_own_fields_are_columns_like_any_other(
    anna: Membership, fields: dict[str, CustomField]
) -> None:
    """REG-28: columns named like the fields need no mapping.

    Each kind is stored as the form does, and logged (REG-15).
    """
    rows = [
        [*line(1), "3rd", "12,5", "31.03.2019", "gold", "ja"],
        [*line(2), "", "", "", "Bronze", ""],
    ]
    job = imported(file_of(rows, [*HEADINGS, *OWN]), anna)
    assert job.state == "done"
    assert values_of("60001", fields) == {
        "floor": "3rd",
        "chairs": 12.5,
        "since": "2019-03-31",
        "grade": "Gold",
        "bus": True,
    }
    assert values_of("60002", fields) == {
        "floor": None,
        "chairs": None,
        "since": None,
        "grade": "Bronze",
        "bus": None,
    }
    customer = Customer.objects.get(number="60001")
    noted = Entry.objects.get(object_pk=str(customer.pk), verb="customer_imported").changes
    assert noted["Chairs"] == ["", "12.5"] and noted["Bus stop"] == ["", "Yes"]


def test_invalid_values_are_reported_by_row_and_column(
    anna: Membership, fields: dict[str, CustomField]
) -> None:
    """REG-06: all errors are listed at once; nothing is imported."""
    fields["floor"].is_required = True
    fields["floor"].save()
    rows = [[*line(1), "", "many", "30.02.2020", "", "perhaps"]]
    job = uploaded(file_of(rows, [*HEADINGS, *OWN]), anna)
    assert told(job) == [
        (2, "Floor", "Fill in Floor."),
        (2, "Chairs", "Write a number like 1234.5 or 1234,5."),
        (2, "Customer since", "There is no such day."),
        (2, "Bus stop", "Write yes or no."),
    ]
    assert not Customer.objects.filter(number="60001").exists()


def test_a_required_field_that_the_file_lacks_is_asked_for(
    anna: Membership, sign_in: SignIn, fields: dict[str, CustomField]
) -> None:
    """REG-06, REG-28: once for all rows; a value of another kind is an error at its field."""
    fields["since"].is_required = True
    fields["since"].save()
    client = sign_in(anna)
    address = client.get(post_file(client, file_of([line(1)]))["Location"])["Location"]
    assert address.endswith("/columns/")
    job = CustomerImport.objects.get()
    data = {f"column_{place}": key for place, key in enumerate(job.mapping)}
    data |= dict.fromkeys((f"default_{name}" for name in DEFAULTS), "")
    data |= {"default_type": "normal", "default_language": "sv", "default_country": "SE"}
    name = f"default_{fields['since'].name}"
    page = client.post(address, data | {name: ""})
    assert "Choose the column that holds: Customer since." in page.content.decode()
    page = client.post(address, data | {name: "soon"})
    assert (
        "Write a date like 2027-03-31" in page.content.decode() and "soon" in page.content.decode()
    )
    assert client.post(address, data | {name: "1.2.2020"}).status_code == 302
    job = imported_now(job, anna)
    assert values_of("60001", fields)["since"] == "2020-02-01"


def imported_now(job: CustomerImport, by: Membership) -> CustomerImport:
    """Check and write the import."""
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    jobs.start_writing(job, by=by, at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    return job


def test_a_field_retired_since_stops_the_import(
    anna: Membership, fields: dict[str, CustomField]
) -> None:
    """REG-28: its column would be lost without a message."""
    content = file_of([[*line(1), "3rd"]], [*HEADINGS, "Floor"])
    job = uploaded(content, anna)
    assert job.state == "checked"
    retire_custom_field(fields["floor"], at=NOW)
    jobs.start_writing(job, by=anna, at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    assert job.state == "faulty"
    assert told(job) == [
        (1, "Floor", "This custom field is gone. Choose what the column holds again.")
    ]
    assert not Customer.objects.filter(number="60001").exists()


def test_an_export_comes_back_as_an_import(
    anna: Membership, sign_in: SignIn, fields: dict[str, CustomField]
) -> None:
    """REG-10, REG-28: one partner's export with the template's columns is imported by another."""
    client = sign_in(anna)
    answer = client.get("/customers/import/template.csv")
    heads = next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert heads[-5:] == OWN


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-31", dt.date(2027, 3, 31)),
        ("20270331", dt.date(2027, 3, 31)),
        ("2027-03-31 00:00:00", dt.date(2027, 3, 31)),
        ("2027-03-31T00:00:00Z", dt.date(2027, 3, 31)),
        ("31.3.2027", dt.date(2027, 3, 31)),
        ("31/03/2027", dt.date(2027, 3, 31)),
        ("46477", dt.date(2027, 3, 31)),
        ("46477.0", dt.date(2027, 3, 31)),
        ("31.13.2027", None),
        ("3/2027", None),
        ("٣١.٠٣.٢٠٢٧", None),
        ("99999", dt.date(2173, 10, 13)),
        ("123456789", None),
    ],
)
def test_days_however_they_are_written(text: str, day: dt.date | None) -> None:
    """REG-06: including Excel's count of days."""
    if day is None:
        with pytest.raises(RuleError):
            parse_date(text)
    else:
        assert parse_date(text) == day


def test_words_for_yes_and_numbers_below_zero() -> None:
    """REG-06: yes in all our languages, and negative numbers."""
    assert all(map(parse_yes_no, ("Ja", "x", "WAHR", "yes")))
    assert not any(map(parse_yes_no, ("nej", "0", "Falsch")))
    assert str(parse_number("-1 234,5")) == "-1234.5"
    for text in ("1.234", "1234567890123456", "NaN", "1e5", "--1"):
        with pytest.raises(RuleError):
            parse_number(text)
