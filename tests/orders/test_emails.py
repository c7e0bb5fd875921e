"""The e-mails of orders: their recipients, languages and contents."""

from __future__ import annotations

import pytest

from customers.models import Customer
from orders.services.fulfilment import reject_order
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW


def mails(template: str) -> list[OutboundEmail]:
    return list(OutboundEmail.objects.across_partners().filter(template=template))


def test_placed_tells_who_ordered_what_for_whom(havsbris: Customer, jonas: Membership) -> None:
    """Text and HTML, the customer with its number, lines and totals, a link."""
    order = factories.make_order(
        havsbris, by=jonas, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1}
    )
    (mail,) = mails("orders/email/placed")
    assert mail.to_address == "jonas@nordlys.example"
    assert mail.subject == f"Order {order.number} for Havsbris Konsult AB, 10042 is placed"
    for body in (mail.text, mail.html):
        for words in (
            "Havsbris Konsult AB, 10042",
            order.number,
            "Product FLX-PRO",
            "Office move",
            "HB-1",
            "7 Dec 2026",
            "1,295.00",
            "258.00",
            f"http://nordlys.localhost/orders/{order.pk}/",
        ):
            assert words in body.replace(
                "http://nordlys.localhost:8055", "http://nordlys.localhost"
            )
    assert mail.about_id == order.pk
    assert mail.customer_id == havsbris.pk
    assert (mail.from_name, mail.reply_to) == ("Nordlys Telekom AB", "order@nordlys.example")


def test_customers_contact_gets_a_copy_without_prices(
    havsbris: Customer, jonas: Membership
) -> None:
    """In the customer's language; what the customer pays is agreed with the partner."""
    contact = factories.make_contact(havsbris, at=NOW)
    havsbris.language = "de"
    havsbris.save()
    draft = factories.make_draft(havsbris, by=jonas, at=NOW)
    draft.contact = contact
    draft.save()
    submit_order(draft.pk, version=draft.version, by=jonas, at=NOW)
    (mail,) = mails("orders/email/placed_customer")
    assert (mail.to_address, mail.language) == ("annika.sandell@havsbris.example", "de")
    assert "Havsbris Konsult AB" in mail.subject
    for body in (mail.text, mail.html):
        assert "Product FLX-PRO" in body and "Havsbris Konsult AB, 10042" in body
        # OUT-22: the customer's number for the purchase, too.
        assert "HB-1" in body
        for price in ("129", "258", "SEK"):
            assert price not in body


def test_progress_says_what_happened_and_why(havsbris: Customer, jonas: Membership) -> None:
    """Each transition is mailed with its reason."""
    order = factories.make_order(havsbris, by=jonas, at=NOW)
    reject_order(order.pk, reason="The address does not exist", at=NOW)
    (mail,) = mails("orders/email/progress")
    assert mail.subject == f"Order {order.number} for Havsbris Konsult AB, 10042 was rejected"
    for body in (mail.text, mail.html):
        assert "The address does not exist" in body
        assert "Nothing will be delivered" in body
        assert "Havsbris Konsult AB, 10042" in body


@pytest.mark.parametrize("language", ["en", "de", "sv"])
def test_mail_is_in_the_recipients_language(
    language: str, havsbris: Customer, jonas: Membership
) -> None:
    jonas.user.language = language
    jonas.user.save()
    factories.make_order(havsbris, by=jonas, at=NOW)
    (mail,) = mails("orders/email/placed")
    assert mail.language == language
    assert f'<html lang="{language}"' in mail.html


def test_template_error_refuses_the_order(
    havsbris: Customer, jonas: Membership, settings: object, tmp_path: object
) -> None:
    """OUT-01: an e-mail that can't be rendered rolls back the transaction that queues it."""
    from portal.outbox.services import BadAddress

    jonas.user.email = "not an address"
    draft = factories.make_draft(havsbris, by=jonas, at=NOW)
    with pytest.raises(BadAddress):
        submit_order(draft.pk, version=draft.version, by=jonas, at=NOW)
    draft.refresh_from_db()
    havsbris.refresh_from_db()
    assert (draft.state, havsbris.credit_committed) == ("draft", 0)
