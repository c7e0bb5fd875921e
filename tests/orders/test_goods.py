"""An order of goods says where they are sent (ORD-66)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from customers.models import Customer, Site
from customers.services import save_site
from customers.services.contact_data import erase_contact, held_about
from orders.documents import priced_order
from orders.goods import Destination, goods_address
from orders.models import Order
from orders.services.drafts import save_details
from orders.services.fulfilment import return_order
from orders.services.goods import NoGoodsAddress, NotTheirSite
from orders.services.moving import move_draft
from orders.services.placing import submit_order
from orders.services.recreating import recreate_order
from orders.services.templates import order_again
from portal.accounts.models import Membership, User
from portal.catalog.models import Product
from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.admin_helpers import LATER, bring_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_contact, make_customer, make_draft, make_draft_on, make_running
from tests.orders.test_wizard import form_token_of

PHONE = {"FLX-PRO": 2, "FLX-D30": 1}
POSTAL = ["Havsbris Konsult AB", "Norra Kungsgatan 14", "803 20 Gävle", "Sweden"]
TYPED = {
    "goods_to": "other",
    "goods_name": "Fabian Lindqvist",
    "goods_street": "Storgatan 3",
    "goods_postal_code": "111 22",
    "goods_city": "Stockholm",
    "goods_country": "SE",
}
TYPED_LINES = ["Fabian Lindqvist", "Storgatan 3", "111 22 Stockholm", "Sweden"]


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def site(havsbris: Customer) -> Site:
    return site_of(havsbris, "Warehouse")


@pytest.fixture
def draft(havsbris: Customer, anna: Membership) -> Order:
    """Two seats and a phone."""
    return make_draft(havsbris, by=anna, at=NOW, quantities=PHONE)


def site_of(customer: Customer, name: str, **fields: str) -> Site:
    address = {"street": "Hamngatan 9", "postal_code": "803 11", "city": "Gävle", **fields}
    return save_site(customer, Site(name=name, country="SE", **address))


def review(client: HostClient, order: Order, then: str = "", **fields: str) -> Any:
    url = f"/orders/{order.pk}/review/"
    data = {"form_token": form_token_of(client, url), "start_date": "2026-12-07", "then": then}
    return client.post(url, {**data, **fields})


def place(order: Order, by: Membership) -> Order:
    return submit_order(order.pk, version=None, by=by, at=NOW)


def send_to(order: Order, to: str, site: Site | None = None, address: Any = None) -> Order:
    order.refresh_from_db()
    return save_details(
        order.pk,
        version=order.version,
        at=NOW,
        reference="",
        po_number="",
        start_date=order.start_date,
        contact=order.contact,
        goods=Destination(to, site, address or {}),
    )


def sent_to(order: Order) -> list[str]:
    return goods_address(Order.objects.get(pk=order.pk), order.lines.select_related("product"))


def test_only_an_order_of_goods_asks(
    draft: Order, site: Site, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-66: the postal address is suggested, and the customer's sites are offered."""
    client = sign_in(anna)
    page = text(client.get(f"/orders/{draft.pk}/review/"))
    assert "Send goods to" in page and "Hamngatan 9, 803 11 Gävle, Sweden" in page
    chosen = page.split('name="goods_to" value="customer"')[1].split(">")[0]
    assert "checked" in chosen
    seats = make_draft(havsbris, by=anna, at=NOW)
    assert "Send goods to" not in text(client.get(f"/orders/{seats.pk}/review/"))
    assert review(client, seats).status_code == 302
    assert Order.objects.get(pk=seats.pk).goods_address == {}


def test_added_devices_of_a_change_are_goods(havsbris: Customer, anna: Membership) -> None:
    """ORD-66: rented devices that a change adds are sent; fewer or the same are not."""
    Product.objects.filter(sku="FLX-D30").update(rental=True)
    service = make_running(havsbris, by=anna, at=NOW, sku="FLX-D30", quantity=2)
    fewer = make_draft_on(service, "change", 1, by=anna, at=NOW)
    assert sent_to(fewer) == []
    more = make_draft_on(service, "change", 3, by=anna, at=NOW)
    assert sent_to(place(more, anna)) == POSTAL


