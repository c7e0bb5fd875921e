"""The wizard in HTTP: what is prefilled, asked, refused and kept (ORD-01 to ORD-29)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from customers.models import Customer
from customers.services import deactivate_customer
from orders.models import Order
from orders.services.moving import move_draft
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn

FAMILIES = Family.values


def start_url(family: str) -> str:
    return f"/orders/new/{family}/"


def switch(client: HostClient, customer: Customer) -> None:
    client.post("/switch/", {"customer": str(customer.pk)})


def field(html: str, name: str) -> str:
    """Return the value of a hidden or text field on the page."""
    found = re.findall(rf'<input[^>]*name="{name}"[^>]*>', html[html.index("<main") :])
    assert found, name
    value = re.search(r'value="([^"]*)"', found[0])
    return value.group(1) if value else ""


def form_token_of(client: HostClient, url: str) -> str:
    return field(client.get(url).content.decode(), "form_token")


def product_data(family: str) -> dict[str, Any]:
    """Return the smallest valid step 2 of each family."""
    pro, ten, host = (factories.product(sku) for sku in ("FLX-PRO", "TRK-10", "MTG-HOST"))
    users = {"users-TOTAL_FORMS": "0", "users-INITIAL_FORMS": "0"}
    return {
        "flex": {f"q_{pro.pk}": "2", **users},
        "trunk": {
            f"q_{ten.pk}": "1",
            "emergency_street": "Norra Kungsgatan 14",
            "emergency_postal_code": "803 20",
            "emergency_city": "Gävle",
        },
        "meeting": {f"q_{host.pk}": "1", "hosts": "annika.sandell@havsbris.example"},
    }[family]


def to_review(client: HostClient, family: str, customer: Customer) -> str:
    """Post steps 1 and 2; return the address of step 3."""
    answer = client.post(start_url(family), {"customer": str(customer.pk)})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    products = answer["Location"]
    data = {**product_data(family), "form_token": form_token_of(client, products)}
    answer = client.post(products, data)
    assert answer.status_code == 302, re.findall(
        r"k-error.*?</p>|<li>.*?</li>", answer.content.decode(), re.S
    )
    return str(answer["Location"])


def details(client: HostClient, review: str) -> dict[str, str]:
    return {
        "form_token": form_token_of(client, review),
        "reference": "Office move",
        "po_number": "HB-1",
        "start_date": "2027-03-01",
    }


def order_of(url: str) -> Order:
    found = re.search(r"/orders/([0-9a-f-]{36})/", url)
    assert found is not None
    return Order.objects.get(pk=found.group(1))


@pytest.mark.parametrize("family", FAMILIES)
def test_step_one_without_customer_is_an_error_at_the_field(
    family: str, anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """ORD-01, ORD-02: 200, no row."""
    answer = sign_in(anna).post(start_url(family), {"customer": ""})
    assert answer.status_code == 200
    assert "Choose the customer this order is for." in answer.content.decode()
    assert Order.objects.count() == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_order_is_placed_for_the_posted_customer(
    family: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-02, ORD-27, SAFE-03: the whole wizard for every family; its fields are kept."""
    client = sign_in(anna)
    review = to_review(client, family, havsbris)
    page = client.get(review).content.decode()
    assert "Place order for Havsbris Konsult AB, 10042" in page
    answer = client.post(review, details(client, review))
    assert answer.status_code == 302
    order = order_of(review)
    assert (order.state, order.customer, order.family) == ("submitted", havsbris, family)
    assert (order.reference, order.po_number) == ("Office move", "HB-1")
    assert order.start_date is not None and order.start_date.isoformat() == "2027-03-01"


def chosen_contact(client: HostClient, review: str) -> str:
    page = client.get(review).content.decode()
    select = re.search(r'<select name="contact".*?</select>', page, re.S)
    assert select is not None
    return " ".join(re.findall(r'value="([^"]*)" selected', select.group()))


