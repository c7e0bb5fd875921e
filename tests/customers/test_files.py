"""Files of customers: which are accepted, from whom, and how they are returned (REG-12, REG-24)."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from customers.models import Customer
from customers.services import assign
from portal.accounts.models import Membership
from portal.files.content import kind_of, safe_name
from portal.files.models import Attachment, AttachmentContent, Kind
from portal.files.services import DOCUMENTS, FileRefused, store_file
from portal.history.queries import timeline_of_customer
from tests import factories
from tests.conftest import NOW, SignIn


def package(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.7\n...", "a.pdf", Kind.PDF),
        (b"\x89PNG\r\n\x1a\n...", "a.png", Kind.PNG),
        (b"\xff\xd8\xff\xe0...", "photo.exe", Kind.JPEG),
        (b"II*\x00...", "a.tif", Kind.TIFF),
        (b"MM\x00*...", "a.tif", Kind.TIFF),
        ("Grüße, Åke".encode(), "a.txt", Kind.TEXT),
        ("Grüße".encode("cp1252"), "a.txt", Kind.TEXT),
        ("Grüße".encode("utf-16"), "a.txt", Kind.TEXT),
        (b"a;b\n1;2\n", "a.csv", Kind.CSV),
        (package("xl/workbook.xml"), "a.zip", Kind.XLSX),
        (package("word/document.xml"), "a.docx", Kind.DOCX),
        (package("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx", None),
        (package("setup.exe"), "a.docx", None),
        (b"PK\x03\x04 broken", "a.docx", None),
        (b"MZ\x90\x00\x03", "a.pdf", None),
        (b"<html><script>alert(1)</script>", "a.txt", None),
        (b' <svg onload="x">', "a.png", None),
        (b"\x7fELF\x02", "a", None),
    ],
)
def test_kinds_are_known_by_content(content: bytes, name: str, kind: Kind | None) -> None:
    """INP-03: the name only decides between kinds of text."""
    assert kind_of(content, name) == kind


@pytest.mark.parametrize(
    ("name", "kind", "stored"),
    [
        ("../../etc/passwd", Kind.TEXT, "passwd.txt"),
        ("C:\\Users\\a\\Offert.PDF", Kind.PDF, "Offert.pdf"),
        ("page.html", Kind.TEXT, "page.html.txt"),
        ('a"b\r\nX: y.png', Kind.PNG, "a b X y.png"),
        ("invoice\u202egnp.exe", Kind.PDF, "invoice gnp.exe.pdf"),
        ("", Kind.CSV, "file.csv"),
        ("....", Kind.PDF, "file.pdf"),
        ("photo.jpeg", Kind.JPEG, "photo.jpeg"),
        ("x" * 300, Kind.PDF, "x" * 140 + ".pdf"),
    ],
)
def test_names_are_plain(name: str, kind: Kind, stored: str) -> None:
    """Names lose paths and control characters, and end as their content requires."""
    assert safe_name(name, kind) == stored


def put(customer: Customer, by: Membership, content: bytes, name: str = "a.pdf") -> Attachment:
    return store_file(
        customer=customer,
        about=customer,
        upload=SimpleUploadedFile(name, content),
        by=by,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"%PDF-" + b"x" * (5 * 1024 * 1024), "The file is larger than 5 MB."),
        (b"MZ\x90\x00\x03", "This type of file is not taken. Taken are: PDF, PNG, JPEG, TIFF"),
    ],
)
def test_a_refused_file_gets_a_reason(
    content: bytes, reason: str, anna: Membership, havsbris: Customer
) -> None:
    """The message says why the file is not accepted."""
    with pytest.raises(FileRefused, match=reason):
        put(havsbris, anna, content)
    assert Attachment.objects.count() == AttachmentContent.objects.count() == 0


def test_a_place_may_take_fewer_kinds(anna: Membership, havsbris: Customer) -> None:
    """CON-25: a purchase order is PDF, PNG, JPEG or TIFF."""
    for content, name in ((b"a;b\n", "a.csv"), (package("word/document.xml"), "a.docx")):
        with pytest.raises(FileRefused, match="Taken are: PDF, PNG, JPEG, TIFF"):
            store_file(
                customer=havsbris,
                about=havsbris,
                upload=SimpleUploadedFile(name, content),
                allowed=DOCUMENTS,
                by=anna,
                at=NOW,
            )


def test_the_same_file_twice_is_one(
    anna: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """For one customer the same content is refused a second time."""
    put(havsbris, anna, b"%PDF-1")
    with pytest.raises(FileRefused, match="here already"):
        put(havsbris, anna, b"%PDF-1", "b.pdf")
    put(bjorkvik, anna, b"%PDF-1")
    assert Attachment.objects.count() == AttachmentContent.objects.count() == 2


def test_a_file_keeps_its_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """SAFE-02: the database refuses to move it."""
    attachment = put(havsbris, anna, b"%PDF-1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(customer=bjorkvik)


def test_the_page_from_adding_to_deleting(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-12, REG-15, REG-24: a file is listed, downloaded, and deleted after a confirmation.

    The log has all of it.
    """
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/files/new/"
    refused = client.post(url, {"file": SimpleUploadedFile("a.exe", b"MZ\x90\x00\x03")})
    assert refused.status_code == 200 and "This type of file" in refused.content.decode()
    assert 'id="id_file_error"' in refused.content.decode()
    content = "Avtal åäö".encode()
    answer = client.post(url, {"file": SimpleUploadedFile("Avtal å.txt", content)})
    assert answer["Location"] == f"/customers/{havsbris.pk}/"
    attachment = Attachment.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert "Avtal å.txt" in page and "12\u00a0bytes" in page
    got = client.get(f"/customers/{havsbris.pk}/files/{attachment.pk}/")
    assert got.content == content
    assert got["Content-Disposition"] == "attachment; filename*=utf-8''Avtal%20%C3%A5.txt"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Cache-Control"] == "private, no-store"
    delete = f"/customers/{havsbris.pk}/files/{attachment.pk}/delete/"
    assert "This cannot be undone" in client.get(delete).content.decode()
    client.post(delete)
    assert Attachment.objects.count() == AttachmentContent.objects.count() == 0
    lines = [(line.label, line.text) for line in timeline_of_customer(havsbris.pk)]
    assert ("Avtal å.txt", "File added.") in lines
    assert ("Avtal å.txt", "File deleted.") in lines


