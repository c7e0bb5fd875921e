"""VAT on the quote's page and in its PDF (VAT-01 to VAT-06)."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import VatRate
from portal.outbox.issuing import render_due
from portal.outbox.models import Document
from portal.tenancy.context import in_public
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Partner
from quotes.models import Quote
from quotes.vat import totals, vat_of, vat_words
from tests import factories
from tests.conftest import NOW, SignIn

DAY = date(2026, 11, 28)


def move(customer: Customer, country: str, **fields: str) -> Customer:
    Customer.objects.filter(pk=customer.pk).update(country=country, **fields)
    return Customer.objects.get(pk=customer.pk)


@pytest.fixture
def quote(havsbris: Customer, jonas: Membership) -> Quote:
    return factories.make_quote(havsbris, by=jonas, at=NOW, discount="10")


def test_a_british_partners_customer_is_charged_british_vat(quote: Quote, nordlys: Partner) -> None:
    """VAT-01: the rate follows from the countries; nobody enters it."""
    customer = move(quote.customer, "GB")
    nordlys.country = "GB"
    vat = vat_of(customer, DAY)
    assert vat.percent == 20
    assert vat_words(vat, customer) == ""


def test_kind_and_number_decide_within_the_eu(quote: Quote, nordlys: Partner) -> None:
    """VAT-02, VAT-03, VAT-04: a private person's number, left over from before, does not count."""
    company = move(quote.customer, "DE", vat_number="DE136695976")
    vat = vat_of(company, DAY)
    assert [label for label, _one, _monthly in totals(quote, vat)] == ["Net", "VAT 0 %", "Total"]
    assert "Reverse charge" in vat_words(vat, company)
    assert "DE136695976" in vat_words(vat, company)
    person = move(quote.customer, "DE", type="residential")
    assert vat_of(person, DAY).percent == 25
    nordlys.uses_one_stop_shop = True
    there = vat_of(person, DAY)
    assert there.percent == 19
    assert "Germany" in vat_words(there, person)


def test_without_a_rate_no_total_is_shown(quote: Quote, nordlys: Partner) -> None:
    """VAT-05."""
    customer = move(quote.customer, "US")
    assert "United States" in vat_words(vat_of(customer, DAY), customer)
    nordlys.country = "US"
    vat = vat_of(customer, DAY)
    assert [label for label, _one, _monthly in totals(quote, vat)] == ["Net"]
    assert vat_words(vat, customer) == "VAT is not included. It is added where it is due."


def test_the_tax_of_the_total_is_rounded_once(quote: Quote, nordlys: Partner) -> None:
    """H29 of the trials, OUT-28: net times rate, half up, and the sum is that of the two."""
    Quote.objects.filter(pk=quote.pk).update(
        one_off=Decimal("196611.15"), monthly=Decimal("4935.22")
    )
    quote.refresh_from_db()
    rows = totals(quote, vat_of(quote.customer, DAY))
    plain = [[cell.replace(",", "") for cell in row[1:]] for row in rows]
    assert plain == [
        ["196611.15", "4935.22"],
        ["49152.79", "1233.81"],
        ["245763.94", "6169.03"],
    ]


@pytest.mark.documents
def test_the_pdf_says_why_and_another_number_makes_another_pdf(
    quote: Quote, nordlys: Partner, jonas: Membership, sign_in: SignIn, tmp_path: Path
) -> None:
    """VAT-03: the same version of a quote is made again when its customer changed."""
    client = sign_in(jonas)
    address = f"/quotes/{quote.pk}/pdf/"
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302
    assert Document.objects.for_partner(nordlys).count() == 1
    company = move(quote.customer, "DE", vat_number="DE136695976")
    assert client.post(address).status_code == 302
    assert Document.objects.for_partner(nordlys).count() == 2
    assert render_due(at=timezone.now()) == 2
    newest = Document.objects.for_partner(nordlys).order_by("-created_at").first()
    assert newest is not None
    file = tmp_path / "a.pdf"
    file.write_bytes(bytes(newest.content or b""))
    words = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "Article 196" in " ".join(words.split())
    assert company.vat_number in words
    page = client.get(f"/quotes/{quote.pk}/").content.decode()
    assert "Reverse charge" in page


def test_a_rate_that_changed_makes_another_pdf(
    quote: Quote, nordlys: Partner, jonas: Membership, sign_in: SignIn, tmp_path: Path
) -> None:
    """VAT-01: the rate is that of the day on which the PDF is made, not that of the quote."""
    later = quote.created_at + timedelta(days=14)
    VatRate.objects.create(country="SE", percent=Decimal(26), valid_from=later.date())
    address = f"/quotes/{quote.pk}/pdf/"
    for at in (quote.created_at, later):
        with time_machine.travel(at + timedelta(hours=1), tick=False):
            assert sign_in(jonas).post(address).status_code == 302
            assert render_due(at=timezone.now()) == 1
    made = Document.objects.for_partner(nordlys).order_by("created_at")
    old, new = (text_of(document, tmp_path) for document in made)
    assert ("VAT 25 %" in old, "VAT 26 %" in new) == (True, True)


def test_the_partners_vat_number_is_on_documents_with_prices_only(
    quote: Quote, nordlys: Partner, jonas: Membership, sign_in: SignIn, tmp_path: Path
) -> None:
    """VAT-06: and a number that was entered later makes another PDF."""
    client = sign_in(jonas)
    address = f"/quotes/{quote.pk}/pdf/"
    assert client.post(address).status_code == 302
    assert render_due(at=timezone.now()) == 1
    with in_public():
        Partner.objects.filter(pk=nordlys.pk).update(vat_number="SE556016068001")
    nordlys.refresh_from_db()
    forget_hosts()
    assert client.post(address).status_code == 302
    assert render_due(at=timezone.now()) == 1
    made = Document.objects.for_partner(nordlys).order_by("created_at")
    old, new = (text_of(document, tmp_path) for document in made)
    assert "SE556016068001" not in old
    assert "VAT number SE556016068001" in new


def text_of(document: Document, folder: Path) -> str:
    file = folder / "a.pdf"
    file.write_bytes(bytes(document.content or b""))
    words = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True
    ).stdout
    return " ".join(words.split())
