"""Rules of the customer's account that no other test covers (ACC-01, ACC-02, ACC-18, ACC-21).

Others complete a rule that is shown elsewhere, by its counter-example.
"""

from __future__ import annotations

from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from customers.models import Customer, PartnerSettings
from customers.services import (
    change_customer,
    create_customer,
    deactivate_customer,
    delete_customer,
    partner_settings,
)
from orders.credit import CreditExceeded
from orders.models import Order, Service
from orders.services.checks import NotForResidential
from orders.services.customer_changes import change_customer_type, change_rate_plan
from orders.services.drafts import build_lines, start_draft
from orders.services.fulfilment import accept_order, complete_order, provision_order
from orders.services.placing import submit_order
from orders.services.recreating import cancel_order
from orders.services.service_lines import save_service_lines
from portal.accounts.models import Membership
from portal.catalog.models import Price, Product, RatePlan
from portal.channel.models import DirectoryEntry
from portal.core.errors import RuleError
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_views import data

BELONGING = ("orders.Order", "orders.OrderLine", "orders.Service", "customers.Site")


def running_seats(customer: Customer, by: Membership) -> Service:
    """Make two seats that are delivered."""
    order = factories.make_order(customer, by=by, at=NOW)
    accept_order(order.pk, at=NOW)
    provision_order(order.pk, at=NOW)
    complete_order(order.pk, delivered_on=NOW.date(), vendor_reference="", deliveries={}, at=NOW)
    customer.refresh_from_db()
    return Service.objects.get(customer=customer)


@pytest.mark.parametrize("model", BELONGING)
def test_nothing_is_without_a_customer(model: str) -> None:
    """ACC-01: the column refuses NULL."""
    field = apps.get_model(model)._meta.get_field("customer")
    assert not field.null and field.related_model is Customer


def test_an_order_needs_a_saved_customer(havsbris: Customer, anna: Membership) -> None:
    """ACC-01: an order is made for a saved customer only."""
    order = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    with pytest.raises((ValueError, IntegrityError)), transaction.atomic():
        start_draft(customer=Customer(name="Nobody AB"), family="flex", by=anna, at=NOW)
        connection.check_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(customer=None)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("UPDATE customers_site SET customer_id = %s", [uuid4()])
        site = factories.make_site(havsbris)
        cursor.execute(
            "UPDATE customers_site SET customer_id = %s WHERE id = %s", [uuid4(), site.pk]
        )
    assert list(Order.objects.all()) == [order]


def test_customer_sits_below_one_partner(
    nordlys: Partner, brueckner: Partner, havsbris: Customer, lena: Membership, sign_in: SignIn
) -> None:
    """ACC-02: a customer is in its partner's schema, below no other customer.

    The other partner has neither the row nor the page.
    """
    assert havsbris.partner_id == nordlys.pk
    assert Customer.objects.filter(name=havsbris.name).exists()
    with in_partner(brueckner):
        assert not Customer.objects.filter(name=havsbris.name).exists()
    assert sign_in(lena).get(f"/customers/{havsbris.pk}/").status_code == 404
    pointed_at = {field.related_model for field in Customer._meta.concrete_fields}
    assert Customer not in pointed_at


def test_form_explains_the_limit_and_has_an_address(anna: Membership, sign_in: SignIn) -> None:
    """ACC-18, ACC-21: there is a help text without a formula; the address may stay empty."""
    client = sign_in(anna)
    page = unescape(client.get("/customers/new/").content.decode())
    assert "Depends on the customer's size and on what is added." in page
    for name in ("street", "postal_code", "city", "region", "country"):
        assert f'name="{name}"' in page
    assert client.post("/customers/new/", data()).status_code == 302
    made = Customer.objects.get(name="Acme AB")
    assert not made.has_address
    refused = client.post("/customers/new/", data(name="B AB", number="20001", country="XX"))
    assert refused.status_code == 200 and 'id="id_country_error"' in refused.content.decode()


def test_customer_with_orders_stays_and_keeps_its_name(
    havsbris: Customer, bjorkvik: Customer, anna: Membership
) -> None:
    """ACC-01, ACC-11, REG-16: with an order the deletion is refused and deletes nothing.

    Without orders it frees the name.
    """
    order = factories.make_order(havsbris, by=anna, at=NOW)
    with pytest.raises(RuleError, match="Deactivate it instead"):
        delete_customer(havsbris, at=NOW)
    assert Order.objects.get() == order and Order.objects.get().customer == havsbris
    entries = DirectoryEntry.objects.across_partners()
    assert entries.filter(customer_id=havsbris.pk).exists()
    delete_customer(bjorkvik, at=NOW)
    assert not entries.filter(customer_id=bjorkvik.pk).exists()


def test_customer_with_an_empty_draft_stays(havsbris: Customer, anna: Membership) -> None:
    """ACC-01: a draft without products refuses the deletion; without the draft it is possible."""
    order = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    with pytest.raises(RuleError):
        delete_customer(havsbris, at=NOW)
    assert Order.objects.get() == order
    order.delete()
    delete_customer(havsbris, at=NOW)
    assert not Customer.objects.filter(pk=havsbris.pk).exists()


