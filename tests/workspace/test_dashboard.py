"""The dashboard says what holds for its reader: their rights, and a partner that has just begun."""

from __future__ import annotations

import re

from customers.models import Customer
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_rights import with_rights


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_who_may_not_order_is_not_told_to(
    mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-21: neither on the page nor in the chip of the top bar."""
    page = sign_in(mikael).get("/").content.decode()
    assert "Find a customer above." in page
    assert not re.search(r"start an order|Orders will ask|New order|order for it", page)


def test_a_new_partner_is_led_to_its_first_customer(anna: Membership, sign_in: SignIn) -> None:
    """USE-21: one filled button, and nothing is said to have arrived where nothing was sent."""
    page = main_of(sign_in(anna).get("/").content.decode())
    assert "No customers yet" in page and 'href="/customers/import/"' in page
    (filled,) = re.findall(r'class="btn btn-primary" href="([^"]*)"', page)
    assert filled == "/customers/new/"
    assert "Nothing was sent yet." in page and "No e-mail failed." not in page
    assert "Recent changes" not in page


def test_a_partner_with_a_customer_is_led_to_its_first_order(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-21: with the order it is the ordinary page."""
    client = sign_in(anna)
    page = main_of(client.get("/").content.decode())
    assert "No orders yet" in page and page.count('href="/orders/new/"') == 2
    factories.make_order(havsbris, by=anna, at=NOW)
    page = main_of(client.get("/").content.decode())
    assert "No orders yet" not in page and "Recent changes" in page
    assert "No e-mail failed." in page


def test_who_may_not_create_is_offered_no_button(
    mikael: Membership, own: Customer, sign_in: SignIn
) -> None:
    """USE-21, ANS-02."""
    page = main_of(
        sign_in(with_rights(mikael, "view_customer", "view_order")).get("/").content.decode()
    )
    assert "No orders yet" in page
    assert "/customers/new/" not in page and "/orders/new/" not in page
