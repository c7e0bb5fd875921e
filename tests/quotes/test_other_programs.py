"""Faults that users of similar programs reported, with the right values here.

What is tested elsewhere is not repeated: links with something stuck to them, searches, imports.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from customers.models import Customer
from customers.services import set_domains
from orders.credit import CreditExceeded
from orders.services.fulfilment import return_order
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.outbox.transports import build_envelope
from portal.tenancy.context import local_day
from portal.tenancy.models import Partner
from quotes.services import sending
from tests import factories
from tests.conftest import NOW
from tests.quotes.conftest import mails


def test_an_international_domain_and_a_tag_arrive_as_they_are(
    nordlys: Partner, havsbris: Customer, jonas: Membership
) -> None:
    """INP-17, CON-06: the server gets the domain's ASCII form, and the tag is kept."""
    set_domains(havsbris, ["bücher-żółw.example"])
    quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    factories.make_confirmation(quote, by=jonas, at=NOW, email="lucja+kontor@bücher-żółw.example")
    (email,) = mails(nordlys, "confirmation")
    envelope = build_envelope(email, {"link": "x"}, at=NOW)
    assert envelope.recipient == "lucja+kontor@xn--bcher-w-q0a9ew2b2t.example"


def test_the_limit_is_not_got_round_by_opening_an_order_again(
    havsbris: Customer, anna: Membership
) -> None:
    """D8: one that was returned needs free credit when it is placed again."""
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=Decimal(400))
    first = factories.make_order(havsbris, by=anna, at=NOW)
    return_order(first.pk, reason="Wrong seats", at=NOW)
    factories.make_order(Customer.objects.get(pk=havsbris.pk), by=anna, at=NOW)
    first.refresh_from_db()
    with pytest.raises(CreditExceeded):
        submit_order(first.pk, version=first.version, by=anna, at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.credit_committed == 258


def test_a_quote_is_valid_on_its_last_day(
    nordlys: Partner, havsbris: Customer, jonas: Membership
) -> None:
    """CON-10: until today is today; until yesterday is refused at the field."""
    today = local_day(NOW)
    quote = factories.make_quote(havsbris, by=jonas, at=NOW, valid_until=today)
    asked = factories.make_confirmation(quote, by=jonas, at=NOW)
    assert local_day(asked.expires_at - timedelta(seconds=1)) == today
    late = factories.make_quote(havsbris, by=jonas, at=NOW, valid_until=today)
    contact = havsbris.contacts.get()
    with pytest.raises(RuleError) as refusal:
        sending.send_confirmation(
            late.pk, contact, version=late.version, by=jonas, at=NOW + timedelta(days=1)
        )
    assert refusal.value.field == "valid_until"
