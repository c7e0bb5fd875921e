"""An order is copied as a new draft, from itself or from a template (ORD-55)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.services import deactivate_customer
from orders.models import Order, OrderTemplate, Service
from orders.services.drafts import start_draft
from orders.services.templates import TemplateNameTaken, order_again, save_as_template
from portal.accounts.models import Membership
from portal.catalog.models import Price, Product
from portal.core.errors import RuleError
from portal.tenancy.connection import connection
from tests import factories
from tests.admin_helpers import bring_to
from tests.conftest import NOW, SignIn
from tests.orders.test_wizard import switch

LATER = NOW + timedelta(days=2)


def lines_of(order: Order) -> dict[str, int]:
    return {line.product.sku: line.quantity for line in order.lines.select_related("product")}


@pytest.mark.parametrize("state", ["submitted", "completed", "rejected", "cancelled", "failed"])
def test_an_order_of_any_state_is_ordered_again(
    state: str, anna: Membership, jonas: Membership, havsbris: Customer
) -> None:
    """ORD-55: at today's prices; what is delivered once is kept only if it came to nothing."""
    contact = factories.make_contact(havsbris, at=NOW)
    users = [{"name": "Eva", "email": "eva@a.example", "seat": "FLX-PRO"}]
    placed = factories.make_order(
        havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 1}, details={"users": users}
    )
    Order.objects.filter(pk=placed.pk).update(contact=contact)
    if state in ("rejected", "cancelled"):
        Order.objects.filter(pk=placed.pk).update(state=state)
    else:
        bring_to(placed, state)
    Price.objects.filter(product__sku="FLX-PRO").update(monthly="130.00")
    copy, dropped = order_again(placed.pk, havsbris, by=jonas, at=LATER)
    assert (copy.state, copy.customer_id, dropped) == ("draft", havsbris.pk, [])
    assert copy.number != placed.number and copy.created_by_id == jonas.pk
    assert lines_of(copy) == {"FLX-PRO": 1} and str(copy.monthly) == "130.00"
    assert (copy.contact, copy.reference, copy.start_date) == (contact, "Office move", None)
    nothing = state in ("rejected", "cancelled", "failed")
    assert (copy.po_number, copy.details.get("users")) == (
        ("HB-1", users) if nothing else ("", None)
    )
    placed.refresh_from_db()
    assert placed.state == state


