"""The dashboard says what holds for its reader: their rights, and a partner that has just begun."""

from __future__ import annotations

import re

from customers.models import Customer, PartnerSettings
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_rights import with_rights


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def steps(page: str) -> list[tuple[str, bool]]:
    """Return the first steps, and whether each is done."""
    if "t-steps" not in page:
        return []
    listed = page[page.index('id="t-steps"') :]
    rows = listed[: listed.index("</ol>")].split("<li")[1:]
    return [(re.findall(r'k-strong">([^<]*)<', row)[0], "is-done" in row) for row in rows]


def test_who_may_not_order_is_not_told_to(
    mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-21: neither on the page nor in the chip of the top bar."""
    page = sign_in(mikael).get("/").content.decode()
    assert "Find a customer above." in page
    assert not re.search(r"start an order|Orders will ask|New order|order for it", page)


def test_a_new_partner_is_led_to_its_first_customer(anna: Membership, sign_in: SignIn) -> None:
    """USE-21: one filled button, and nothing is said of what never was: mail, reports, figures."""
    page = main_of(sign_in(anna).get("/").content.decode())
    assert [title for title, _done in steps(page)] == [
        "Set how customer numbers look",
        "Invite a colleague",
        "Create your first customer",
        "Place your first order",
    ]
    assert 'href="/customers/import/"' in page
    (filled,) = re.findall(r'class="btn btn-primary" href="([^"]*)"', page)
    assert filled == "/customers/new/"
    assert not re.search(r"Waiting for you|arrived|works|No e-mail|Recent changes|waiting", page)


def test_a_partner_with_a_customer_is_led_to_its_first_order(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-21: with the order it is the ordinary page, whatever becomes of the order."""
    client = sign_in(anna)
    page = main_of(client.get("/").content.decode())
    assert ("Create your first customer", True) in steps(page)
    (filled,) = re.findall(r'class="btn btn-primary" href="([^"]*)"', page)
    assert filled == "/orders/new/"
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    page = main_of(client.get("/").content.decode())
    assert ("Place your first order", False) in steps(page) and draft.number in page
    factories.make_order(havsbris, by=anna, at=NOW)
    page = main_of(client.get("/").content.decode())
    assert steps(page) == [] and "Recent changes" in page
    assert "Orders placed per week" in page


def test_each_step_ticks_itself_off(anna: Membership, jonas: Membership, sign_in: SignIn) -> None:
    """USE-21: colleagues of the fixtures are there already."""
    client = sign_in(anna)
    assert [done for _title, done in steps(main_of(client.get("/").content.decode()))] == [
        False,
        True,
        False,
        False,
    ]
    PartnerSettings.objects.update(version=2)
    factories.make_customer("Kund AB", "50001", at=NOW)
    assert [done for _title, done in steps(main_of(client.get("/").content.decode()))] == [
        True,
        True,
        True,
        False,
    ]


def test_only_the_steps_that_the_rights_allow(
    jonas: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """USE-21, ANS-02: sales neither imports nor invites; a technician has no steps."""
    page = main_of(sign_in(jonas).get("/").content.decode())
    assert [title for title, _done in steps(page)] == [
        "Create your first customer",
        "Place your first order",
    ]
    assert "/customers/import/" not in page
    assert steps(main_of(sign_in(mikael).get("/").content.decode())) == []


def test_who_may_not_create_is_offered_no_button(
    mikael: Membership, own: Customer, sign_in: SignIn
) -> None:
    """USE-21, ANS-02."""
    page = main_of(
        sign_in(with_rights(mikael, "view_customer", "view_order")).get("/").content.decode()
    )
    assert "No orders yet" in page
    assert "/customers/new/" not in page and "/orders/new/" not in page