def test_ten_files_then_show_all(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """REG-14: with ten rows there is no button, with eleven there is."""
    for number in range(10):
        factories.make_file(havsbris, f"file-{number:02}.txt", by=anna, at=NOW)
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/"
    assert "?all=files" not in client.get(url).content.decode()
    factories.make_file(havsbris, "file-10.txt", by=anna, at=NOW)
    page = client.get(url).content.decode()
    assert "Show all (11)" in page and page.count("/delete/") >= 10
    assert client.get(url + "?all=files").content.decode().count("file-") > page.count("file-")


def test_delete_needs_its_right(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-24: without "Delete uploaded files" people who may change can still add."""
    attachment = factories.make_file(havsbris, by=anna, at=NOW)
    url = f"/customers/{havsbris.pk}/files/{attachment.pk}/delete/"
    denied = sign_in(jonas)
    assert denied.post(url).status_code == 403
    assert url not in denied.get(f"/customers/{havsbris.pk}/").content.decode()
    assert sign_in(mikael).post(url).status_code == 404
    assign(havsbris, mikael, at=NOW)
    assert sign_in(mikael).post(url).status_code == 403
    added = sign_in(mikael).post(
        f"/customers/{havsbris.pk}/files/new/", {"file": SimpleUploadedFile("b.txt", b"b")}
    )
    assert added.status_code == 302
    assert sign_in(anna).post(url).status_code == 302
    assert not Attachment.objects.filter(pk=attachment.pk).exists()


def test_a_file_is_found_below_its_own_customer_only(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """The address of a file below another customer is not found."""
    attachment = factories.make_file(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    assert client.get(f"/customers/{bjorkvik.pk}/files/{attachment.pk}/").status_code == 404
    assert client.post(f"/customers/{bjorkvik.pk}/files/{attachment.pk}/delete/").status_code == 404
    assert Attachment.objects.count() == 1