def test_customer_with_a_quote_alone_stays(havsbris: Customer, anna: Membership) -> None:
    """ACC-01: a quote refuses the deletion as an order does."""
    factories.make_quote(havsbris, by=anna, at=NOW)
    with pytest.raises(RuleError):
        delete_customer(havsbris, at=NOW)
    assert Customer.objects.filter(pk=havsbris.pk).exists()


def test_normal_customer_gets_every_product(havsbris: Customer) -> None:
    """ACC-06, ACC-07: the type excludes no product; a residential customer gets two."""
    eva = factories.make_customer("Eva Havström", "10113", at=NOW, type="residential")
    open_to: dict[str, list[str]] = {"normal": [], "residential": []}
    for product in Product.objects.filter(orderable=True):
        for customer in (havsbris, eva):
            try:
                build_lines(customer, product.family_id, {product.pk: 1}, at=NOW, currency="SEK")
            except NotForResidential:
                continue
            open_to[customer.type].append(product.sku)
    assert len(open_to["normal"]) == Product.objects.filter(orderable=True).count()
    assert sorted(open_to["residential"]) == ["FLX-HOME", "MTG-HOST"]


def test_non_chargeable_lines_pass_over_the_limit(havsbris: Customer, anna: Membership) -> None:
    """ACC-16, ACC-17: they pass even when more is in use than the limit."""
    factories.make_order(havsbris, by=anna, at=NOW)
    havsbris.refresh_from_db()
    change_customer(havsbris, at=NOW, by=anna, version=havsbris.version, credit_limit=Decimal(1))
    order = factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-GUIDE": 1})
    assert order.state == "submitted"
    with pytest.raises(CreditExceeded):
        factories.make_draft(havsbris, by=anna, at=NOW, quantities={"FLX-HOME": 1})


def test_nobody_works_for_an_inactive_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ACC-03, REG-16: a crafted switch is refused with the reason; an active one works."""
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(bjorkvik.pk)})
    deactivate_customer(havsbris, at=NOW)
    page = client.post("/switch/", {"customer": str(havsbris.pk)}, follow=True).content.decode()
    assert "&quot;Havsbris Konsult AB&quot; is inactive and cannot be ordered for." in page
    assert "You are working for Havsbris" not in page
    assert client.session["active_customer"] == str(bjorkvik.pk)


def test_ended_products_do_not_prevent_the_change_to_residential(
    havsbris: Customer, anna: Membership
) -> None:
    """ACC-08: only running services count."""
    service = running_seats(havsbris, anna)
    with pytest.raises(RuleError):
        change_customer_type(havsbris, "residential", at=NOW)
    Service.objects.filter(pk=service.pk).update(ended_on=NOW.date())
    change_customer_type(havsbris, "residential", at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.is_residential


def test_same_billing_address_for_two_customers(anna: Membership, sign_in: SignIn) -> None:
    """ACC-19, ACC-20: two customers may share an address of any domain.

    An invalid one is refused on a change, too.
    """
    client = sign_in(anna)
    shared = "ekonomi@nordlys.example"
    for number, name in enumerate(("Ett AB", "Två AB")):
        posted = data(name=name, number=f"2000{number}", billing_email=shared)
        assert client.post("/customers/new/", posted).status_code == 302
    assert Customer.objects.filter(billing_email=shared).count() == 2
    first = Customer.objects.get(name="Ett AB")
    refused = client.post(
        f"/customers/{first.pk}/edit/",
        data(name="Ett AB", number="20000", billing_email="", version="1"),
    )
    assert "Enter a billing e-mail address." in refused.content.decode()


def test_running_services_take_the_new_plans_price(havsbris: Customer, anna: Membership) -> None:
    """ACC-14: the service gets the new price; a plan without one is refused as a whole."""
    service = running_seats(havsbris, anna)
    plan = RatePlan._default_manager.get(name="Business 25")
    change_rate_plan(havsbris, plan, by=anna, at=NOW)
    service.refresh_from_db()
    havsbris.refresh_from_db()
    assert service.monthly == Decimal("116.10")
    assert havsbris.credit_committed == service.exposure
    master = RatePlan._default_manager.get(name="Master")
    Price._default_manager.filter(rate_plan=master, product=service.product).delete()
    with pytest.raises(RuleError, match="Master has no price for: Product FLX-PRO"):
        change_rate_plan(havsbris, master, by=anna, at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.rate_plan == plan


def test_plan_page_needs_the_right(
    jonas: Membership, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-14: sales get 403, for POST too; an administrator gets the page."""
    url = f"/customers/{havsbris.pk}/plan/"
    plan = RatePlan._default_manager.get(name="Business 25")
    client = sign_in(jonas)
    assert client.get(url).status_code == 403
    assert client.post(url, {"rate_plan": plan.pk, "confirmed": plan.pk}).status_code == 403
    havsbris.refresh_from_db()
    assert havsbris.rate_plan.name == "Standard"
    assert sign_in(anna).get(url).status_code == 200


