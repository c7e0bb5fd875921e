"""The sums in an order's step of products, as the page has them before and after it is sent."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from orders.families.offers import Offer, Totals
from orders.models import Order
from portal.accounts.models import Membership
from portal.catalog.models import Price
from quotes.services.drafts import change_settings, quote_settings
from quotes.services.progressing import progress_quote
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.markup import markup


@pytest.fixture
def client(jonas: Membership, sign_in: SignIn) -> HostClient:
    return sign_in(jonas)


def step(order: Order) -> str:
    return f"/orders/{order.pk}/products/"


def offers(answer: Any) -> dict[str, Offer]:
    return {offer.line.product.sku: offer for offer in answer.context["form"].offers()}


def posted(client: HostClient, order: Order, **quantities: str) -> Any:
    page: Any = client.get(step(order))
    data = {"form_token": str(page.context["form_token"]), "users-TOTAL_FORMS": "0"}
    data |= {"users-INITIAL_FORMS": "0"}
    for sku, quantity in quantities.items():
        data[f"q_{factories.product(sku.replace('_', '-')).pk}"] = quantity
    return client.post(step(order), data)


def test_the_sums_are_those_of_the_draft(
    client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    """USE-20: what is not chargeable is in the totals and takes no credit (D8)."""
    order = factories.make_draft(
        havsbris, by=jonas, at=NOW, quantities={"FLX-PRO": 3, "FLX-D30": 2, "FLX-GUIDE": 1}
    )
    page: Any = client.get(step(order))
    totals = page.context["totals"]
    assert (totals.one_off, totals.monthly) == (order.one_off, order.monthly)
    assert (totals.one_off, totals.exposure) == (Decimal("2690.00"), order.exposure)
    assert order.exposure == Decimal("2977.00")
    assert "free" in offers(page)["FLX-GUIDE"].data
    text = markup(page)
    assert '<span data-total="one_off">2,690.00</span>' in text
    assert 'data-sum="monthly">387.00</td>' in text
    assert 'data-sum="monthly"></td>' in text  # of what is not ordered
    assert 'data-totals="1,234.00"' in text


def test_a_refused_form_keeps_its_sums(
    client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    """USE-20, ACC-16: without scripts the page says what it would cost, and what is missing."""
    order = factories.make_draft(havsbris, by=jonas, at=NOW)
    answer = posted(client, order, FLX_PRO="400")
    assert answer.status_code == 200
    sentence = (
        "Credit limit exceeded: this order needs 51,600.00, available 40,000.00 of 40,000.00."
    )
    assert sentence in markup(answer)
    assert answer.context["exceeded"] == sentence.replace("51,600.00", "{need}")
    assert answer.context["totals"].monthly == Decimal("51600.00")
    missing = re.search(r'data-amount="missing" ?>([^<]*)<', markup(answer))
    assert missing is not None
    assert missing[1] == "11,600.00"


@pytest.mark.parametrize("quantity", ["x", "1.5", "-1", "1001", "9" * 5000])
def test_nothing_is_summed_of_what_cannot_be_ordered(
    quantity: str, client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    """USE-20."""
    order = factories.make_draft(havsbris, by=jonas, at=NOW)
    answer = posted(client, order, FLX_PRO=quantity, FLX_HOME="2")
    assert answer.status_code == 200
    assert answer.context["totals"] == Totals(None, None, Decimal("118.00"))
    assert offers(answer)["FLX-PRO"].monthly_in_words == "–"
    assert offers(answer)["FLX-HOME"].monthly_in_words == "118.00"


def test_an_order_from_a_quote_has_its_prices(
    client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    """USE-20, D17: up to the quantity that was quoted."""
    quote = factories.make_quote(
        havsbris, by=jonas, at=NOW, quantities={"FLX-PRO": 5}, discount="7.5"
    )
    change_settings(quote_settings(), may_skip_confirmation=True)
    (order,) = progress_quote(quote.pk, po_number="", address_checked=True, by=jonas, at=NOW)
    Price._default_manager.filter(product__sku="FLX-PRO").update(monthly=Decimal("999.00"))
    page: Any = client.get(step(order))
    offer = offers(page)["FLX-PRO"]
    assert (offer.data["monthly"], offer.data["high"]) == ("119.33", "5")
    assert page.context["totals"].monthly == order.monthly == Decimal("596.65")
    refused = posted(client, order, FLX_PRO="6")
    sentence = "Product FLX-PRO: the quote covers 5. Order more in an order of its own."
    assert offer.data["most"] == sentence
    assert sentence in markup(refused)
    assert refused.context["totals"].monthly is None


def test_sums_need_the_right_to_see_prices(
    client: HostClient, havsbris: Customer, jonas: Membership
) -> None:
    """D11, USE-20."""
    order = factories.make_draft(havsbris, by=jonas, at=NOW)
    role = jonas.role
    role.rights = [each for each in role.rights if each != "view_prices"]
    role.save()
    page = markup(client.get(step(order)))
    assert not [word for word in ("data-totals", "data-line", "data-total") if word in page]
    assert "129.00" not in page
