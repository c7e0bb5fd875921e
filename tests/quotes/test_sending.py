"""Asking the customer (CON-01 to CON-10, D5 to D7)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from customers.services import deactivate_customer, set_domains
from orders.models import Order
from orders.services.checks import CustomerInactive
from portal.accounts.models import Membership
from portal.catalog.models import Price, TermsVersion
from portal.core.errors import RuleError, WrongState
from portal.outbox.correcting import correct_and_send
from portal.outbox.models import OutboundEmail
from portal.outbox.services import send_again
from portal.tenancy.models import Partner
from quotes.commercials import CommercialsShown
from quotes.contacts import AddressChanged, NoDomain, NoPrimaryContact, NotInDomain, NotPrimary
from quotes.links import find_by_secret
from quotes.models import Confirmation, ConfirmationLink, Quote
from quotes.services import sending
from quotes.services.sending import NoTerms
from tests import factories
from tests.conftest import NOW
from tests.quotes.conftest import mails, secret_link
from workspace.offboarding import offboard


@pytest.fixture
def quote(havsbris: Customer, jonas: Membership) -> Quote:
    return factories.make_quote(havsbris, by=jonas, at=NOW)


def send(quote: Quote, by: Membership, **contact: Any) -> Confirmation:
    person = factories.make_contact(quote.customer, at=NOW, **contact)
    quote.refresh_from_db()
    return sending.send_confirmation(quote.pk, person, version=quote.version, by=by, at=NOW)


def test_sending_asks_one_person_and_orders_nothing(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """CON-01, CON-09."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    quote.refresh_from_db()
    assert (quote.state, asked.state) == ("sent", "sent")
    assert not Order.objects.exists()
    (email,) = mails(nordlys, "confirmation")
    assert (email.to_address, email.state) == (asked.addressee_email, "queued")
    assert (email.from_name, email.reply_to) == ("Nordlys Telekom AB", jonas.user.email)


