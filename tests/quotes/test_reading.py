"""The customer's pages in HTTP (CON-02, CON-03, CON-11 to CON-15, CON-22, D22)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils.translation import override

from customers.models import Contact, Customer
from portal.accounts.models import Membership
from portal.catalog.models import Price
from portal.history.models import Entry
from portal.outbox.issuing import render_due
from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Evidence
from quotes.presentation import told_apart
from quotes.services import sending
from tests import factories
from tests.conftest import NOW, HostClient
from tests.quotes.conftest import let_in, mails, path_of, review_url, secret_link


@pytest.fixture(autouse=True)
def _at() -> Any:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def asked(havsbris: Customer, jonas: Membership) -> Confirmation:
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal("9000000"), language="en")
    Price._default_manager.filter(product__sku="FLX-PRO").update(monthly=Decimal("98765.43"))
    quote = factories.make_quote(
        Customer.objects.get(pk=havsbris.pk), by=jonas, at=NOW, message="As we said on the phone."
    )
    return factories.make_confirmation(quote, by=jonas, at=NOW)


def full(asked: Confirmation, **changes: str) -> dict[str, str]:
    data = {
        "seen": asked.snapshot_sha256,
        "read": "on",
        "authority": "on",
        "contact": str(asked.contact_id),
    }
    return {name: value for name, value in {**data, **changes}.items() if value}


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_link_leaves_the_address_bar(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-11, INP-07: a redirect without the secret, no referrer, nothing stored."""
    response: Any = reader.get(path_of(secret_link(mails(nordlys, "confirmation")[0])))
    assert response.url == review_url(asked)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    page: Any = reader.get(response.url)
    assert page.status_code == 200
    # A browser that sends no referrer at all sends its forms without an origin, and they are
    # refused.
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_the_page_shows_all_but_the_commercials(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-02, CON-03, CON-11."""
    page = text(reader.get(let_in(reader, nordlys, asked)))
    for words in (
        "Havsbris Konsult AB: please review and approve",
        "Product FLX-PRO",
        "As we said on the phone.",
        "These terms apply to every service.",
        "Accept terms",
        "Annika Sandell",
    ):
        assert words in page
    without_terms = page.replace("Prices in EUR are those agreed.", "")
    assert not re.search(r"98[ ,.\u00a0]?765|\bSEK\b|\bEUR\b|€|£", without_terms)


def test_names_only(asked: Confirmation, reader: HostClient, nordlys: Partner) -> None:
    """CON-14: neither addresses nor phone numbers of the people who may accept."""
    page = text(reader.get(let_in(reader, nordlys, asked)))
    select = page[page.index("<select") : page.index("</select>")]
    assert "@" not in select
    assert "Annika Sandell" in select


def test_hundreds_of_looks_change_nothing(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-11, INP-08: scanners follow links; the link still works afterwards."""
    path = path_of(secret_link(mails(nordlys, "confirmation")[0]))
    for number in range(400):
        client = HostClient("nordlys.localhost")
        assert (client.head if number % 4 == 3 else client.get)(path).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "sent"
    assert asked.opened_at is not None
    assert Entry.objects.filter(verb="link_opened").count() == 1
    assert not Evidence.objects.exists()
    page = let_in(reader, nordlys, asked)
    assert reader.post(page, full(asked)).status_code == 302


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("read", "Confirm that you have read, understood and agree to the terms."),
        ("authority", "Confirm that you are authorised to accept these terms."),
        ("contact", "Select your name."),
    ],
)
def test_all_four_are_needed_together(
    missing: str, sentence: str, asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-12, CON-13, CON-14, CON-18."""
    page = let_in(reader, nordlys, asked)
    response: Any = reader.post(page, full(asked, **{missing: ""}))
    assert response.status_code == 200
    assert sentence in text(response)
    asked.refresh_from_db()
    assert asked.state == "sent"
    assert not Evidence.objects.exists()


def test_a_foreign_contact_is_the_same_error(
    asked: Confirmation, bjorkvik: Customer, reader: HostClient, nordlys: Partner
) -> None:
    """CON-14: as that of a name that left the list while the page was open."""
    stranger = factories.make_contact(bjorkvik, at=NOW)
    page = let_in(reader, nordlys, asked)
    response: Any = reader.post(page, full(asked, contact=str(stranger.pk)))
    assert response.context["form"].errors["contact"] == [
        "The chosen name is no longer in the list. Select your name."
    ]


@pytest.mark.documents
def test_accepting_says_thank_you_and_offers_the_copy(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-15, CON-22: 200 for whoever opens it afterwards, with who and when."""
    page = let_in(reader, nordlys, asked)
    response: Any = reader.post(page, full(asked), follow=True)
    assert response.status_code == 200
    assert "Thank you, Annika Sandell" in text(response)
    assert "The PDF is being made." in text(response)
    assert reader.get(page + "pdf/").status_code == 404
    render_due(at=NOW + timedelta(hours=1))
    assert "Download the PDF" in text(reader.get(page))
    pdf: Any = reader.get(page + "pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert "frame-ancestors 'none'; sandbox" in pdf["Content-Security-Policy"]
    assert pdf.content == bytes(Document.objects.for_partner(nordlys).get().content or b"")
    other = HostClient("nordlys.localhost")
    assert "23 Nov 2026" in text(other.get(let_in(other, nordlys, asked)))


def test_twice_and_a_replay_lead_to_the_same_page(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-17."""
    page = let_in(reader, nordlys, asked)
    reader.post(page, full(asked))
    count = OutboundEmail.objects.for_partner(nordlys).count()
    again: Any = reader.post(page, full(asked))
    assert again.status_code == 200
    assert "Thank you" in text(again)
    assert OutboundEmail.objects.for_partner(nordlys).count() == count


def test_declining_with_a_reason(asked: Confirmation, reader: HostClient, nordlys: Partner) -> None:
    """CON-23, CON-50."""
    page = let_in(reader, nordlys, asked)
    empty: Any = reader.post(page + "decline/", {"seen": asked.snapshot_sha256})
    assert empty.status_code == 200
    assert "Say what should be different." in text(empty)
    data = {"seen": asked.snapshot_sha256, "reason": "Ten seats will do."}
    unnamed: Any = reader.post(page + "decline/", data)
    assert "Select your name." in text(unnamed) and "Ten seats will do." in text(unnamed)
    data["contact"] = str(asked.contact_id)
    response: Any = reader.post(page + "decline/", data, follow=True)
    assert "Annika Sandell declined this proposal on" in text(response)
    asked.refresh_from_db()
    assert (asked.state, asked.decline_reason) == ("declined", "Ten seats will do.")


def test_withdrawn_says_whom_to_ask(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-21, CON-22."""
    page = let_in(reader, nordlys, asked)
    sending.withdraw(asked.quote_id, at=NOW)
    sentence = "This confirmation was withdrawn. Ask Nordlys Telekom AB for a new one."
    for response in (reader.get(page), reader.post(page, full(asked))):
        assert response.status_code == 200
        assert sentence in text(response)
    assert not Evidence.objects.exists()


def test_expired_says_so_before_the_sweep_does(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """CON-22."""
    path = path_of(secret_link(mails(nordlys, "confirmation")[0]))
    with time_machine.travel(asked.expires_at + timedelta(seconds=1), tick=False):
        page: Any = reader.get(path, follow=True)
        assert page.status_code == 200
        assert "This confirmation could be answered until" in text(page)
        posted: Any = reader.post(review_url(asked), full(asked))
        assert "This confirmation could be answered until" in text(posted)
    asked.refresh_from_db()
    assert asked.state == "sent"


def test_a_form_for_another_content_is_stale(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """D22: 409, the page as it is now."""
    page = let_in(reader, nordlys, asked)
    response: Any = reader.post(page, full(asked, seen="f" * 64))
    assert response.status_code == 409
    assert "This page is out of date." in text(response)


@pytest.mark.parametrize("address", ["x", "x" * 300, "%F0%9F%98%80", "..%2f..%2f"])
def test_unknown_links_are_404(address: str, asked: Confirmation, reader: HostClient) -> None:
    """CON-22."""
    response: Any = reader.get(f"/confirm/{address}/")
    assert response.status_code == 404


STUCK = [".", ">", ")", ",", "%20", "%C2%A0", "%22%3E", "_", "."]


@pytest.mark.parametrize("stuck", STUCK)
@pytest.mark.parametrize("form", ["{path}{stuck}", "{bare}{stuck}", "{bare}{stuck}/", "{bare}"])
def test_a_link_with_signs_stuck_to_it_leads_where_it_should(
    asked: Confirmation, reader: HostClient, nordlys: Partner, form: str, stuck: str
) -> None:
    """OUT-20: punctuation and blanks after the link, or in place of its last slash."""
    path = path_of(secret_link(mails(nordlys, "confirmation")[0]))
    response: Any = reader.get(form.format(path=path, bare=path.rstrip("/"), stuck=stuck))
    assert (response.status_code, response.url) == (302, review_url(asked))


@pytest.mark.parametrize("rest", ["", ".", "x/.", "x/>", f"{'x' * 43}/)", "review/x/."])
def test_a_link_that_is_not_known_says_what_to_do(
    rest: str, asked: Confirmation, reader: HostClient
) -> None:
    """OUT-20, CON-22: a customer is never led to the sign-in."""
    response: Any = reader.get(f"/confirm/{rest}")
    assert response.status_code == 404
    assert "Open the link in the e-mail once more" in text(response)
    assert "To the start page" not in text(response)


def test_the_page_needs_the_cookie(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """The id alone gives no access, nor does another partner's host."""
    assert reader.get(review_url(asked)).status_code == 404
    assert reader.post(review_url(asked), full(asked)).status_code == 404
    other = HostClient("brueckner.localhost")
    path = path_of(secret_link(mails(nordlys, "confirmation")[0]))
    assert other.get(path).status_code == 404
    let_in(reader, nordlys, asked)
    other.cookies = reader.cookies
    assert other.get(review_url(asked)).status_code == 404


@pytest.mark.usefixtures("stopped_clock")
def test_guessing_links_is_limited(asked: Confirmation, reader: HostClient) -> None:
    """INP-12: ten bad tokens a minute."""
    answers = [reader.get(f"/confirm/guess{n}/") for n in range(11)]
    assert [a.status_code for a in answers] == [404] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_the_page_is_in_the_customers_language(
    jonas: Membership, reader: HostClient, nordlys: Partner
) -> None:
    """ONB-27."""
    customer = factories.make_customer("Müller GmbH", "10700", at=NOW, language="de")
    quote = factories.make_quote(customer, by=jonas, at=NOW)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW, email="a@mueller.example")
    page = text(reader.get(let_in(reader, nordlys, asked)))
    assert 'lang="de"' in page
    assert "Terms and conditions (de)" in page


def test_a_partners_person_never_sees_the_link(
    asked: Confirmation, nordlys: Partner, anna: Membership, sign_in: Any
) -> None:
    """D21: neither on the quote nor in the message log."""
    link = secret_link(mails(nordlys, "confirmation")[0])
    secret = link.rstrip("/").rpartition("/")[2]
    client = sign_in(anna)
    email = mails(nordlys, "confirmation")[0]
    for path in (
        f"/quotes/{asked.quote_id}/",
        f"/outbox/{email.pk}/",
        f"/outbox/{email.pk}/html/",
        "/outbox/",
    ):
        response = client.get(path)
        assert response.status_code == 200, path
        assert secret not in text(response)


@pytest.mark.documents
def test_verify_knows_its_own_documents_to_the_byte(
    asked: Confirmation, reader: HostClient, nordlys: Partner
) -> None:
    """The public page that takes the PDF."""
    page = let_in(reader, nordlys, asked)
    reader.post(page, full(asked))
    render_due(at=datetime.now(tz=NOW.tzinfo))
    pdf = bytes(Document.objects.for_partner(nordlys).get().content or b"")

    def check(content: bytes, host: str = "nordlys.localhost") -> str:
        file = BytesIO(content)
        file.name = "a.pdf"
        return text(HostClient(host).post("/confirm/verify/", {"pdf": file}))

    assert "This is the document that was issued" in check(pdf)
    assert "Annika Sandell" in check(pdf)
    changed = pdf[:100] + bytes([pdf[100] ^ 1]) + pdf[101:]
    assert "Not a document that was issued here" in check(changed)
    assert "Not a document that was issued here" in check(b"%PDF-1.7 nothing")
    assert "Annika" not in check(pdf, "brueckner.localhost")
    assert "Choose the PDF." in text(reader.post("/confirm/verify/", {}))


def test_people_of_one_name_are_told_apart_without_an_address() -> None:
    """REG-42, CON-14: by job title or role, then by who was asked, and at last by a number."""

    def person(email: str, **fields: str) -> Contact:
        return Contact(first_name="Bo", last_name="Ek", email=email, partner_id=uuid4(), **fields)

    director = person("a@a.example", job_title="Director")
    technician = person("b@a.example", role=Contact.Role.TECHNICAL)
    first, asked, last = (person(f"{n}@a.example") for n in range(3))
    eva = Contact(first_name="Eva", last_name="Falk", job_title="CFO", partner_id=uuid4())
    with override("en"):
        labels = told_apart([director, technician, first, asked, last, eva], asked=asked.pk)
    assert list(labels.values()) == [
        "Bo Ek, Director",
        "Bo Ek, Technical contact",
        "Bo Ek (1)",
        "Bo Ek (got the e-mail)",
        "Bo Ek (3)",
        "Eva Falk",
    ]


def test_the_cookie_of_one_confirmation_opens_no_other(
    havsbris: Customer, jonas: Membership, nordlys: Partner, reader: HostClient
) -> None:
    """CON-11: whatever name it is sent under; the id is signed into it."""
    quotes = [factories.make_quote(havsbris, by=jonas, at=NOW) for _n in range(2)]
    first = factories.make_confirmation(quotes[0], by=jonas, at=datetime.now(UTC))
    let_in(reader, nordlys, first)
    (name,) = [each for each in reader.cookies if each.startswith("approval-")]
    second = factories.make_confirmation(quotes[1], by=jonas, at=NOW)
    assert reader.get(review_url(first)).status_code == 200
    without = HostClient("nordlys.localhost").get(review_url(second))
    reader.cookies[f"approval-{second.pk.hex[:12]}"] = reader.cookies[name].value
    forged = reader.get(review_url(second))
    assert (forged.status_code, forged.content) == (without.status_code, without.content)
    assert str(second.quote.number) not in forged.content.decode()
