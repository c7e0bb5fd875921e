"""Several contacts of the customer get the confirmation, and stay chosen (ORD-62, ORD-27)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from customers.services.contact_data import erase_contact
from orders.models import Order
from portal.accounts.models import Membership
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.orders.test_wizard import field


def review(client: HostClient, url: str, then: str = "", **fields: object) -> Any:
    page = client.get(url).content.decode()
    names = ("form_token", "seen", "seen_delivery", "start_date")
    posted = {name: field(page, name) for name in names}
    return client.post(url, {**posted, "reference": "", "po_number": "", "then": then, **fields})


@pytest.fixture
def three(havsbris: Customer) -> list[Any]:
    """Three contacts of the customer."""
    people = (("Annika", "Sandell"), ("Bo", "Ek"), ("Kerstin", "Fjäll"))
    return [
        factories.make_contact(
            havsbris,
            at=NOW,
            first_name=first,
            last_name=last,
            email=f"{first.lower()}@havsbris.example",
        )
        for first, last in people
    ]


def test_receivers_stay_chosen_back_and_forth(
    anna: Membership, havsbris: Customer, three: list[Any], sign_in: SignIn
) -> None:
    """ORD-62: "Back" keeps them, with a field in error too; all get the mail, each once."""
    annika, bo, kerstin = three
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=order.pk).update(start_date=None)
    client, url = sign_in(anna), f"/orders/{order.pk}/review/"
    chosen: dict[str, Any] = {"contact": str(bo.pk), "copies": [str(bo.pk), str(kerstin.pk)]}
    back = review(client, url, "back", **chosen, start_date="nonsense", po_number="HB-7")
    assert back["Location"] == f"/orders/{order.pk}/products/"
    order.refresh_from_db()
    assert [each.first_name for each in order.receivers()] == ["Bo", "Kerstin"]
    assert (order.po_number, order.start_date) == ("HB-7", None)
    page = client.get(url).content.decode()
    assert f'value="{bo.pk}" selected' in page
    boxes = {each.pk: f'value="{each.pk}" id="id_copies_' in page for each in three}
    assert all(boxes.values())
    assert page.count("checked") == 1
    assert review(client, url, **chosen, po_number="HB-7").status_code == 302
    mails = OutboundEmail.objects.for_partner(anna.partner).filter(
        template="orders/email/placed_customer"
    )
    assert sorted(mail.to_address for mail in mails) == [
        "bo@havsbris.example",
        "kerstin@havsbris.example",
    ]
    shown = client.get(f"/orders/{order.pk}/").content.decode()
    assert "Bo Ek<br>Kerstin Fjäll" in shown
    assert annika.full_name not in shown


def test_copies_alone_choose_the_first_as_receiver(
    anna: Membership, havsbris: Customer, three: list[Any], sign_in: SignIn
) -> None:
    """ORD-62: ticked contacts are never ignored because the box above says "Only to us"."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    ticked = [str(each.pk) for each in three[:2]]
    url = f"/orders/{order.pk}/review/"
    assert review(sign_in(anna), url, "draft", contact="", copies=ticked).status_code == 302
    order.refresh_from_db()
    assert {each.pk for each in order.receivers()} == {each.pk for each in three[:2]}


def test_a_contact_of_another_customer_is_no_receiver(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, three: list[Any], sign_in: SignIn
) -> None:
    """ORD-62: a crafted form is refused at the field."""
    other = factories.make_contact(bjorkvik, at=NOW, email="eva@bjorkvik.example")
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    url = f"/orders/{order.pk}/review/"
    answer = review(sign_in(anna), url, "draft", contact="", copies=[str(other.pk)])
    assert answer.status_code == 200 and "Select a valid choice" in answer.content.decode()


def test_an_erased_contact_gets_nothing(
    anna: Membership, havsbris: Customer, three: list[Any]
) -> None:
    """ORD-62, D19: it leaves the drafts."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    order.contact = three[0]
    order.save()
    order.copies.create(customer=havsbris, contact=three[1])
    erase_contact(three[1], at=NOW)
    order.refresh_from_db()
    assert order.receivers() == [three[0]] and not order.copies.exists()