def test_ordered_again_for_another_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-55, D2: nothing of the old customer's comes along, and what it can't have is named."""
    contact = factories.make_contact(havsbris, at=NOW)
    placed = factories.make_order(
        havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1}
    )
    Order.objects.filter(pk=placed.pk).update(contact=contact)
    Product.objects.filter(sku="FLX-D30").update(orderable=False)
    client, url = sign_in(anna), f"/orders/{placed.pk}/again/"
    page = client.get(url).content.decode()
    assert f'name="customer" value="{havsbris.pk}"' in page
    assert client.get(f"/orders/{placed.pk}/").content.decode().count(url) == 1
    form = {"customer": str(bjorkvik.pk), "order_id": str(uuid4())}
    answers = [client.post(url, form, follow=True) for _again in range(2)]
    text = answers[0].content.decode()
    assert "This draft is for Björkvik Bygg AB, 10017. Check it, then place it." in text
    assert "Not available to this customer, and so removed: Product FLX-D30." in text
    (copy,) = Order.objects.filter(customer=bjorkvik)
    assert (copy.contact, copy.po_number, lines_of(copy)) == (None, "", {"FLX-PRO": 2})
    log = client.get(f"/orders/{copy.pk}/").content.decode()
    assert f"Draft copied from order {placed.number}." in log


def test_the_posted_customer_decides_and_is_asked_about(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, own: Customer, sign_in: SignIn
) -> None:
    """ORD-55, ORD-26, ORD-05, D9: as in step 1 of an order."""
    placed = factories.make_order(havsbris, by=anna, at=NOW)
    client, url = sign_in(anna), f"/orders/{placed.pk}/again/"
    switch(client, bjorkvik)
    asked = client.post(url, {"customer": str(havsbris.pk)}).content.decode()
    assert "You are working on" in asked and not Order.objects.drafts().exists()
    switch(client, own)
    refused = client.post(url, {"customer": str(own.pk)}).content.decode()
    assert "You are ordering for your own company." in refused
    deactivate_customer(havsbris, at=NOW)
    havsbris.refresh_from_db()
    with pytest.raises(RuleError, match="is inactive"):
        order_again(placed.pk, havsbris, by=anna, at=LATER)
    assert client.post(url, {"customer": "nonsense"}).status_code == 200
    assert not Order.objects.drafts().exists()


def test_a_change_is_not_copied(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """ORD-55: it acts on services."""
    change = start_draft(customer=havsbris, family="flex", by=anna, at=NOW, kind="change")
    with pytest.raises(RuleError, match="acts on services of its customer"):
        order_again(change.pk, havsbris, by=anna, at=LATER)
    answer = sign_in(anna).get(f"/orders/{change.pk}/again/", follow=True)
    assert "acts on services of its customer and can&#x27;t be copied." in answer.content.decode()
    assert not Service.objects.exists()


def test_a_template_from_an_order_to_an_order(
    anna: Membership, jonas: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-55: everybody who orders uses it; its author and administrators rename and delete it."""
    placed = factories.make_order(
        havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1}
    )
    client, sales = sign_in(anna), sign_in(jonas)
    assert "No templates yet" in client.get("/orders/templates/").content.decode()
    add = f"/orders/{placed.pk}/template/"
    assert "Enter a name." in client.post(add, {"name": " "}).content.decode()
    assert client.post(add, {"name": "Small  office 🏢"}).status_code == 302
    again = client.post(add, {"name": "small office 🏢"}).content.decode()
    assert "Another template has this name." in again
    template = OrderTemplate.objects.get()
    assert template.name == "Small office 🏢"
    page = sales.get("/orders/templates/").content.decode()
    assert "2 × Product FLX-PRO<br>1 × Product FLX-D30" in page
    assert "rename" not in page
    for act in ("rename", "delete"):
        assert sales.get(f"/orders/templates/{template.pk}/{act}/").status_code == 403
    order = f"/orders/templates/{template.pk}/order/"
    form = {"customer": str(bjorkvik.pk), "order_id": str(uuid4())}
    made = [sales.post(order, form)["Location"] for _again in range(2)]
    (draft,) = Order.objects.filter(customer=bjorkvik)
    assert made == [f"/orders/{draft.pk}/products/"] * 2
    assert lines_of(draft) == {"FLX-PRO": 2, "FLX-D30": 1} and draft.created_by_id == jonas.pk
    rename = f"/orders/templates/{template.pk}/rename/"
    assert client.post(rename, {"name": "Branch"}).status_code == 302
    assert client.post(f"/orders/templates/{template.pk}/delete/").status_code == 302
    assert not OrderTemplate.objects.exists() and lines_of(draft)


def test_templates_are_of_orders_with_products(anna: Membership, havsbris: Customer) -> None:
    """ORD-55."""
    empty = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    with pytest.raises(RuleError, match="Only an order of new products can be a template"):
        save_as_template(empty.pk, name="Nothing", by=anna, at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    save_as_template(draft.pk, name="Office", by=anna, at=NOW)
    with pytest.raises(TemplateNameTaken):
        save_as_template(draft.pk, name="OFFICE", by=anna, at=NOW)


def test_the_list_of_templates_asks_as_much_for_one_as_for_three(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """CV-30."""
    draft = factories.make_draft(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 2, "FLX-D30": 1})
    client = sign_in(anna)
    counts = []
    for name in ("A", "B", "C"):
        save_as_template(draft.pk, name=name, by=anna, at=NOW)
        client.get("/orders/templates/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/orders/templates/")
        counts.append(sum(1 for query in seen if not query["sql"].startswith("SET ")))
    assert counts[0] == counts[2]
