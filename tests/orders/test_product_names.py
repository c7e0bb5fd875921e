"""Products named in the reader's language on orders, quotes and services (USE-19)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from customers.models import Customer
from orders.models import Order, OrderLine, Service
from portal.accounts.models import Membership, User
from portal.catalog.models import Product
from portal.tenancy.models import Partner
from quotes.models import Quote, QuoteLine
from tests import factories
from tests.conftest import NOW, SignIn


@pytest.fixture
def product(db: None) -> Product:
    found: Product = factories.product("FLX-PRO")
    Product.objects.filter(pk=found.pk).update(name_de="Platz Pro", name_sv="Plats Pro")
    return Product.objects.get(pk=found.pk)


@pytest.mark.parametrize("model", [OrderLine, Service, QuoteLine])
def test_the_name_is_the_readers_unless_it_was_changed_since(
    model: Any, product: Product, nordlys: Partner
) -> None:
    """USE-19."""
    line = model(product=product, product_name=product.name)
    for language, name in (("en", product.name), ("de", "Platz Pro"), ("sv", "Plats Pro")):
        with override(language):
            assert line.title == name
    written_in_german = model(product=product, product_name="Platz Pro")
    with override("sv"):
        assert written_in_german.title == "Plats Pro"
    product.name, product.name_de = "Seat Premium", "Platz Premium"
    with override("de"):
        assert line.title == "Product FLX-PRO"


def test_a_german_reader_of_an_english_order(
    product: Product, havsbris: Customer, jonas: Membership, sign_in: SignIn
) -> None:
    """USE-19: on the order's page, the quote's and the customer's."""
    with override("en"):
        order: Order = factories.make_order(havsbris, by=jonas, at=NOW, family="flex")
        quote: Quote = factories.make_quote(havsbris, by=jonas, at=NOW)
    User.objects.filter(pk=jonas.user_id).update(language="de")
    jonas.user.refresh_from_db()
    client = sign_in(jonas)
    for address in (f"/orders/{order.pk}/", f"/quotes/{quote.pk}/"):
        page = client.get(address).content.decode()
        assert "Platz Pro" in page, address
        assert "Product FLX-PRO" not in page, address