def test_a_typed_address_is_checked_at_its_fields(
    draft: Order, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-66: nothing that was typed is lost, and only placing demands all of it (ORD-60)."""
    client = sign_in(anna)
    short = {**TYPED, "goods_street": "", "goods_postal_code": "9"}
    page = text(review(client, draft, **short))
    assert "Enter the street." in page and "No postal code of Sweden" in page
    assert 'value="Fabian Lindqvist"' in page and 'value="9"' in page
    assert "Enter the street." not in text(review(client, draft, "draft", **short))
    parked = review(client, draft, "draft", **{**short, "goods_postal_code": ""})
    assert parked.status_code == 302
    page = text(client.get(f"/orders/{draft.pk}/"))
    assert "The address for the goods is not complete: Enter the street." in page
    with pytest.raises(NoGoodsAddress, match="Enter the street"):
        place(draft, anna)
    back = review(client, draft, "back", **{**TYPED, "start_date": "2020-01-01"})
    assert back.status_code == 302
    assert sent_to(draft) == TYPED_LINES
    assert review(client, draft, **TYPED).status_code == 302
    assert sent_to(draft) == TYPED_LINES
    log = text(client.get(f"/orders/{draft.pk}/"))
    assert "Draft changed: where goods are sent." in log and "Fabian Lindqvist" in log


def test_without_a_whole_address_one_is_asked_for(
    draft: Order, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-66, ORD-60: nothing is suggested that the goods can't be sent to."""
    Customer.objects.filter(pk=havsbris.pk).update(street="")
    client = sign_in(anna)
    bare = site_of(havsbris, "Bare", street="")
    assert "Choose where the goods are sent." in text(client.get(f"/orders/{draft.pk}/"))
    assert "Choose where the goods are sent." in text(review(client, draft))
    page = text(review(client, draft, goods_to="customer"))
    assert "The postal address is not complete." in page
    page = text(review(client, draft, goods_to=str(bare.pk)))
    assert "The address of Bare is not complete." in page
    assert review(client, draft, "draft", goods_to=str(bare.pk)).status_code == 302
    with pytest.raises(NoGoodsAddress, match="The address of Bare is not complete"):
        place(draft, anna)


def test_an_address_of_another_customer_is_refused(
    draft: Order, bjorkvik: Customer, brueckner: Partner, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-66, SAFE-02: neither another customer's site, nor another partner's; by three layers."""
    client = sign_in(anna)
    other = site_of(bjorkvik, "Other")
    with in_partner(brueckner):
        foreign = site_of(make_customer("Fremde GmbH", "20001", at=NOW), "Fremd")
    assert str(other.pk) not in text(client.get(f"/orders/{draft.pk}/review/"))
    for crafted in (str(other.pk), str(foreign.pk), "site", "nonsense"):
        for then in ("", "draft"):
            page = text(review(client, draft, then, goods_to=crafted))
            assert "Choose an address of this customer." in page
    draft.refresh_from_db()
    assert (draft.state, draft.goods_to, draft.goods_site) == ("draft", "", None)
    with pytest.raises(NotTheirSite):
        send_to(draft, "site", other)
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=draft.pk).update(goods_site=other)


def test_the_address_is_copied_and_shown(
    draft: Order, site: Site, anna: Membership, staff: User, sign_in: SignIn
) -> None:
    """ORD-66: page, PDF, admin and e-mails; a site that is edited later changes no order."""
    contact = make_contact(draft.customer, at=NOW)
    Order.objects.filter(pk=draft.pk).update(contact=contact)
    order = place(send_to(draft, "site", site), anna)
    lines = ["Havsbris Konsult AB, Warehouse", "Hamngatan 9", "803 11 Gävle", "Sweden"]
    site.street = "Elsewhere 1"
    save_site(draft.customer, site)
    assert sent_to(order) == lines
    client = sign_in(anna)
    ours, theirs = client.get(f"/orders/{order.pk}/"), sign_in(staff).get(order_url(order))
    for page in (text(ours), text(theirs)):
        assert "Delivery address" in page and "Hamngatan 9" in page
        assert "Elsewhere 1" not in page
    plan = priced_order(Document(about_id=order.pk, language="en"), at=NOW)
    assert ("Delivery address", "\n".join(lines)) in plan.context["details"]
    mails = OutboundEmail.objects.across_partners().filter(about_id=order.pk)
    for address in (anna.user.email, contact.email):
        (mail,) = mails.filter(to_address=address)
        for words in (mail.text, mail.html):
            assert "Havsbris Konsult AB, Warehouse, Hamngatan 9, 803 11 Gävle" in words
    return_order(order.pk, reason="?", at=NOW)
    place(send_to(order, "customer"), anna)
    changed = mails.filter(to_address=contact.email, text__contains="Norra Kungsgatan 14")
    assert changed.exists()


def test_the_site_of_the_order_is_suggested(
    site: Site, havsbris: Customer, anna: Membership
) -> None:
    """ORD-66: goods of an order with a site go there, unless somebody chose otherwise."""
    draft = make_draft(havsbris, by=anna, at=NOW, quantities=PHONE)
    Order.objects.filter(pk=draft.pk).update(site=site)
    assert sent_to(draft)[1] == "Hamngatan 9"
    assert sent_to(send_to(draft, "customer")) == POSTAL


def test_order_again_keeps_it_for_the_same_customer_only(
    draft: Order, site: Site, bjorkvik: Customer, anna: Membership
) -> None:
    """ORD-66, ORD-55, ORD-06, ORD-07: another customer's goods go to the other customer."""
    typed = {key.removeprefix("goods_"): value for key, value in TYPED.items()}
    typed.pop("to")
    there = ["Björkvik Bygg AB", *POSTAL[1:]]
    for number, choice in enumerate((("site", site), ("other", None))):
        to, chosen_site = choice
        order = draft
        if number:
            order = make_draft(draft.customer, by=anna, at=NOW, quantities=PHONE)
        send_to(order, to, chosen_site, typed)
        placed = place(order, anna)
        same, _dropped = order_again(placed.pk, draft.customer, by=anna, at=LATER)
        assert sent_to(same) == sent_to(placed)
        other, _dropped = order_again(placed.pk, bjorkvik, by=anna, at=LATER)
        moved, _dropped = move_draft(same.pk, bjorkvik, version=same.version, by=anna, at=LATER)
        recreated, _dropped = recreate_order(placed.pk, bjorkvik, by=anna, at=LATER)
        for copy in (other, moved, recreated):
            assert (copy.goods_to, copy.goods_site, copy.goods_address) == ("", None, {})
            assert sent_to(copy) == there


def test_a_name_in_it_goes_with_the_persons_data(draft: Order, anna: Membership) -> None:
    """ORD-66, D19, REG-59: told in the person's data, and taken out when it is erased."""
    person = make_contact(draft.customer, at=NOW, first_name="Fabian", last_name="Lindqvist")
    address = {"street": "c/o fabian lindqvist, Storgatan 3", "postal_code": "111 22"}
    typed = {"name": "Fabian Lindqvist", "city": "Stockholm", "country": "SE", **address}
    placed = place(send_to(draft, "other", None, typed), anna)
    held = held_about(person)["delivery_addresses"]
    assert [row["number"] for row in held] == [placed.number]
    erase_contact(person, at=NOW)
    assert sent_to(placed) == TYPED_LINES[1:]


def test_goods_by_what_channel_sales_enters(
    draft: Order, anna: Membership, staff: User, sign_in: SignIn
) -> None:
    """ORD-66: the tracking number is asked for the same lines that the address is asked for."""
    order = bring_to(place(draft, anna), "provisioning")
    phone = order.lines.get(product__sku="FLX-D30")
    page = text(sign_in(staff).get(order_url(order, "do/plan/")))
    assert page.count("Tracking number") == 1 and f"track_{phone.pk}" in page