def test_the_contact_for_order_confirmations_is_suggested_until_one_is_chosen(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-27: however often step 2 was saved; "Only to us" stays chosen; and in a moved draft."""
    client = sign_in(anna)
    contact = factories.make_contact(havsbris, at=NOW)
    review = to_review(client, "flex", havsbris)
    products = review.replace("review", "products")
    for quantity in ("3", "4", "5"):
        pro = factories.product("FLX-PRO")
        users = {"users-TOTAL_FORMS": "0", "users-INITIAL_FORMS": "0"}
        token = {"form_token": form_token_of(client, products)}
        assert client.post(products, {f"q_{pro.pk}": quantity, **users, **token})
    assert chosen_contact(client, review) == str(contact.pk)
    saved = client.post(review, {**details(client, review), "contact": "", "then": "draft"})
    assert saved.status_code == 302
    assert chosen_contact(client, review) == ""

    theirs = factories.make_contact(bjorkvik, at=NOW)
    order = order_of(review)
    moved, _dropped = move_draft(order.pk, bjorkvik, version=order.version, by=anna, at=NOW)
    assert chosen_contact(client, f"/orders/{moved.pk}/review/") == str(theirs.pk)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("step", ["products", "review"])
def test_later_step_without_a_draft_leads_to_step_one(
    family: str, step: str, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-03."""
    answer = sign_in(anna).get(f"/orders/new/{family}/{step}/")
    assert (answer.status_code, answer["Location"]) == (302, start_url(family))


def test_review_without_products_leads_to_products(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-03: steps in order."""
    client = sign_in(anna)
    products = client.post(start_url("flex"), {"customer": str(havsbris.pk)})["Location"]
    review = products.replace("products", "review")
    assert client.get(review)["Location"] == products


@pytest.mark.parametrize("family", FAMILIES)
def test_active_customer_is_in_chip_and_field(
    family: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-01, ORD-04, ORD-21."""
    client = sign_in(anna)
    switch(client, havsbris)
    page = client.get(start_url(family)).content.decode()
    assert field(page, "customer") == str(havsbris.pk)
    chip = page[page.index("k-chip-name") : page.index("k-chip-name") + 300]
    assert "Havsbris Konsult AB" in chip and "10042" in chip


@pytest.mark.parametrize("family", ["meeting", "flex"])
def test_without_active_customer_the_own_company_needs_its_tick(
    family: str, anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """ORD-05, D1."""
    client = sign_in(anna)
    page = client.get(start_url(family)).content.decode()
    assert field(page, "customer") == str(own.pk)
    assert "your own company" in page
    answer = client.post(start_url(family), {"customer": str(own.pk)})
    assert answer.status_code == 200
    assert (
        "You are ordering for your own company. Confirm this, or choose a customer."
        in answer.content.decode()
    )
    assert Order.objects.count() == 0
    answer = client.post(start_url(family), {"customer": str(own.pk), "own": "on"})
    assert answer.status_code == 302
    assert Order.objects.get().customer == own


def test_one_page_asks_for_customer_and_family(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, own: Customer, sign_in: SignIn
) -> None:
    """ORD-34, ORD-01, ORD-05, ORD-21, ORD-26, D25: by the rules of step 1, then step 2."""
    client = sign_in(anna)
    url = "/orders/new/"
    page = client.get(url).content.decode()
    assert field(page, "customer") == str(own.pk)
    assert " autofocus" in page
    for data, refusal in (
        ({"customer": "", "family": "flex"}, "Choose the customer this order is for."),
        ({"customer": str(own.pk), "family": "flex"}, "You are ordering for your own company."),
        ({"customer": str(havsbris.pk), "family": "pigeon"}, "Choose what to order."),
        ({"customer": str(havsbris.pk)}, "Choose what to order."),
        ({"customer": str(bjorkvik.pk), "family": "trunk"}, "is not registered with Channel"),
        ({"customer": str(own.pk), "customer_search": "hav", "family": "flex"}, "You typed"),
    ):
        answer = client.post(url, data)
        assert answer.status_code == 200
        assert refusal in answer.content.decode(), data
        assert Order.objects.count() == 0
    switch(client, bjorkvik)
    page = client.get(url).content.decode()
    assert field(page, "customer") == str(bjorkvik.pk)
    assert " autofocus" not in page[page.index("<main") :]
    data = {"customer": str(havsbris.pk), "family": "flex"}
    asked = client.post(url, data).content.decode()
    assert 'You are working on "Björkvik Bygg AB"' in asked
    assert field(asked, "family") == "flex"
    data["agreed"] = field(asked, "agreed")
    answer = client.post(url, data)
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.pk}/products/"
    assert (order.customer, order.family) == (havsbris, "flex")


def test_trunk_offers_no_inline_creation_and_refuses_a_crafted_one(
    anna: Membership, sign_in: SignIn
) -> None:
    """ORD-13."""
    client = sign_in(anna)
    assert "/orders/new/trunk/customer/" not in client.get(start_url("trunk")).content.decode()
    for answer in (
        client.get("/orders/new/trunk/customer/"),
        client.post("/orders/new/trunk/customer/", {"name": "Acme", "number": "20000"}),
    ):
        assert answer.status_code == 403
        assert (
            "SIP trunk customers are created by Channel Sales. Register the customer first."
            in answer.content.decode()
        )
    assert not Customer.objects.filter(name="Acme").exists()


@pytest.mark.parametrize("family", ["meeting", "flex"])
def test_customer_is_created_from_within_the_order(
    family: str, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-16: the new customer is selected afterwards."""
    client = sign_in(anna)
    url = f"/orders/new/{family}/customer/"
    assert url in client.get(start_url(family)).content.decode()
    data = {
        "type": "normal",
        "name": "Acme AB",
        "number": "20000",
        "language": "sv",
        "country": "SE",
        "rate_plan": field_choice(client.get(url).content.decode(), "rate_plan"),
        "credit_limit": "1000",
        "billing_email": "acme@acme.example",
    }
    answer = client.post(url, data)
    acme = Customer.objects.get(name="Acme AB")
    assert answer["Location"] == f"{start_url(family)}?customer={acme.pk}"
    assert field(client.get(answer["Location"]).content.decode(), "customer") == str(acme.pk)


def field_choice(html: str, name: str) -> str:
    """Return the chosen option of a select."""
    select = re.search(rf'<select name="{name}".*?</select>', html, re.S)
    assert select is not None
    chosen = re.search(r'value="([^"]*)" selected', select.group())
    return chosen.group(1) if chosen else re.findall(r'value="([^"]+)"', select.group())[0]


def test_crafted_trunk_order_for_an_uncleared_customer(
    anna: Membership, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-14."""
    answer = sign_in(anna).post(start_url("trunk"), {"customer": str(bjorkvik.pk)})
    assert answer.status_code == 200
    assert (
        "&quot;Björkvik Bygg AB&quot; is not registered with Channel Sales for SIP trunk."
        in answer.content.decode()
    )
    assert Order.objects.count() == 0


def test_inactive_customer_by_crafted_post(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-16."""
    deactivate_customer(havsbris, at=NOW)
    answer = sign_in(anna).post(start_url("flex"), {"customer": str(havsbris.pk)})
    assert (
        "&quot;Havsbris Konsult AB&quot; is inactive and cannot be ordered for."
        in answer.content.decode()
    )
    assert Order.objects.count() == 0


def test_step_one_asks_when_the_form_is_for_another_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-26, D2: the posted form decides, after a question."""
    client = sign_in(anna)
    switch(client, bjorkvik)
    answer = client.post(start_url("flex"), {"customer": str(havsbris.pk)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert (
        'You are working on "Björkvik Bygg AB" but this form is for '
        '"Havsbris Konsult AB". Order for "Havsbris Konsult AB"?' in page
    )
    assert Order.objects.count() == 0
    data = {"customer": str(havsbris.pk), "agreed": field(page, "agreed")}
    assert client.post(start_url("flex"), data).status_code == 302
    assert Order.objects.get().customer == havsbris


def test_submit_asks_before_anything_is_written(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-26, D2: the draft's customer differs from the active one."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    switch(client, bjorkvik)
    data = details(client, review)
    page = client.post(review, data).content.decode()
    order = order_of(review)
    assert 'You are working on "Björkvik Bygg AB"' in page
    assert (order.state, order.reference) == ("draft", "")
    answer = client.post(review, {**data, "agreed": field(page, "agreed")})
    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.state, order.customer, order.reference) == (
        "submitted",
        havsbris,
        "Office move",
    )


def test_agreement_for_one_pair_does_not_serve_another(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, own: Customer, sign_in: SignIn
) -> None:
    """ORD-26: a replayed confirmation of another question is asked again."""
    client = sign_in(anna)
    switch(client, bjorkvik)
    page = client.post(start_url("flex"), {"customer": str(havsbris.pk)}).content.decode()
    data = {"customer": str(own.pk), "own": "on", "agreed": field(page, "agreed")}
    answer = client.post(start_url("flex"), data)
    assert answer.status_code == 200
    assert Order.objects.count() == 0


def test_both_routes_make_the_same_order(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-23: by the global search and by the field, with no active customer (ORD-22)."""
    made = []
    for route in ("search", "field"):
        client = sign_in(anna)
        if route == "search":
            switch(client, havsbris)
        review = to_review(client, "flex", havsbris)
        client.post(review, details(client, review))
        made.append(order_of(review))
    free = {
        "id",
        "number",
        "find_key",
        "created_at",
        "changed_at",
        "submitted_at",
        "_state",
        "_customer_cache",
    }
    a, b = ({k: v for k, v in vars(order).items() if k not in free} for order in made)
    assert a == b
    lines = [
        list(order.lines.values_list("product_name", "quantity", "one_off", "monthly"))
        for order in made
    ]
    assert lines[0] == lines[1]


def test_forged_and_foreign_tokens_are_refused(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """SAFE-01: order, customer and version are signed into every form."""
    client = sign_in(anna)
    mine = to_review(client, "flex", havsbris)
    other = to_review(client, "flex", bjorkvik)
    for form_token in ("", "forged", form_token_of(client, other)):
        answer = client.post(mine, {**details(client, mine), "form_token": form_token})
        assert answer.status_code == 409
    assert order_of(mine).state == "draft"


def test_stale_form_is_409_and_keeps_what_was_typed(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D22."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    old = details(client, review)
    client.post(review, {**old, "then": "draft"})
    answer = client.post(review, {**old, "reference": "Typed in the old tab"})
    assert answer.status_code == 409
    assert "Typed in the old tab" in answer.content.decode()
    assert order_of(review).state == "draft"


def test_placed_order_again_leads_to_its_page(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """SAFE-05: the same POST later, the back button."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    data = details(client, review)
    pages = {client.post(review, data)["Location"] for _i in range(3)}
    assert pages == {review.replace("review/", "")}
    assert Order.objects.filter(state="submitted").count() == 1


def test_start_date_before_the_lead_time_is_refused(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """Bad input: an error at the field, and the input is kept."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    answer = client.post(review, {**details(client, review), "start_date": "2020-01-01"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The earliest start date is" in page
    assert 'value="2020-01-01"' in page


def test_credit_is_refused_early_when_products_are_saved(
    anna: Membership, nordlys: Partner, sign_in: SignIn
) -> None:
    """ACC-16, D8: on the page, with amounts."""
    poor = factories.make_customer("Poor AB", "10999", at=NOW, credit_limit="100.00")
    client = sign_in(anna)
    products = client.post(start_url("flex"), {"customer": str(poor.pk)})["Location"]
    data = {**product_data("flex"), "form_token": form_token_of(client, products)}
    answer = client.post(products, data)
    assert answer.status_code == 200
    assert (
        "Credit limit exceeded: this order needs 258.00, available 100.00 of 100.00."
        in answer.content.decode()
    )


def test_crafted_products_are_refused_with_a_message(
    anna: Membership, nordlys: Partner, sign_in: SignIn
) -> None:
    """ACC-07, ORD-28: not offered, and refused when posted."""
    eva = factories.make_customer("Eva Havström", "10113", at=NOW, type="residential")
    client = sign_in(anna)
    products = client.post(start_url("flex"), {"customer": str(eva.pk)})["Location"]
    page = client.get(products).content.decode()
    assert "Product FLX-HOME" in page
    assert "Product FLX-PRO" not in page and "Product FLX-OLD" not in page
    pro, old = factories.product("FLX-PRO"), factories.product("FLX-OLD")
    data = {
        f"q_{pro.pk}": "1",
        f"q_{old.pk}": "1",
        "users-TOTAL_FORMS": "0",
        "users-INITIAL_FORMS": "0",
        "form_token": form_token_of(client, products),
    }
    answer = client.post(products, data).content.decode()
    assert "Product FLX-PRO is not available to residential customers." in answer
    assert "Product FLX-OLD cannot be ordered." in answer


def test_find_without_scripts_answers_with_radio_buttons(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-22, USE-03: no error, no row."""
    answer = sign_in(anna).post(
        start_url("flex"), {"customer": "", "customer_search": "havs", "find": "1"}
    )
    page = answer.content.decode()
    assert f'type="radio" name="customer" value="{havsbris.pk}"' in page
    assert "Choose the customer this order is for." not in page


def test_invisible_customer_is_as_unknown_as_a_random_one(
    jonas: Membership, havsbris: Customer, lena: Membership, sign_in: SignIn
) -> None:
    """The refusal does not reveal that somebody has such a customer."""
    lena.user.language = "en"
    lena.user.save()
    client = sign_in(lena, "brueckner.localhost")
    answers = [
        client.post(start_url("flex"), {"customer": str(key)}).content.decode()
        for key in (havsbris.pk, uuid4())
    ]
    for page in answers:
        assert "Choose the customer this order is for." in page


def test_lists_of_prices_need_the_right(
    nordlys: Partner, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D11: view_prices."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    role = anna.role
    client = sign_in(anna)
    assert "258.00" in client.get(f"/orders/{order.pk}/").content.decode()
    role.rights = [right for right in role.rights if right != "view_prices"]
    role.save()
    for url in (f"/orders/{order.pk}/", "/orders/"):
        assert "258.00" not in client.get(url).content.decode()
