"""What bars an order and no question (CON-47), and customers that are deactivated (REG-61)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from customers.services import deactivate_customer
from orders.credit import CreditExceeded
from orders.services.checks import NotRegistered
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from portal.tenancy.models import Partner
from quotes.models import Quote
from quotes.services import sending
from quotes.services.progressing import progress_quote
from tests import factories
from tests.conftest import NOW
from tests.quotes.conftest import mails


@pytest.fixture
def quote(havsbris: Customer, jonas: Membership) -> Quote:
    return factories.make_quote(havsbris, by=jonas, at=NOW)


def test_missing_credit_and_clearance_warn_and_refuse_the_order_only(
    havsbris: Customer, bjorkvik: Customer, jonas: Membership, sign_in: Any
) -> None:
    """CON-47, ORD-14, ACC-16: asking orders nothing; what can't be ordered is not progressed."""
    trunk = factories.make_quote(bjorkvik, by=jonas, at=NOW, quantities={"TRK-10": 1})
    words = '"Björkvik Bygg AB" is not registered with Channel Sales for'
    page = sign_in(jonas).get(f"/quotes/{trunk.pk}/send/")
    assert words.replace('"', "&quot;") in page.content.decode()
    assert "The customer can be asked, but the order can't be placed" in page.content.decode()
    asked = factories.make_confirmation(trunk, by=jonas, at=NOW, email="a@bjorkvik.example")
    assert asked.state == "sent"
    trunk.refresh_from_db()
    Quote.objects.filter(pk=trunk.pk).update(state="confirmed")
    with pytest.raises(NotRegistered):
        progress_quote(trunk.pk, po_number="", address_checked=True, by=jonas, at=NOW)
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal(100))
    poor = factories.make_quote(Customer.objects.get(pk=havsbris.pk), by=jonas, at=NOW)
    (warning,) = sending.obstacles(poor)
    assert warning.startswith("Credit limit exceeded: this order needs")
    factories.make_confirmation(poor, by=jonas, at=NOW)
    Quote.objects.filter(pk=poor.pk).update(state="confirmed")
    (order,) = progress_quote(poor.pk, po_number="", address_checked=True, by=jonas, at=NOW)
    order.start_date = (NOW + timedelta(days=40)).date()
    order.site = factories.make_site(order.customer)
    order.save(update_fields=["start_date", "site"])
    with pytest.raises(CreditExceeded):
        submit_order(order.pk, version=order.version, by=jonas, at=NOW)


def test_deactivating_withdraws_open_links_and_tells(
    quote: Quote, jonas: Membership, anna: Membership, nordlys: Partner, sign_in: Any
) -> None:
    """REG-61: named before; the link is closed, addressee and sender are told in three parts."""
    customer = quote.customer
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    done = factories.make_quote(customer, by=jonas, at=NOW)
    Quote.objects.filter(pk=done.pk).update(state="confirmed")
    page = sign_in(anna).get(f"/customers/{customer.pk}/deactivate/").content.decode()
    page = " ".join(page.split())
    assert "told by e-mail are Annika Sandell and who asked." in page
    assert "Confirmed quotes</dt> <dd> 1" in page
    deactivate_customer(customer, at=NOW)
    asked.refresh_from_db()
    quote.refresh_from_db()
    done.refresh_from_db()
    assert (asked.state, quote.state, done.state) == ("withdrawn", "draft", "confirmed")
    (told,) = mails(nordlys, "withdrawn_customer")
    assert (told.to_address, told.reply_to) == (asked.addressee_email, jonas.user.email)
    assert told.subject.startswith("Nothing to approve any more: Telephony for the new office")
    for part in (told.text, told.html):
        assert "and you need not do anything." in part
        assert "it reaches Jonas Test" in part
    ours = mails(nordlys, "withdrawn")
    assert {mail.to_address for mail in ours} == {jonas.user.email, nordlys.notification_email}
    assert ours[0].subject.startswith(f"Quote {quote.number} of Havsbris")
    for part in (ours[0].text, ours[0].html):
        assert "the link of Annika Sandell was withdrawn" in part
