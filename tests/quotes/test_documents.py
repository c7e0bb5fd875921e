"""Documents: made once, signed, without commercials; retried independently (D15, CON-02)."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import Price
from portal.core.pdf import render_pdf
from portal.outbox import issuing
from portal.outbox.delivery import dispatch_due
from portal.outbox.issuing import make_again, queue_document, render_due
from portal.outbox.models import Document, OutboundEmail, SigningKey
from portal.outbox.signing import current_key
from portal.tenancy.models import Partner
from quotes.documents import PRICED
from quotes.models import Confirmation
from quotes.services import answering
from quotes.services.answering import Reader
from tests import factories
from tests.conftest import NOW
from tests.quotes.conftest import mails

pytestmark = pytest.mark.documents


SENTINEL = Decimal("98765.43")


def accept(asked: Confirmation) -> None:
    answering.accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("192.0.2.7", "Browser"),
        at=NOW,
    )


@pytest.fixture
def accepted(havsbris: Customer, jonas: Membership) -> Confirmation:
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal("9000000"))
    Price._default_manager.filter(product__sku="FLX-PRO").update(monthly=SENTINEL)
    quote = factories.make_quote(Customer.objects.get(pk=havsbris.pk), by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    accept(asked)
    return asked


def words_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True
    ).stdout


def content(partner: Partner) -> bytes:
    return bytes(Document.objects.for_partner(partner).get().content or b"")


def test_the_document_holds_proposal_terms_and_certificate_but_no_price(
    accepted: Confirmation, nordlys: Partner, tmp_path: Path
) -> None:
    """CON-02, CON-03, CON-16, CON-20: read back with a PDF reader."""
    assert render_due(at=NOW) == 1
    pdf = content(nordlys)
    words = words_of(pdf, tmp_path)
    assert "Product FLX-PRO" in words
    assert "These terms apply to every service." in words
    assert "Certificate of approval" in words
    assert accepted.snapshot_sha256 in re.sub(r"\s", "", words)
    assert "simple electronic signature" in " ".join(words.split())
    outside = words.replace("Prices in EUR are those agreed.", "")
    assert not re.search(r"98[ ,.]?765|SEK|EUR|€|kr\b", outside)
    assert b"98765" not in pdf


def test_the_mails_hold_no_price_either(accepted: Confirmation, nordlys: Partner) -> None:
    """CON-02: text, HTML and subject of each e-mail to the customer."""
    for email in mails(nordlys, "confirmation") + mails(nordlys, "accepted_customer"):
        for part in (email.subject, email.text, email.html):
            assert not re.search(r"98[ ,.\u00a0]?765|\bSEK\b|\bEUR\b|€", part)


def test_the_mail_carries_the_document_as_it_was_issued(
    accepted: Confirmation, nordlys: Partner, tmp_path: Path
) -> None:
    """CON-16: name and bytes belong together."""
    from email import message_from_bytes, policy

    render_due(at=NOW)
    with override_settings(EMAIL_URL=tmp_path.as_uri()):
        dispatch_due(at=NOW)
    found = [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in tmp_path.glob("*.eml")
    ]
    carrying = [message for message in found if list(message.iter_attachments())]
    assert len(carrying) == 3
    for message in carrying:
        (attached,) = message.iter_attachments()
        assert attached.get_filename() == f"{accepted.quote.number}-1.pdf"
        assert attached.get_content() == content(nordlys)


def pdfsig(pdf: bytes, tmp_path: Path) -> str:
    assert shutil.which("pdfsig"), "pdfsig is missing: apt-get install poppler-utils"
    file = tmp_path / "signed.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True)
    return done.stdout


def test_the_signature_is_valid_until_a_byte_changes(
    accepted: Confirmation, nordlys: Partner, tmp_path: Path
) -> None:
    """PAdES, checked by an independent program."""
    render_due(at=NOW)
    pdf = content(nordlys)
    said = pdfsig(pdf, tmp_path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    at = pdf.index(b"/Title") + 12
    changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    assert "Signature is Valid." not in pdfsig(changed, tmp_path)


def test_the_key_is_made_once_and_kept_encrypted(nordlys: Partner) -> None:
    first, second = current_key(at=NOW), current_key(at=NOW)
    assert first.pk == second.pk
    assert b"PRIVATE KEY" not in bytes(SigningKey._default_manager.get().private_encrypted)


def test_a_failing_document_retries_alone(
    accepted: Confirmation, nordlys: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D15: the acceptance stays, the e-mails wait, the next attempt succeeds."""

    def broken(*args: Any, **kwargs: Any) -> bytes:
        raise OSError("no space left on device")

    monkeypatch.setattr(issuing, "render_pdf", broken)
    assert render_due(at=NOW) == 0
    document = Document.objects.for_partner(nordlys).get()
    assert (document.state, document.attempts) == ("pending", 1)
    assert "no space left" in document.last_error
    accepted.refresh_from_db()
    assert accepted.state == "accepted"
    assert {m.state for m in mails(nordlys, "accepted_customer")} == {"waiting"}
    monkeypatch.setattr(issuing, "render_pdf", render_pdf)
    assert render_due(at=NOW + timedelta(seconds=1)) == 0
    assert render_due(at=NOW + timedelta(minutes=1)) == 1
    assert {m.state for m in mails(nordlys, "accepted_customer")} == {"queued"}


