"""Edges of the register's rules: values that just pass beside those that are just refused."""

from __future__ import annotations

import pytest

from customers.models import Customer, CustomField
from customers.services import (
    NumberLength,
    NumberTaken,
    StaleCustomer,
    assign,
    change_customer,
    deactivate_customer,
    reactivate_customer,
    retire_custom_field,
    save_custom_field,
    set_domains,
)
from portal.accounts.models import Membership
from portal.channel.services import name_key
from portal.core.actor import acting
from portal.core.errors import RuleError
from portal.history.models import Entry
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_rights import with_rights
from tests.customers.test_views import data


def test_number_is_free_for_the_customer_that_has_it(anna: Membership, bjorkvik: Customer) -> None:
    """REG-02: another spelling of its own number passes; another customer's number is refused."""
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


def test_deactivating_and_reactivating_are_logged(anna: Membership, havsbris: Customer) -> None:
    """REG-15, REG-16: with who did it; what changes nothing is not logged."""
    with acting(anna.user):
        for act in (deactivate_customer, deactivate_customer, reactivate_customer):
            act(havsbris, at=NOW)
    acts = Entry.objects.filter(customer_id=havsbris.pk, verb__startswith="customer_")
    assert list(acts.order_by("id").values_list("verb", "actor_name")) == [
        ("customer_deactivated", "Anna Test"),
        ("customer_reactivated", "Anna Test"),
    ]


def test_domain_of_somebody_who_left_is_free(jonas: Membership, havsbris: Customer) -> None:
    """D21: only the domains of people who work here count."""
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
    """D11, REG-25: view_order and view_quote are required in the global search too."""
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


def test_few_assigned_are_the_persons_own(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """REG-25: whichever way the list is loaded, it has the person's own customers alone."""
    assign(havsbris, mikael, at=NOW)
    assign(bjorkvik, anna, at=NOW)
    for few in (True, False):
        assert list(Customer.objects.visible_to(mikael, few=few)) == [havsbris]
        assert Customer.objects.visible_to(anna, few=few).count() == 3


@pytest.mark.parametrize("allowed", [True, False])
def test_contacts_data_needs_the_right_to_change_the_customer(
    allowed: bool, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D19: reading, downloading and erasing need it; who may only see gets 403."""
    contact = factories.make_contact(havsbris, at=NOW)
    assign(havsbris, mikael, at=NOW)
    rights = ["view_assigned_customer", *(["change_assigned_customer"] if allowed else [])]
    with_rights(mikael, *rights)
    client, base = sign_in(mikael), f"/customers/{havsbris.pk}/contacts/{contact.pk}/"
    for url in (f"{base}data/", f"{base}data/json/", f"{base}data/erase/"):
        assert client.get(url).status_code == (200 if allowed else 403), url
    answer = client.post(f"{base}data/erase/", {"word": "erase"})
    assert answer.status_code == (302 if allowed else 403)
    contact.refresh_from_db()
    assert (contact.erased_at is not None) is allowed


def test_contacts_and_sites_are_found_below_their_own_customer_only(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-01, REG-32, D19: below another customer their addresses are not found."""
    contact = factories.make_contact(havsbris, at=NOW)
    site = factories.make_site(havsbris)
    client = sign_in(anna)
    person = {"first_name": "Eva", "last_name": "Berg", "email": "eva@b.example", "version": "1"}
    place = {"name": "Depot", "country": "SE", "version": "1"}
    for rest, posted in (
        (f"contacts/{contact.pk}/", person),
        (f"contacts/{contact.pk}/delete/", {}),
        (f"contacts/{contact.pk}/data/", {}),
        (f"contacts/{contact.pk}/data/json/", {}),
        (f"contacts/{contact.pk}/data/erase/", {"word": "erase"}),
        (f"sites/{site.pk}/", place),
    ):
        wrong, right = f"/customers/{bjorkvik.pk}/{rest}", f"/customers/{havsbris.pk}/{rest}"
        assert client.get(wrong).status_code == 404, rest
        assert client.post(wrong, posted).status_code in (404, 405), rest
        assert client.get(right).status_code == 200, rest
    contact.refresh_from_db()
    site.refresh_from_db()
    assert (contact.full_name, contact.customer_id) == ("Annika Sandell", havsbris.pk)
    assert (site.name, site.customer_id) == ("Head office", havsbris.pk)


@pytest.mark.parametrize(
    "name", ["  ACME  ltd ", "acme\tltd", "ACME\u3000LTD", "\uff21cme Ltd", "ac\u200bme ltd"]
)
def test_what_makes_two_names_the_same(name: str) -> None:
    """ACC-11, D3: case, width, blanks and invisible characters do not count; a letter does."""
    assert name_key(name) == name_key("Acme Ltd") == "acme ltd"
    assert name_key("Acme Ltda") != name_key(name)


def test_value_of_a_retired_field_outlives_a_save(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-28: the form does not ask for it and keeps it; an emptied field is removed."""
    kept = save_custom_field(CustomField(label="Old system", kind="text"))
    asked = save_custom_field(CustomField(label="Floor", kind="text"))
    Customer.objects.filter(pk=havsbris.pk).update(
        custom_values={kept.key: "PBX 7", asked.key: "Third"}
    )
    retire_custom_field(kept, at=NOW)
    url = f"/customers/{havsbris.pk}/edit/"
    posted = data(name=havsbris.name, number=havsbris.number, version="1")
    assert sign_in(anna).post(url, {**posted, asked.name: ""}).status_code == 302
    havsbris.refresh_from_db()
    assert havsbris.custom_values == {kept.key: "PBX 7"}
