"""Edges of the register's rules: what just passes beside what is just refused."""

from __future__ import annotations

import pytest

from customers.models import Customer
from customers.services import (
    NumberLength,
    NumberTaken,
    StaleCustomer,
    assign,
    change_customer,
    deactivate_customer,
    reactivate_customer,
    set_domains,
)
from portal.accounts.models import Membership
from portal.errors import RuleError
from portal.history.actor import acting
from portal.history.models import Entry
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_rights import with_rights


def test_number_is_free_for_her_who_has_it(anna: Membership, bjorkvik: Customer) -> None:
    """REG-02: written another way it is still her own; another customer's is refused, however it
    is written."""
    one = factories.make_customer("Ett AB", "ab100", at=NOW)
    other = factories.make_customer("Två AB", "ab200", at=NOW)
    assert change_customer(one, at=NOW, by=anna, version=1, number="AB100").number == "AB100"
    with pytest.raises(NumberTaken):
        change_customer(other, at=NOW, by=anna, version=1, number="Ab100")


@pytest.mark.parametrize("number", ["123", "12345678901"])
def test_number_is_neither_too_short_nor_too_long(number: str, anna: Membership) -> None:
    """REG-05: 4 to 10 characters; both ends are allowed."""
    for name, good in (("Ett AB", "1234"), ("Två AB", "1234567890")):
        assert factories.make_customer(name, good, at=NOW).number == good
    with pytest.raises(NumberLength, match="must be 4 to 10 characters"):
        factories.make_customer("Tre AB", number, at=NOW)


def test_deactivating_is_noticed_by_an_open_form(anna: Membership, havsbris: Customer) -> None:
    """REG-35, REG-16: a form from before does not save over it; the next one does."""
    deactivate_customer(havsbris, at=NOW)
    with pytest.raises(StaleCustomer):
        change_customer(havsbris, at=NOW, by=anna, version=1, city="Falun")
    reactivate_customer(havsbris, at=NOW)
    with pytest.raises(StaleCustomer):
        change_customer(havsbris, at=NOW, by=anna, version=2, city="Falun")
    assert change_customer(havsbris, at=NOW, by=anna, version=3, city="Falun").city == "Falun"


def test_deactivating_and_reactivating_stand_in_the_log(
    anna: Membership, havsbris: Customer
) -> None:
    """REG-15, REG-16: each with who did it; what changes nothing writes nothing."""
    with acting(anna.user):
        for act in (deactivate_customer, deactivate_customer, reactivate_customer):
            act(havsbris, at=NOW)
    acts = Entry.objects.filter(customer_id=havsbris.pk, verb__startswith="customer_")
    assert list(acts.order_by("id").values_list("verb", "actor_name")) == [
        ("customer_deactivated", "Anna Test"),
        ("customer_reactivated", "Anna Test"),
    ]


def test_domain_of_who_left_is_free_for_a_customer(jonas: Membership, havsbris: Customer) -> None:
    """D21: the domains of those who work here count, nobody else's."""
    jonas.user.email = "jonas@konsult.example"
    jonas.user.save(update_fields=["email"])
    with pytest.raises(RuleError, match="the domain of your own people"):
        set_domains(havsbris, ["konsult.example"])
    jonas.state = Membership.State.ENDED
    jonas.save(update_fields=["state"])
    set_domains(havsbris, ["konsult.example"])
    assert havsbris.domains.get().domain == "konsult.example"


def test_search_finds_orders_and_quotes_with_the_right_alone(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D11, REG-25: view_order and view_quote hold in the global search too, where no page asks
    for them."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    quote = factories.make_quote(havsbris, by=anna, at=NOW, title="Telefoni Hamnen")
    assign(havsbris, mikael, at=NOW)
    urls = (f"/orders/{order.pk}/", f"/quotes/{quote.pk}/")
    for rights, found in ((), False), (("view_order", "view_quote"), True):
        with_rights(mikael, "view_assigned_customer", *rights)
        client = sign_in(mikael)
        pages = [client.get(f"/search/?q={text}") for text in (order.number, "Hamnen")]
        for url, page in zip(urls, pages, strict=True):
            assert (url in page.content.decode()) is found
            assert client.get(url).status_code == (200 if found else 404)


def test_few_assigned_are_her_own(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """REG-25: whichever way the list is asked for, it has hers alone."""
    assign(havsbris, mikael, at=NOW)
    assign(bjorkvik, anna, at=NOW)
    for few in (True, False):
        assert list(Customer.objects.visible_to(mikael, few=few)) == [havsbris]
        assert Customer.objects.visible_to(anna, few=few).count() == 3
