"""The right to upload is needed on every page of an import (REG-06, REG-24)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.imports import jobs
from customers.models import Customer, CustomerImport
from customers.services import change_settings, partner_settings, set_domains
from portal.accounts.models import Membership
from portal.history.models import Entry
from tests.conftest import SignIn
from tests.customers.test_imports import file_of, imported, line, uploaded
from tests.customers.test_rights import with_rights


def test_an_import_is_not_reached_without_the_right(
    anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """REG-24, REG-06: it is neither read, started, undone nor deleted.

    With the right all of this works.
    """
    ready = uploaded(file_of([line(1)]), anna)
    done = imported(file_of([line(2)]), anna)
    faulty = uploaded(file_of([line(3, email="")]), anna)
    base = "/customers/import/"
    client = sign_in(jonas)
    for url in (
        f"{base}template.csv",
        f"{base}{ready.pk}/",
        f"{base}{ready.pk}/columns/",
        f"{base}{faulty.pk}/errors/",
        f"{base}{done.pk}/undo/",
    ):
        assert client.get(url).status_code == 403, url
    for url in (
        f"{base}{ready.pk}/columns/",
        f"{base}{ready.pk}/start/",
        f"{base}{faulty.pk}/discard/",
        f"{base}{done.pk}/undo/",
    ):
        assert client.post(url).status_code == 403, url
    states = dict(CustomerImport.objects.values_list("pk", "state"))
    assert states == {ready.pk: "checked", done.pk: "done", faulty.pk: "faulty"}
    with_rights(jonas, "view_customer", "import_customer", "set_credit")
    client = sign_in(jonas)
    assert client.get(f"{base}{faulty.pk}/errors/").status_code == 200
    for job, act in ((ready, "start"), (faulty, "discard"), (done, "undo")):
        assert client.post(f"{base}{job.pk}/{act}/").status_code == 302
    states = dict(CustomerImport.objects.values_list("pk", "state"))
    assert states == {ready.pk: "writing", done.pk: "undone"}


@pytest.mark.parametrize("gives", [True, False])
def test_who_starts_an_import_answers_for_its_credit(
    gives: bool, anna: Membership, jonas: Membership
) -> None:
    """D23, REG-06: whoever may not give such a limit cannot start an administrator's upload.

    The register is not changed.
    """
    job = uploaded(file_of([line(1)]), anna)
    rights = ["view_customer", "import_customer", *(["set_credit"] if gives else [])]
    with_rights(jonas, *rights)
    jobs.start_writing(job, by=jonas, at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    assert job.state == ("done" if gives else "faulty")
    assert Customer.objects.filter(number="60001").exists() is gives


def test_domain_of_our_own_people_is_refused_in_a_file_too(anna: Membership) -> None:
    """D21, REG-06: it is reported with its row; a free domain passes."""
    rows = [line(1, domains="nordlys.example"), line(2, domains="kund2.example")]
    job = uploaded(file_of(rows), anna)
    assert [(error[0], error[3]) for error in job.errors] == [
        (2, "nordlys.example is the domain of your own people. It can't be a customer's.")
    ]
    assert imported(file_of(rows[1:]), anna).state == "done"


def test_only_what_was_imported_is_undone_and_once(anna: Membership) -> None:
    """REG-06: not before, and not twice; the log has one undo."""
    job = uploaded(file_of([line(1)]), anna)
    with pytest.raises(jobs.ImportMoved):
        jobs.undo(job, at=timezone.now())
    jobs.start_writing(job, by=anna, at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    assert jobs.undo(job, at=timezone.now()) == 1
    with pytest.raises(jobs.ImportMoved):
        jobs.undo(job, at=timezone.now())
    assert Entry.objects.filter(verb="import_was_undone").count() == 1
    assert not Customer.objects.filter(number="60001").exists()


def test_rows_of_one_file_share_neither_name_number_nor_domain(anna: Membership) -> None:
    """REG-06, ACC-09, ACC-11, REG-02, D21: the error names the first row that has it.

    Other spellings of a name count as the same.
    """
    rows = [
        line(1, name="Acme Ltd"),
        line(2, name=" ACME  ltd"),
        line(3, number="60001"),
        line(4, domains="kund1.example"),
        line(5),
    ]
    job = uploaded(file_of(rows), anna)
    same = "Row 2 of this file has the same."
    assert [(error[0], error[1], error[3]) for error in job.errors] == [
        (3, "Customer name", same),
        (4, "Customer number", same),
        (5, "E-mail domains", same),
    ]
    assert Customer.objects.count() == 1


def test_domain_of_a_customer_is_refused_in_a_file(anna: Membership, havsbris: Customer) -> None:
    """D21, REG-06: the error names the customer; without the domain the row passes."""
    set_domains(havsbris, ["havsbris.example"])
    job = uploaded(file_of([line(1, domains="havsbris.example, kund1.example")]), anna)
    assert [(error[0], error[3]) for error in job.errors] == [
        (2, "havsbris.example is already a domain of Havsbris Konsult AB, 10042.")
    ]
    assert imported(file_of([line(1)]), anna).state == "done"


def test_pattern_of_numbers_holds_in_a_file(anna: Membership) -> None:
    """REG-05, REG-06: as in the form; a number that fits passes."""
    change_settings(partner_settings(), number_pattern="digits")
    job = uploaded(file_of([line(1, number="6000A"), line(2)]), anna)
    assert [(error[0], error[3]) for error in job.errors] == [
        (2, "Customer number must consist of digits only.")
    ]
    assert imported(file_of([line(2)]), anna).state == "done"
