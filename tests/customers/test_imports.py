"""The import of a register, from the upload to the undo (REG-06)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.imports import jobs, writing
from customers.imports.forms import DEFAULTS
from customers.models import Contact, Customer, CustomerDomain, CustomerImport
from customers.services import create_customer, partner_settings
from portal.accounts.models import Membership
from portal.channel.models import DirectoryEntry
from portal.core.errors import RuleError
from portal.core.text import without_invisible
from portal.history.models import Entry
from portal.history.queries import timeline_of_customer
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn

HEADINGS = [
    "Customer number",
    "Customer name",
    "Billing e-mail",
    "Credit limit",
    "Town",
    "Contact: first name",
    "Contact: last name",
    "Contact: e-mail",
    "E-mail domains",
]


def line(number: int, /, **changes: str) -> list[str]:
    """Return a valid row."""
    values = {
        "number": f"6{number:04}",
        "name": f"Importerad {number} AB",
        "email": f"faktura{number}@kund.example",
        "credit": "1000,50",
        "town": "Gävle",
        "first": "Annika",
        "last": "Sandell",
        "contact": f"annika{number}@kund.example",
        "domains": f"kund{number}.example",
    }
    return list((values | changes).values())


def file_of(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    """Return a CSV file with these rows."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([headings, *rows])
    return text.getvalue().encode()