def test_sales_raise_no_limit_above_theirs(jonas: Membership, anna: Membership) -> None:
    """D23, ACC-17: this holds for existing customers too; an administrator may raise it.

    A limit given by an administrator stays when sales change something else.
    """
    partner_settings()
    PartnerSettings.objects.update(sales_credit_limit=Decimal(500))
    customer = create_customer(
        at=NOW,
        by=jonas,
        name="Acme",
        number="20001",
        billing_email="a@b.example",
        credit_limit=Decimal(100),
    )
    with pytest.raises(RuleError) as refusal:
        change_customer(customer, at=NOW, by=jonas, version=1, credit_limit=Decimal("500.01"))
    assert refusal.value.field == "credit_limit"
    customer = change_customer(customer, at=NOW, by=jonas, version=1, credit_limit=Decimal(500))
    customer = change_customer(customer, at=NOW, by=anna, version=2, credit_limit=Decimal(9000))
    customer = change_customer(
        customer, at=NOW, by=jonas, version=3, credit_limit=Decimal(9000), city="Falun"
    )
    assert (customer.city, customer.credit_limit) == ("Falun", Decimal(9000))


def test_sales_set_no_limit_that_they_could_not_set_back(
    jonas: Membership, anna: Membership, havsbris: Customer
) -> None:
    """ORD-65, D23: neither one that an administrator gave, nor below what is in use."""
    partner_settings()
    PartnerSettings.objects.update(sales_credit_limit=Decimal(1000))
    factories.make_order(havsbris, by=anna, at=NOW)
    havsbris.refresh_from_db()
    assert havsbris.credit_limit > 1000 and havsbris.credit_committed == Decimal("258.00")

    def change(limit: str, by: Membership) -> str:
        havsbris.refresh_from_db()
        try:
            change_customer(
                havsbris, at=NOW, by=by, version=havsbris.version, credit_limit=Decimal(limit)
            )
        except RuleError as refusal:
            assert refusal.field == "credit_limit"
            return str(refusal)
        return ""

    given = "An administrator gave this limit, which is above your 1,000.00. Ask them."
    assert (change("900", jonas), change("50000", jonas)) == (given, given)
    assert change("900", anna) == ""
    used = "258.00 of the credit is in use. Ask an administrator for a limit below that."
    assert change("257.99", jonas) == used
    assert (change("258", jonas), change("900", jonas), change("10", anna)) == ("", "", "")
    havsbris.refresh_from_db()
    assert havsbris.credit_limit == Decimal(10)


def test_open_orders_prevent_the_change_to_residential(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ORD-64: what is ordered counts like what runs; a draft is caught when it is placed."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    url = f"/customers/{havsbris.pk}/type/"
    page = sign_in(anna).post(url, {"type": "residential"})
    assert page.status_code == 200
    assert (
        "1 ordered product is not available to residential customers: "
        f"Product FLX-PRO ({order.number}). Cancel the order first."
    ) in page.content.decode()
    cancel_order(order.pk, reason="other", text="", at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    change_customer_type(havsbris, "residential", at=NOW)
    with pytest.raises(RuleError, match="FLX-PRO is not available to residential customers"):
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)


def test_a_residential_customer_gets_no_more_of_a_closed_product(
    havsbris: Customer, anna: Membership
) -> None:
    """ORD-64: what it has from before can be lowered and ended, not raised."""
    service = running_seats(havsbris, anna)
    Customer.objects.filter(pk=havsbris.pk).update(type="residential")

    def ask(total: int) -> Order:
        draft = start_draft(
            customer=havsbris, family="flex", by=anna, at=NOW, own_confirmed=True, kind="change"
        )
        wanted = {service.pk: total}
        return save_service_lines(draft.pk, version=draft.version, totals=wanted, at=NOW)

    with pytest.raises(RuleError, match="FLX-PRO is not available to residential customers"):
        ask(service.quantity + 1)
    lowered = ask(service.quantity - 1)
    Service.objects.filter(pk=service.pk).update(quantity=service.quantity - 2)
    with pytest.raises(RuleError, match="FLX-PRO is not available to residential customers"):
        submit_order(lowered.pk, version=lowered.version, by=anna, at=NOW)


def test_lowering_below_what_is_in_use_warns(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-17: it is saved with a warning; without credit in use there is none."""
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/edit/"
    posted = data(name=havsbris.name, number="10042", version="1")
    words = "new chargeable products are refused"
    calm = client.post(url, {**posted, "credit_limit": "300.00"}, follow=True).content.decode()
    assert words not in calm
    factories.make_order(havsbris, by=anna, at=NOW)
    havsbris.refresh_from_db()
    answer = client.post(
        url, {**posted, "version": havsbris.version, "credit_limit": "10.00"}, follow=True
    )
    assert words in answer.content.decode()
    havsbris.refresh_from_db()
    assert havsbris.credit_limit == Decimal("10.00")