def test_three_templates_say_what_is_asked(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """CON-10, CON-24: all parts of the e-mail."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    (email,) = mails(nordlys, "confirmation")
    assert email.subject == (
        "Please review and approve: Telephony for the new office for Havsbris Konsult AB"
    )
    for part in (email.text, email.html):
        assert "Agreement approval" in part
        assert "Product FLX-PRO" in part
        assert "24 months" in part
        assert "Havsbris Konsult AB" in part
        assert asked.addressee_name in part


def test_only_the_hash_of_the_secret_is_kept(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """CON-10, D21: 256 bits; no stored text contains the link."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    (email,) = mails(nordlys, "confirmation")
    secret = secret_link(email).rstrip("/").rpartition("/")[2]
    assert len(secret) >= 43
    assert secret not in email.text + email.html + email.subject
    link = ConfirmationLink.objects.get()
    assert len(bytes(link.token_hash)) == 32
    found = find_by_secret(secret)
    assert found is not None
    assert found.pk == asked.pk
    assert find_by_secret(secret[:-1] + "x") is None


@pytest.mark.parametrize(
    "address", ["a@evil-havsbris.example", "a@havsbris.example.evil.net", "a@sub.havsbris.example"]
)
def test_an_address_outside_the_domain_is_refused(
    address: str, quote: Quote, jonas: Membership
) -> None:
    """CON-06, D6: exact equality of the host."""
    set_domains(quote.customer, ["havsbris.example"])
    with pytest.raises(NotInDomain) as refusal:
        send(quote, jonas, email=address)
    assert str(refusal.value) == (
        f"{address} is not in havsbris.example. "
        "Add a contact with an address at the customer's domain."
    )
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize(
    ("domain", "address"),
    [
        ("havsbris.example", "Annika@HAVSBRIS.example"),
        ("sub.havsbris.example", "a@sub.havsbris.example"),
        ("bärgning.example", "a@bärgning.example"),
        ("bärgning.example", "a@xn--brgning-5wa.example"),
    ],
)
def test_an_address_in_the_domain_is_asked(
    domain: str, address: str, quote: Quote, jonas: Membership
) -> None:
    """CON-06: any case, international names in both notations, a listed subdomain."""
    set_domains(quote.customer, [domain])
    assert send(quote, jonas, email=address).state == "sent"


def test_without_a_domain_nobody_is_asked(quote: Quote, jonas: Membership) -> None:
    """CON-08."""
    with pytest.raises(NoDomain, match="Add the customer's domain first"):
        send(quote, jonas)


def test_a_private_person_is_asked_at_the_primary_contact(
    jonas: Membership, nordlys: Partner
) -> None:
    """D5, CON-08."""
    private = factories.make_customer("Eva Lind", "10900", at=NOW, type="residential")
    quote = factories.make_quote(private, by=jonas, at=NOW, quantities={"FLX-HOME": 1})
    with pytest.raises(NoPrimaryContact):
        send(quote, jonas, email="other@gmail.com")
    factories.make_contact(private, at=NOW, email="eva@gmail.com", is_primary=True)
    with pytest.raises(NotPrimary, match="is not the customer's primary contact"):
        send(quote, jonas, email="third@gmail.com")
    primary = private.contacts.get(is_primary=True)
    quote.refresh_from_db()
    asked = sending.send_confirmation(quote.pk, primary, version=quote.version, by=jonas, at=NOW)
    assert asked.addressee_email == "eva@gmail.com"


def test_a_contact_of_another_customer_is_refused(
    quote: Quote, bjorkvik: Customer, jonas: Membership
) -> None:
    """CON-05."""
    set_domains(quote.customer, ["havsbris.example"])
    stranger = factories.make_contact(bjorkvik, at=NOW)
    with pytest.raises(RuleError, match="Choose the contact to send the confirmation to"):
        sending.send_confirmation(quote.pk, stranger, version=quote.version, by=jonas, at=NOW)


def test_without_published_terms_nobody_is_asked(quote: Quote, jonas: Membership) -> None:
    """CON-03: in the customer's language, published by now."""
    TermsVersion._default_manager.filter(language=quote.customer.language).update(
        published_at=NOW + timedelta(days=1)
    )
    with pytest.raises(NoTerms, match="No terms and conditions are published"):
        factories.make_confirmation(quote, by=jonas, at=NOW)


def test_the_newest_published_terms_are_frozen(quote: Quote, jonas: Membership) -> None:
    """CON-03, CON-20."""
    language = quote.customer.language
    TermsVersion._default_manager.create(
        language=language, version="5", title="T", text="later", published_at=NOW
    )
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    assert asked.terms.version == "5"
    assert asked.terms_sha256 == asked.terms.sha256


def test_an_inactive_customer_is_not_asked(quote: Quote, jonas: Membership) -> None:
    """D9."""
    contact = factories.make_domain_contact(quote.customer, at=NOW)
    deactivate_customer(quote.customer, at=NOW)
    with pytest.raises(CustomerInactive):
        sending.send_confirmation(quote.pk, contact, version=quote.version, by=jonas, at=NOW)


def test_a_deactivation_under_way_is_seen_before_the_link_leaves(
    quote: Quote, jonas: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REG-61: whoever sends meanwhile is refused, and no open link is left behind."""
    contact = factories.make_domain_contact(quote.customer, at=NOW)
    propose = sending.propose

    def late(*args: Any, **options: Any) -> sending.Proposal:
        proposal = propose(*args, **options)
        Customer.objects.filter(pk=quote.customer_id).update(is_active=False)
        return proposal

    monkeypatch.setattr(sending, "propose", late)
    with pytest.raises(CustomerInactive):
        sending.send_confirmation(quote.pk, contact, version=quote.version, by=jonas, at=NOW)
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        (date(2027, 3, 1), NOW + timedelta(days=30)),
        # The end of 1 December in Stockholm.
        (date(2026, 12, 1), NOW.replace(day=1, month=12, hour=23, minute=0)),
    ],
)
def test_the_link_lives_as_long_as_30_days_or_the_quote(
    until: date, ends: Any, havsbris: Customer, jonas: Membership
) -> None:
    """D7, D20."""
    quote = factories.make_quote(havsbris, by=jonas, at=NOW, valid_until=until)
    assert factories.make_confirmation(quote, by=jonas, at=NOW).expires_at == ends


def test_a_price_in_a_products_text_stops_the_mail(quote: Quote, jonas: Membership) -> None:
    """CON-02: the guard checks what would be rendered."""
    product = factories.product("FLX-PRO")
    product.description = "Only SEK 5 a day"
    product.save()
    with pytest.raises(CommercialsShown, match="SEK"):
        factories.make_confirmation(quote, by=jonas, at=NOW)
    assert not Confirmation.objects.exists()


def test_only_one_open_confirmation(quote: Quote, jonas: Membership) -> None:
    """SM-CONFIRMATION: one is open at a time."""
    factories.make_confirmation(quote, by=jonas, at=NOW)
    with pytest.raises(WrongState):
        send(quote, jonas, email="b@havsbris.example")


def test_a_reminder_is_a_further_link_and_the_first_goes_on(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    with pytest.raises(RuleError, match="less than a day ago"):
        sending.remind(quote.pk, at=NOW + timedelta(hours=2))
    sending.remind(quote.pk, at=NOW + timedelta(days=2))
    first, second = mails(nordlys, "confirmation")
    assert second.subject.startswith("Reminder: ")
    secrets = {secret_link(mail).rstrip("/").rpartition("/")[2] for mail in (first, second)}
    assert len(secrets) == 2
    for secret in secrets:
        found = find_by_secret(secret)
        assert found is not None
        assert found.pk == asked.pk


def test_a_reminder_to_a_changed_address_is_refused_with_the_cure(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """CON-31: neither to the old address, nor past what was asked."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    asked.contact.email = "annika.s@havsbris.example"
    asked.contact.save()
    words = f"The address of {asked.addressee_name} has changed: withdraw the link and send"
    with pytest.raises(AddressChanged, match=words):
        sending.remind(quote.pk, at=NOW + timedelta(days=2))
    assert len(mails(nordlys, "confirmation")) == 1
    sending.withdraw(quote.pk, at=NOW + timedelta(days=2))
    quote.refresh_from_db()
    sending.send_confirmation(
        quote.pk, asked.contact, version=quote.version, by=jonas, at=NOW + timedelta(days=2)
    )
    assert mails(nordlys, "confirmation")[-1].to_address == "annika.s@havsbris.example"


def test_the_new_address_is_asked_under_the_domain_rule(quote: Quote, jonas: Membership) -> None:
    """CON-31, CON-06."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    asked.contact.email = "annika@elsewhere.example"
    asked.contact.save()
    sending.withdraw(quote.pk, at=NOW)
    quote.refresh_from_db()
    with pytest.raises(NotInDomain):
        sending.send_confirmation(quote.pk, asked.contact, version=quote.version, by=jonas, at=NOW)


def test_an_answer_reaches_who_has_the_quote_now(
    quote: Quote, jonas: Membership, anna: Membership, nordlys: Partner
) -> None:
    """CON-30: Reply-To and the sentence in the mail, after the sender left."""
    factories.make_confirmation(quote, by=jonas, at=NOW)
    offboard(jonas, successor=anna, at=NOW)
    sending.remind(quote.pk, at=NOW + timedelta(days=2))
    first, second = mails(nordlys, "confirmation")
    assert (first.reply_to, second.reply_to) == (jonas.user.email, anna.user.email)
    assert "Answer this e-mail, it reaches Anna Test." in second.text
    assert "Jonas" not in second.text + second.html


def test_send_again_makes_a_new_link_while_it_is_open(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """OUT-04: the secret of the first e-mail is erased."""
    factories.make_confirmation(quote, by=jonas, at=NOW)
    (email,) = mails(nordlys, "confirmation")
    before = secret_link(email)
    dead = {"state": "dead", "secrets_encrypted": None}
    OutboundEmail.objects.for_partner(nordlys).filter(pk=email.pk).update(**dead)
    again = send_again(email, at=NOW)
    assert secret_link(again) != before
    sending.withdraw(quote.pk, at=NOW)
    OutboundEmail.objects.for_partner(nordlys).filter(pk=email.pk).update(**dead)
    with pytest.raises(RuleError, match="not open any more"):
        send_again(email, at=NOW)


def _dead(partner: Partner) -> OutboundEmail:
    (email,) = mails(partner, "confirmation")
    OutboundEmail.objects.for_partner(partner).filter(pk=email.pk).update(
        state="dead", secrets_encrypted=None, last_error="5.1.1 No", last_status=550
    )
    email.refresh_from_db()
    return email


def test_an_address_is_corrected_and_the_link_sent_there_in_one_act(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """OUT-26: contact, confirmation and e-mail, with a new link."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    first = secret_link(mails(nordlys, "confirmation")[0])
    sent = correct_and_send(_dead(nordlys), address="annika.s@havsbris.example", at=NOW)
    asked.refresh_from_db()
    asked.contact.refresh_from_db()
    assert (sent.state, sent.to_address) == ("queued", "annika.s@havsbris.example")
    assert asked.addressee_email == asked.contact.email == "annika.s@havsbris.example"
    assert secret_link(sent) != first
    assert not asked.address_changed


def test_a_corrected_address_is_held_to_the_domain_rule(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """OUT-26, CON-06: and then nothing at all is changed."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    email = _dead(nordlys)
    with pytest.raises(NotInDomain):
        correct_and_send(email, address="annika@elsewhere.example", at=NOW)
    asked.refresh_from_db()
    asked.contact.refresh_from_db()
    email.refresh_from_db()
    assert email.state == "dead"
    assert asked.addressee_email == asked.contact.email == email.to_address


def test_send_again_refuses_an_address_that_was_changed_meanwhile(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """CON-31: the link would go to an address that is not the contact's."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    email = _dead(nordlys)
    asked.contact.email = "annika.s@havsbris.example"
    asked.contact.save()
    with pytest.raises(AddressChanged):
        send_again(email, at=NOW)


def test_expiry_is_recorded_and_the_sender_is_notified(
    quote: Quote, jonas: Membership, nordlys: Partner
) -> None:
    """SM-QUOTE, SM-CONFIRMATION: SENT -> EXPIRED, by the sweep."""
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    assert sending.expire_due(at=NOW + timedelta(days=29)) == 0
    assert sending.expire_due(at=NOW + timedelta(days=31)) == 1
    assert sending.expire_due(at=NOW + timedelta(days=31)) == 0
    asked.refresh_from_db()
    quote.refresh_from_db()
    assert (asked.state, quote.state) == ("expired", "expired")
    (email,) = mails(nordlys, "expired")
    assert email.to_address == jonas.user.email
    assert email.subject.startswith("No answer to quote Q-2026-")


def test_the_price_of_the_day_is_frozen_into_the_quote(quote: Quote, havsbris: Customer) -> None:
    """D17: a later price list changes nothing in the quote."""
    before = quote.monthly
    Price._default_manager.filter(product__sku="FLX-PRO").update(monthly=Decimal("500.00"))
    quote.refresh_from_db()
    assert quote.monthly == before
