"""Who speaks in a mail: the vendor where channel sales acts, else the partner (CHAN-16)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.outbox.models import OutboundEmail
from portal.outbox.rendering import Voice
from portal.outbox.services import queue_email
from portal.tenancy.models import Partner
from tests.admin_helpers import bring_to
from tests.conftest import NOW
from tests.factories import make_order


@pytest.fixture
def order(havsbris: Customer, jonas: Membership) -> Order:
    """A Flex order that Jonas placed for Havsbris."""
    return make_order(havsbris, by=jonas, at=NOW)


def mails_of(partner: Partner, template: str) -> list[OutboundEmail]:
    found = OutboundEmail.objects.for_partner(partner).filter(template=template)
    return list(found.order_by("created_at", "pk"))


@pytest.mark.parametrize("state", ["accepted", "provisioning", "failed", "completed"])
def test_acts_of_channel_sales_are_mailed_in_the_vendors_name(
    state: str, order: Order, nordlys: Partner, settings: Any
) -> None:
    """CHAN-16."""
    settings.VENDOR_NAME, settings.VENDOR_EMAIL = "Nordkabel", "sales@nordkabel.example"
    bring_to(order, state)
    mail = mails_of(nordlys, "orders/email/progress")[-1]
    assert mail.from_name == "Nordkabel Channel Sales"
    assert mail.reply_to == "sales@nordkabel.example"
    assert "\nChannel Sales, Nordkabel\n" in mail.text
    assert "Channel Sales, Nordkabel" in mail.html
    for part in (mail.text, mail.html):
        assert "Nordlys" not in part.replace("nordlys.", "")


def test_the_partners_own_acts_stay_the_partners(order: Order, nordlys: Partner) -> None:
    """CHAN-16."""
    (mail,) = mails_of(nordlys, "orders/email/placed")
    assert mail.from_name == "Nordlys Telekom AB"
    assert mail.reply_to == nordlys.notification_email
    assert "Channel Sales, Kontor" not in mail.text


def test_a_message_of_nobodys_partner_may_be_the_vendors(db: None) -> None:
    """CHAN-16."""
    mail = queue_email(
        to="a@b.example",
        template="customers/email/ask_about_name",
        context={"partner": "", "person": "", "name": "X", "message": ""},
        language="en",
        key="voice",
        voice=Voice.VENDOR,
    )
    assert mail.from_name == "Kontor Channel Sales"
