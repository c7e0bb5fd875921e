"""Personal numbers of a file are never shown before it is imported (REG-31, D19)."""

from __future__ import annotations

import re

from django.utils import timezone

from customers.imports import jobs
from customers.models import Customer
from portal.accounts.models import Membership
from tests.conftest import SignIn
from tests.customers.test_imports import HEADINGS, file_of, line, uploaded

PERSON, COMPANY = "811228-9874", "556016-0680"


def test_column_for_both_is_masked_where_the_file_has_no_types(
    anna: Membership, sign_in: SignIn
) -> None:
    """REG-31, D19: the type of all rows is chosen once; private persons' numbers are masked."""
    headings = [*HEADINGS, "Org.nr"]
    content = file_of([[*line(1), PERSON]], headings)
    job = uploaded(content, anna)
    mapping = [*job.mapping[:-1], "organisation_number"]
    for type_, number in (("residential", ""), ("normal", COMPANY)):
        jobs.assign_columns(job, mapping=mapping, defaults={"type": type_}, at=timezone.now())
        jobs.run(job.pk, at=timezone.now())
        job.refresh_from_db()
        if type_ == "residential":
            assert job.state == "checked"
            page = sign_in(anna).get(f"/customers/import/{job.pk}/").content.decode()
            assert "9874" not in page and "••••" in page
        else:
            # A company's number is public and shown.
            job = uploaded(file_of([[*line(2), number]], headings), anna)
            jobs.assign_columns(job, mapping=mapping, defaults={"type": type_}, at=timezone.now())
            jobs.run(job.pk, at=timezone.now())
            page = sign_in(anna).get(f"/customers/import/{job.pk}/").content.decode()
            assert COMPANY in page


def test_examples_beside_the_columns_show_none(anna: Membership, sign_in: SignIn) -> None:
    """REG-31, D19: the page for columns masks them by the type of each row."""
    headings = [*HEADINGS[:-1], "Domäner?", "Typ", "Org.nr"]
    rows = [[*line(1), "Privat", PERSON], [*line(2), "Företag", COMPANY]]
    job = jobs.upload(
        content=file_of(rows, headings), name="x.csv", by=anna, language="en", at=timezone.now()
    )
    assert job.mapping[-2:] == ["type", "organisation_number"]
    page = sign_in(anna).get(f"/customers/import/{job.pk}/columns/").content.decode()
    assert COMPANY in page and "9874" not in page
    # In the preview of the rows, and beside the column.
    assert len(re.findall("••••", page)) == 2


def test_number_of_a_row_with_an_unknown_type_is_not_repeated(anna: Membership) -> None:
    """REG-31, D19: the type is reported; no error contains a number that may be a person's."""
    headings = [*HEADINGS, "Type", "Organisation number"]
    rows = [[*line(1), "Hemma", "811228-9875"], [*line(2), "Normal", "556016-0681"]]
    job = uploaded(file_of(rows, headings), anna)
    assert job.state == "faulty" and Customer.objects.count() == 1
    first = [error for error in job.errors if error[0] == 2]
    assert [error[3] for error in first] == ["Write Normal or Residential."]
    assert "9875" not in str(job.errors) and "556016-0681" in str(job.errors)