def uploaded(content: bytes, by: Membership) -> CustomerImport:
    """Return an import that is checked."""
    job = jobs.upload(content=content, name="register.csv", by=by, language="en", at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    return job


def imported(content: bytes, by: Membership) -> CustomerImport:
    """Return an import that is checked and written."""
    job = uploaded(content, by)
    jobs.start_writing(job, by=by, at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    return job


def told(job: CustomerImport) -> list[tuple[Any, ...]]:
    """Return the errors without their values: row, column, reason."""
    return [(row, column, reason) for row, column, _value, reason in job.errors]


def test_rows_become_customers_with_all_that_is_theirs(anna: Membership) -> None:
    """REG-06, REG-15, ACC-09: with contact, domain, claim, directory and log."""
    job = imported(file_of([line(1), line(2, first="", last="")]), anna)
    assert (job.state, job.rows, job.error_count) == ("done", 2, 0)
    one = Customer.objects.get(number="60001")
    assert (one.name, str(one.credit_limit), one.city) == ("Importerad 1 AB", "1000.50", "Gävle")
    assert one.rate_plan.name == "Standard" and one.language == "en" and one.country.code == "SE"
    assert one.contacts.get().full_name == "Annika Sandell" and one.contacts.get().is_primary
    assert [row.domain for row in one.domains.all()] == ["kund1.example"]
    assert Contact.objects.count() == 1 and CustomerDomain.objects.count() == 2
    entry = DirectoryEntry.objects.for_partner(anna.partner).get(customer_id=one.pk)
    assert (entry.name, entry.number, entry.town) == ("Importerad 1 AB", "60001", "Gävle")
    texts = [(line.text, line.by) for line in timeline_of_customer(one.pk)]
    assert ("Customer imported from register.csv.", "Anna Test") in texts
    changes = Entry.objects.get(object_pk=str(one.pk)).changes
    assert isinstance(changes, dict) and changes["number"] == ["None", "60001"]
    assert bytes(job.content) == b""


def test_an_imported_customer_is_found_like_any_other(anna: Membership, sign_in: SignIn) -> None:
    """REG-08: the keys for search and order are set."""
    imported(file_of([line(1, name="Åkerö Båtvarv AB")]), anna)
    page = sign_in(anna).get("/customers/?q=åkerö").content.decode()
    assert "Åkerö Båtvarv AB" in page


def test_all_errors_at_once_and_nothing_written(anna: Membership, havsbris: Customer) -> None:
    """REG-06, REG-02, REG-05, ACC-10, ACC-15, ACC-19, INP-04: row, column, value and reason."""
    rows = [
        line(1, number="12"),
        line(2, number="10042"),
        line(3, name=" HAVSBRIS  konsult ab"),
        line(4, name=""),
        line(5, email="nobody"),
        line(6, credit="much"),
        line(7, contact="nobody"),
        line(8, domains="gmail.com"),
        line(9),
        line(9, name="Zwilling AB", domains="zwilling.example"),
        line(11, credit=""),
        line(12, email=""),
    ]
    job = uploaded(file_of(rows), anna)
    assert job.state == "faulty"
    assert told(job) == [
        (2, "Customer number", "Customer number must be 4 to 10 characters."),
        (3, "Customer number", "Customer number 10042 is already used by Havsbris Konsult AB."),
        (
            4,
            "Customer name",
            "This customer is in your register already, with number 10042.",
        ),
        (5, "Customer name", "Enter the customer's name."),
        (6, "Billing e-mail", "Enter a valid e-mail address."),
        (7, "Credit limit", "Write an amount like 1234.50 or 1234,50."),
        (8, "Contact: e-mail", "Enter a valid e-mail address."),
        (
            9,
            "E-mail domains",
            "gmail.com belongs to a mail provider. Enter a domain of the customer's own.",
        ),
        (11, "Customer number", "Row 10 of this file has the same."),
        (12, "Credit limit", "Enter a credit limit."),
        (13, "Billing e-mail", "Enter a billing e-mail address."),
    ]
    with pytest.raises(RuleError):
        jobs.start_writing(job, by=anna, at=NOW)
    assert Customer.objects.count() == 2


def test_another_partners_name_is_refused_without_saying_whose(
    anna: Membership, lena: Membership, brueckner: Partner
) -> None:
    """ACC-09, ACC-10."""
    with in_partner(brueckner):
        factories.make_customer("Elbkontor GmbH", "30001", at=NOW)
    job = uploaded(file_of([line(1, name="ELBKONTOR gmbh")]), anna)
    assert told(job) == [
        (
            2,
            "Customer name",
            "This customer name is already in use. "
            "Add something that sets it apart, e.g. the town.",
        )
    ]


def test_the_same_file_again_makes_no_doubles(anna: Membership) -> None:
    """INP-04: each row reports that number, name and domain exist."""
    content = file_of([line(1), line(2)])
    imported(content, anna)
    before = Customer.objects.count()
    again = uploaded(content, anna)
    assert again.state == "faulty" and {error[0] for error in again.errors} == {2, 3}
    assert (
        2,
        "Customer number",
        "Customer number 60001 is already used by Importerad 1 AB.",
    ) in told(again)
    assert Customer.objects.count() == before


def test_a_name_taken_between_preview_and_import_stops_all(anna: Membership) -> None:
    """REG-06, ACC-11: nothing is imported, and the row is named."""
    job = uploaded(file_of([line(1), line(2)]), anna)
    factories.make_customer("Importerad 2 AB", "70000", at=NOW)
    jobs.start_writing(job, by=anna, at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    assert job.state == "faulty" and job.message.startswith("Something changed since the preview")
    assert [error[0] for error in job.errors] == [3]
    assert not Customer.objects.filter(name="Importerad 1 AB").exists()
    assert not DirectoryEntry.objects.across_partners().filter(name="Importerad 1 AB").exists()


def test_a_name_taken_while_writing_undoes_what_was_written(
    anna: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ACC-11: between check and claim only the database can refuse the name."""
    job = uploaded(file_of([line(1), line(2)]), anna)
    jobs.start_writing(job, by=anna, at=timezone.now())
    real = writing.write_rows

    def late(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(jobs, "write_rows", real)
        DirectoryEntry.objects.create(
            customer_id="00000000-0000-4000-8000-000000000001",
            partner=anna.partner,
            name="Importerad 2 AB",
            name_key="importerad 2 ab",
            number="1",
        )
        real(*args, **kwargs)

    monkeypatch.setattr(jobs, "write_rows", late)
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    # Here the claim was part of the same transaction, so it was undone too.
    assert job.state == "checked" and job.message.startswith("Somebody took a number, a name")
    assert not Customer.objects.filter(name__startswith="Importerad").exists()


def test_running_twice_or_again_changes_nothing(anna: Membership) -> None:
    """D15: the worker may call it any number of times."""
    job = imported(file_of([line(1)]), anna)
    jobs.run(job.pk, at=timezone.now())
    assert Customer.objects.filter(number="60001").count() == 1


def test_a_stalled_import_is_queued_again_and_given_up_at_last(
    anna: Membership, nordlys: Partner, django_capture_on_commit_callbacks: Any
) -> None:
    """D15: beat queues it again; after three attempts it fails and nothing is imported."""
    job = jobs.upload(
        content=file_of([line(1)]), name="a.csv", by=anna, language="en", at=timezone.now()
    )
    with django_capture_on_commit_callbacks() as rung:
        jobs.sweep(at=timezone.now())
    assert rung == []
    with django_capture_on_commit_callbacks() as rung:
        jobs.sweep(at=timezone.now() + jobs.STUCK * 2)
    assert len(rung) == 1
    CustomerImport.objects.filter(pk=job.pk).update(attempts=jobs.ATTEMPTS)
    jobs.run(job.pk, at=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.message) == (
        "failed",
        "The import stopped and nothing was imported. Try again.",
    )


def test_files_that_nobody_imported_are_deleted_after_a_month(anna: Membership) -> None:
    """D19: they contain other people's data."""
    job = uploaded(file_of([line(1, number="1")]), anna)
    jobs.sweep(at=timezone.now() + jobs.KEEP_FILES / 2)
    assert CustomerImport.objects.filter(pk=job.pk).exists()
    jobs.sweep(at=timezone.now() + jobs.KEEP_FILES * 2)
    assert not CustomerImport.objects.filter(pk=job.pk).exists()


def test_undo_deletes_everything(anna: Membership) -> None:
    """REG-06: customers, contacts, domains and claims are deleted; the log stays."""
    job = imported(file_of([line(1), line(2)]), anna)
    ids = list(job.made.values_list("customer_id", flat=True))
    assert jobs.undo(job, at=timezone.now()) == 2
    assert Customer.objects.count() == 1 and Contact.objects.count() == 0
    assert not DirectoryEntry.objects.across_partners().filter(customer_id__in=ids).exists()
    assert Entry.objects.filter(customer_id=ids[0], verb="import_undone").exists()
    assert imported(file_of([line(1), line(2)]), anna).state == "done"


@pytest.mark.parametrize("what", ["order", "change", "contact", "assignment"])
def test_undo_is_refused_when_a_customer_is_in_use(
    what: str, anna: Membership, mikael: Membership
) -> None:
    """REG-06: orders, later changes and assigned people prevent it."""
    from customers.services import assign, change_customer

    job = imported(file_of([line(1), line(2)]), anna)
    customer = Customer.objects.get(number="60001")
    if what == "order":
        factories.make_draft(customer, by=anna, at=timezone.now(), quantities={"FLX-GUIDE": 1})
    elif what == "change":
        change_customer(
            customer, at=timezone.now(), by=anna, version=customer.version, notes="Kom ihåg"
        )
    elif what == "contact":
        factories.make_contact(customer, at=timezone.now())
    else:
        assign(customer, mikael, at=timezone.now())
    with pytest.raises(RuleError, match="Importerad 1 AB, 60001"):
        jobs.undo(job, at=timezone.now())
    assert Customer.objects.filter(number__in=["60001", "60002"]).count() == 2


def test_sales_import_within_what_they_may_give(jonas: Membership, anna: Membership) -> None:
    """D23: at most the limit of the settings, with the default plan."""
    from portal.accounts.rights import Right

    settings = partner_settings()
    settings.sales_credit_limit = 500
    settings.save()
    jonas.role.rights = [*jonas.role.rights, Right.IMPORT_CUSTOMER]
    jonas.role.save()
    headings = [*HEADINGS, "Rate plan"]
    rows = [[*line(1, credit="500"), "Standard"], [*line(2), "Master"]]
    job = uploaded(file_of(rows, headings), jonas)
    assert told(job) == [
        (
            3,
            "Credit limit",
            "You may give a credit limit of at most 500.00. Ask an administrator for more.",
        ),
        (3, "Rate plan", "Only an administrator can choose another rate plan."),
    ]
    assert uploaded(file_of(rows, headings), anna).state == "checked"


# The pages


def post_file(client: Any, content: bytes, name: str = "register.csv") -> Any:
    return client.post("/customers/import/", {"file": SimpleUploadedFile(name, content)})


def test_the_page_from_upload_to_undo(anna: Membership, sign_in: SignIn) -> None:
    """REG-06: upload, preview, import, history and undo work on the pages."""
    client = sign_in(anna)
    answer = post_file(client, file_of([line(1), line(2)]))
    job = CustomerImport.objects.get()
    assert answer["Location"] == f"/customers/import/{job.pk}/"
    assert "The rows are being checked" in client.get(answer["Location"]).content.decode()
    jobs.run(job.pk, at=timezone.now())
    assert "Import 2 customers" in client.get(answer["Location"]).content.decode()
    client.post(f"/customers/import/{job.pk}/start/")
    page = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page and "The customers are being imported" in page
    jobs.run(job.pk, at=timezone.now())
    done = client.get(answer["Location"], headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert "2 customers were imported" in client.get(answer["Location"]).content.decode()
    assert "register.csv" in client.get("/customers/import/").content.decode()
    assert "cannot be undone" in client.get(f"/customers/import/{job.pk}/undo/").content.decode()
    client.post(f"/customers/import/{job.pk}/undo/")
    assert "This import was undone" in client.get(answer["Location"]).content.decode()
    assert Customer.objects.count() == 1


def test_foreign_headings_are_mapped_on_a_page(anna: Membership, sign_in: SignIn) -> None:
    """REG-06: guesses are chosen in advance; what the file lacks is asked for once."""
    client = sign_in(anna)
    rows = [["Importerad 1 AB", "60001", "556016-0680", "Gävle", "x"]]
    headings = ["Kundnamn", "Kundnr", "Org.nr", "Ort", "Bokföringskonto"]
    answer = client.get(post_file(client, file_of(rows, headings))["Location"])
    job = CustomerImport.objects.get()
    assert answer["Location"] == f"/customers/import/{job.pk}/columns/"
    assert job.mapping == ["name", "number", "organisation_number", "city", ""]
    page = client.get(answer["Location"]).content.decode()
    assert "Bokföringskonto" in page and "60001" in page
    data = {f"column_{place}": key for place, key in enumerate(job.mapping)}
    data |= dict.fromkeys((f"default_{name}" for name in DEFAULTS), "")
    data |= {"default_type": "normal", "default_language": "sv", "default_country": "SE"}
    refused = client.post(answer["Location"], data)
    assert refused.status_code == 200
    assert "Choose the column that holds: Billing e-mail." in refused.content.decode()
    twice = client.post(answer["Location"], data | {"column_4": "name"})
    assert "comes from the column Kundnamn already" in twice.content.decode()
    data |= {"default_billing_email": "ekonomi@nordlys.example", "default_credit_limit": "2.000,00"}
    assert client.post(answer["Location"], data).status_code == 302
    jobs.run(job.pk, at=timezone.now())
    page = client.get(f"/customers/import/{job.pk}/").content.decode()
    assert "Left out: Bokföringskonto." in page
    client.post(f"/customers/import/{job.pk}/start/")
    jobs.run(job.pk, at=timezone.now())
    made = Customer.objects.get(number="60001")
    assert (made.billing_email, str(made.credit_limit), made.language) == (
        "ekonomi@nordlys.example",
        "2000.00",
        "sv",
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_with_the_reasons_can_be_uploaded_again(
    kind: str, anna: Membership, sign_in: SignIn
) -> None:
    """REG-06: the column of reasons is ignored in the next upload.

    Cells that look like formulas are protected in the file and read back unchanged.
    """
    from customers.imports.files import download
    from customers.imports.parsing import read_table

    client = sign_in(anna)
    rows = [HEADINGS, line(1, credit="viel"), line(2, name="=1+1 AB")]
    post_file(client, download(rows, kind, "x").content, f"x.{kind}")
    job = CustomerImport.objects.get()
    jobs.run(job.pk, at=timezone.now())
    answer = client.get(f"/customers/import/{job.pk}/errors/")
    assert answer["Content-Disposition"] == f'attachment; filename="customers-errors.{kind}"'
    table = read_table(answer.content)
    assert table.headers[-1] == "What is wrong"
    assert table.rows[0].cells[-1] == "Credit limit: Write an amount like 1234.50 or 1234,50."
    assert table.rows[1].cells[1] == "=1+1 AB"
    if kind == "csv":
        assert b";'=1+1 AB;" in answer.content
    table.rows[0].cells[3] = "100"
    again = download([table.headers, *(row.cells for row in table.rows)], kind, "x").content
    post_file(client, again, f"x.{kind}")
    new = CustomerImport.objects.exclude(pk=job.pk).get()
    jobs.run(new.pk, at=timezone.now())
    new.refresh_from_db()
    assert new.state == "checked", new.errors


@pytest.mark.parametrize("language", ["en", "de", "sv"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_needs_no_mapping(
    kind: str, language: str, anna: Membership, sign_in: SignIn
) -> None:
    """REG-06: its headings are accepted in each language and any order."""
    from customers.imports.mapping import guess, is_template
    from customers.imports.parsing import read_table

    anna.user.language = language
    anna.user.save()
    answer = sign_in(anna).get(f"/customers/import/template.{kind}")
    table = read_table(answer.content)
    assert is_template(table.headers) and is_template(table.headers[::-1])
    assert all(guess(table.headers))
    job = uploaded(answer.content, anna)
    assert job.state == "checked", job.errors


def test_import_needs_its_right(anna: Membership, jonas: Membership, sign_in: SignIn) -> None:
    """REG-06, REG-24: without it there are 403 and no button."""
    assert sign_in(anna).get("/customers/import/").status_code == 200
    assert "/customers/import/" in sign_in(anna).get("/customers/").content.decode()
    denied = sign_in(jonas)
    assert denied.get("/customers/import/").status_code == 403
    assert post_file(denied, file_of([line(1)])).status_code == 403
    assert "/customers/import/" not in denied.get("/customers/").content.decode()
    assert CustomerImport.objects.count() == 0


def test_an_upload_is_discarded(anna: Membership, sign_in: SignIn) -> None:
    """REG-06: after a confirmation; what was imported can't be discarded."""
    job = uploaded(file_of([line(1)]), anna)
    client = sign_in(anna)
    page = client.get(f"/customers/import/{job.pk}/discard/")
    assert f"Discard {job.file_name}?" in page.content.decode()
    assert CustomerImport.objects.count() == 1
    assert client.post(f"/customers/import/{job.pk}/discard/").status_code == 302
    assert CustomerImport.objects.count() == 0
    done = imported(file_of([line(1)]), anna)
    answer = client.get(f"/customers/import/{done.pk}/discard/")
    assert answer.url == f"/customers/import/{done.pk}/"  # type: ignore[attr-defined]
    client.post(f"/customers/import/{done.pk}/discard/")
    assert CustomerImport.objects.count() == 1


@pytest.mark.usefixtures("stopped_clock")
def test_uploads_are_counted(anna: Membership, sign_in: SignIn) -> None:
    """INP-13: a file tells which of its names exist, so the number of files is limited."""
    client = sign_in(anna)
    answers = [post_file(client, b"").status_code for _i in range(31)]
    assert answers == [200] * 30 + [429]


def test_a_contact_and_own_company_stay_as_they_are(anna: Membership, own: Customer) -> None:
    """ORD-11: an import makes no second own company and changes no existing customer."""
    before = own.version
    imported(file_of([line(1)]), anna)
    own.refresh_from_db()
    assert own.version == before and Customer.objects.own_company().count() == 1
    with pytest.raises(RuleError):
        create_customer(
            at=NOW,
            by=anna,
            name="Importerad 1 AB",
            number="99999",
            billing_email="a@b.example",
            credit_limit=own.credit_limit,
        )


def test_numbers_go_by_type_and_personal_ones_stay_hidden(
    anna: Membership, sign_in: SignIn
) -> None:
    """REG-31, D19: they are encrypted, and masked in errors and preview.

    One column for both kinds is understood.
    """
    headings = [*HEADINGS, "Type", "Organisation number", "Personal number"]
    rows = [
        [*line(1), "Normal", "5560160680", ""],
        [*line(2), "Private", "", "811228-9874"],
        [*line(3), "PRIVATE", "811228-9874", ""],
        [*line(4), "Normal", "556016-0681", ""],
        [*line(5), "Residential", "", "811228-9875"],
        [*line(6), "Normal", "", "811228-9874"],
    ]
    faulty = uploaded(file_of(rows, headings), anna)
    assert [(row, value, reason) for row, _column, value, reason in faulty.errors] == [
        (
            5,
            "556016-0681",
            '"556016-0681" is not an organisation number, like 556016-0680. Is a digit wrong?',
        ),
        (
            6,
            "••••",
            "This is not a valid personal number of the customer's country. Is a digit wrong?",
        ),
        (
            7,
            "••••",
            "A company has an organisation number instead of a personal number.",
        ),
    ]
    assert b"9874" not in bytes(faulty.content)
    job = uploaded(file_of(rows[:3], headings), anna)
    assert job.state == "checked"
    assert "9874" not in sign_in(anna).get(f"/customers/import/{job.pk}/").content.decode()
    jobs.start_writing(job, by=anna, at=timezone.now())
    jobs.run(job.pk, at=timezone.now())
    one, two, three = Customer.objects.filter(number__startswith="6").order_by("number")
    assert (one.organisation_number, one.has_personal_number) == ("556016-0680", False)
    for person in (two, three):
        assert person.organisation_number == "" and person.has_personal_number
        assert b"9874" not in bytes(person.personal_number_encrypted or b"")
        logged = Entry.objects.filter(customer_id=person.pk)
        assert not any("9874" in str(entry.changes) for entry in logged)


def test_vat_numbers_are_read_from_a_file(anna: Membership) -> None:
    """VAT-02: with the letters of the row's country; refused for a private person."""
    headings = [*HEADINGS, "Country", "Type", "USt-IdNr."]
    rows = [
        [*line(1), "DE", "Normal", "136695976"],
        [*line(2), "DE", "Normal", "DE136695978"],
        [*line(3), "DE", "Residential", "DE136695976"],
    ]
    faulty = uploaded(file_of(rows, headings), anna)
    assert [(row, value) for row, _column, value, _reason in faulty.errors] == [
        (3, "DE136695978"),
        (4, "DE136695976"),
    ]
    imported(file_of(rows[:1], headings), anna)
    assert Customer.objects.get(number__startswith="6").vat_number == "DE136695976"


NAUGHTY = [
    "<script>alert(1)</script> AB",
    "'; DROP TABLE customers_customer; -- AB",
    "\u202eevil\u202c AB",
    "Ω≈ç√∫˜µ 社會科學院 AB",
    "😍 AB",
    "%s %d {0} {{ x }} {% x %} AB",
    "=cmd|' /C calc'!A0 AB",
    "\u200b\u200b\u200b",
    "undefined null NaN \\ \\\\ \\x00 AB",
    "ﷺ" * 190,
    "e\u0301 AB",
]


def test_naughty_strings_pass_through(anna: Membership, sign_in: SignIn) -> None:
    """INP-01: every text column accepts them; they are stored as they look and shown escaped."""
    headings = [*HEADINGS, "Street", "Region", "Notes", "Postal code", "Contact: phone"]
    rows = [
        [*line(n, name=text, town=text[:90]), text, text[:90], text, text[:9], text]
        for n, text in enumerate(NAUGHTY)
    ]
    client = sign_in(anna)
    faulty = uploaded(file_of(rows, headings), anna)
    page = client.get(f"/customers/import/{faulty.pk}/")
    assert page.status_code == 200 and "<script>alert" not in page.content.decode()
    assert client.get(f"/customers/import/{faulty.pk}/errors/").status_code == 200
    wrong = {row for row, column, *_rest in faulty.errors if column != "Contact: phone"}
    assert wrong == {9, 11}  # nothing that can be seen, and far too long
    kept = [[*row[:-1], ""] for n, row in enumerate(rows, 2) if n not in wrong]
    job = imported(file_of(kept, headings), anna)
    assert job.state == "done", job.errors
    names = set(Customer.objects.filter(number__startswith="6").values_list("name", flat=True))
    assert names == {" ".join(without_invisible(row[1]).split()) for row in kept}
    assert "<script>alert" not in client.get("/customers/").content.decode()