def test_a_document_that_never_works_is_given_up_and_made_again_on_request(
    accepted: Confirmation, nordlys: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SM-DOCUMENT: PENDING -> DEAD, and back by a person."""
    monkeypatch.setattr(issuing, "ATTEMPTS", 1)
    monkeypatch.setattr(issuing, "render_pdf", lambda *a, **k: 1 / 0)
    render_due(at=NOW)
    document = Document.objects.for_partner(nordlys).get()
    assert document.state == "dead"
    monkeypatch.setattr(issuing, "render_pdf", render_pdf)
    make_again(document, at=NOW)
    assert render_due(at=NOW) == 1


def test_the_same_document_is_queued_once(accepted: Confirmation, nordlys: Partner) -> None:
    quote = accepted.quote
    kwargs: dict[str, Any] = {
        "kind": PRICED,
        "key": "k",
        "about": quote,
        "file_name": "a.pdf",
        "language": "en",
        "at": NOW,
    }
    assert queue_document(**kwargs).pk == queue_document(**kwargs).pk


def test_the_partners_document_has_prices_and_vat(
    havsbris: Customer, jonas: Membership, nordlys: Partner, tmp_path: Path
) -> None:
    """D17, VAT-01."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW, discount="10")
    queue_document(kind=PRICED, key="q", about=quote, file_name="q.pdf", language="en", at=NOW)
    assert render_due(at=NOW) == 1
    words = words_of(content(nordlys), tmp_path)
    assert "1,393.20" in words
    assert "348.30" in words
    assert "1,741.50" in words


def test_a_document_may_load_nothing(nordlys: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """INP-06: the fetcher refuses files, networks and data URLs."""
    from weasyprint.urls import FatalURLFetchingError

    for address in ("file:///etc/passwd", "http://127.0.0.1:1/x.png", "data:image/png;base64,AA"):
        monkeypatch.setattr(
            "portal.core.pdf.render_to_string",
            lambda *a, u=address, **k: f'<img src="{u}" alt="x">',
        )
        with pytest.raises(FatalURLFetchingError):
            render_pdf("x", {}, language="en", zone=nordlys.tz, title="x")


def test_what_is_stored_is_what_is_hashed(accepted: Confirmation, nordlys: Partner) -> None:
    render_due(at=NOW)
    document = Document.objects.for_partner(nordlys).get()
    assert hashlib.sha256(content(nordlys)).hexdigest() == document.sha256
    assert OutboundEmail.objects.for_partner(nordlys).filter(document=document).count() == 3


def test_the_document_explains_itself(
    havsbris: Customer, jonas: Membership, nordlys: Partner, tmp_path: Path
) -> None:
    """CON-52, CON-53: who, until when, each line's own term, and where it is verified."""
    Customer.objects.filter(pk=havsbris.pk).update(
        name="Harcastle & Pryor Ltd", organisation_number="556677-8899", credit_limit=9000000
    )
    Partner._default_manager.filter(pk=nordlys.pk).update(organisation_number="559000-1234")
    customer = Customer.objects.get(pk=havsbris.pk)
    quote = factories.make_quote(customer, by=jonas, at=NOW)
    first = quote.lines.order_by("position")[0]
    quote.lines.filter(pk=first.pk).update(term_months=0)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW, job_title="Head of IT")
    done = answering.accept_confirmation(
        asked.pk,
        contact_id=asked.contact_id,
        seen=asked.snapshot_sha256,
        reader=Reader("192.0.2.7", "Browser"),
        at=NOW,
    )
    assert render_due(at=NOW) == 1
    words = " ".join(words_of(content(nordlys), tmp_path).split())
    verify = "http://nordlys.localhost"
    for part in (
        "Harcastle & Pryor Ltd",
        "Organisation number 556677-8899",
        "Organisation number 559000-1234",
        "Norra Kungsgatan 14",
        f"{done.decided_name}, Head of IT",
        "Valid until the end of 23 Dec 2026",
        "/confirm/verify/",
        "No term",
        "24 months",
    ):
        assert part in words, part
    assert "&amp;" not in words and verify in words
    (copy,) = mails(nordlys, "accepted_customer")
    for text in (copy.text, copy.html):
        assert "/confirm/verify/" in text and "No term" in text and "24 months" in text
