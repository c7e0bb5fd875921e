"""The parts of the customer's page: menu, empty ones, services with prices, lists in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer
from customers.services import deactivate_customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.accounts.rights import Preset
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.customers.test_register_rules import section
from tests.customers.test_rights import with_rights
from tests.orders.test_fulfilment import ACTS, place_on, running
from tests.portal.test_statement_counts import BASE

Count = Callable[[int], AbstractContextManager[Any]]
EMPTY = ("c-services", "c-orders", "c-quotes", "c-users", "c-contacts", "c-sites", "c-files")
MENU = [
    *(
        "Overview",
        "Systems",
        "Services",
        "Orders",
        "Agreements",
        "Problem reports",
        "Service reports",
    ),
    *("Customer users", "People and sites", "Files", "Log"),
]


def page_of(client: HostClient, customer: Customer, query: str = "") -> str:
    return client.get(f"/customers/{customer.pk}/{query}").content.decode()


def menu_of(page: str) -> list[tuple[str, str]]:
    (menu,) = re.findall(r"<nav[^>]*data-jump>.*?</nav>", page, re.S)
    return re.findall(r'<a href="#([\w-]+)">(.*?)</a>', menu)


def numbers(page: str, name: str) -> list[str]:
    """Return the first link of each row of a list."""
    return re.findall(r'scope="row".*?>([^<]+)</a>', section(page, name), re.S)


def test_the_menu_leads_to_every_part_that_is_there(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-44: each entry has its heading, also where nothing is there yet; without the right to a
    part there is no entry."""
    page = page_of(sign_in(anna), havsbris)
    found = menu_of(page)
    assert [label for _anchor, label in found] == MENU
    assert [anchor for anchor, _label in found if f'id="{anchor}"' not in page] == []
    page = page_of(sign_in(with_rights(mikael, "view_customer")), havsbris)
    hidden = ("Systems", "Services", "Orders", "Agreements", "Problem reports", "Service reports")
    assert [label for _anchor, label in menu_of(page)] == [
        each for each in MENU if each not in hidden
    ]


def test_empty_parts_are_one_line_with_the_act_that_fills_them(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-44: the act only for those who have the right to it."""
    acts = {name: section(page_of(sign_in(anna), havsbris), name) for name in EMPTY}
    words = (
        *("New order", "New order", "New quote", "Invite a customer user"),
        *("Add contact", "Add site", "Add file"),
    )
    for (name, part), word in zip(acts.items(), words, strict=True):
        assert 'class="k-card k-line"' in part and word in part, name
    page = page_of(
        sign_in(with_rights(mikael, "view_customer", "view_order", "view_quote")), havsbris
    )
    for name in EMPTY:
        assert not re.search(r"<a |<button", section(page, name)), name


def test_services_have_their_prices_and_a_total(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-24: each and a month, of what runs; nothing of it without the right to see prices."""
    running(havsbris, anna, quantity=3)
    found = section(page_of(sign_in(anna), havsbris), "c-services")
    assert [found.count(amount) for amount in ("129.00", "387.00")] == [1, 2]
    assert "All services, a month" in found
    with_rights(anna, "view_customer", "view_order")
    page = page_of(sign_in(anna), havsbris, "?services-by=monthly&orders-by=-monthly")
    found = section(page, "c-services")
    assert "Product FLX-PRO" in found
    assert not re.search(r"129\.00|387\.00|All services|SEK", found)
    assert "387.00" not in section(page, "c-orders")
    assert "services-by=monthly" not in re.findall(r'aria-sort="\w+"><a [^>]*href="([^"]*)', found)


@pytest.mark.parametrize(
    ("kind", "total", "words"), [("change", 5, "Change to 5"), ("terminate", 0, "Termination")]
)
def test_what_is_to_change_is_said_at_its_service(
    kind: str, total: int, words: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-25: with the order's number and state; not when it is over, nor at another customer."""
    service = running(havsbris, anna)
    other = running(factories.make_customer("Annan AB", "10998", at=NOW), anna)
    client = sign_in(anna)
    assert words not in section(page_of(client, havsbris), "c-services")
    order = place_on(service, kind, total, anna)
    found = section(page_of(client, havsbris), "c-services")
    assert words in found and f'/orders/{order.pk}/">{order.number}</a>' in found
    assert "Submitted" in found
    assert words not in section(page_of(client, other.customer), "c-services")
    client.post(f"/orders/{order.pk}/cancel/", {"reason": "not_needed", "text": ""})
    assert words not in section(page_of(client, havsbris), "c-services")


def test_lists_are_sorted_by_their_headings(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-13: both ways; each list by itself, and the links keep the order of the others."""
    small = factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 1})
    later = NOW + timedelta(minutes=1)
    large = factories.make_order(havsbris, by=anna, at=later, quantities={"FLX-PRO": 9})
    quote = factories.make_quote(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    first, last = [small.number, large.number], [large.number, small.number]
    for query, expected in (
        ("?orders-by=monthly", first),
        ("?orders-by=-monthly&quotes-by=valid", last),
        ("?orders-by=nonsense", last),
        ("?orders-by=customer", last),
    ):
        page = page_of(client, havsbris, query)
        assert numbers(page, "c-orders") == expected, query
        assert numbers(page, "c-quotes") == [quote.number]
    page = page_of(client, havsbris, "?orders-by=-monthly&quotes-by=valid")
    target = "?orders-by=monthly&amp;quotes-by=valid#c-orders"
    assert target in section(page, "c-orders")
    assert "?orders-by=-monthly&amp;quotes-by=-valid#c-quotes" in section(page, "c-quotes")


def test_files_and_services_are_sorted_too(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-13."""
    for name in ("b.txt", "A long name.txt"):
        factories.make_file(havsbris, name, by=anna, at=NOW)
    order = factories.make_order(
        havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 1, "FLX-HOME": 7}
    )
    finish(order)
    client = sign_in(anna)
    page = page_of(client, havsbris, "?files-by=name&services-by=-quantity")
    assert numbers(page, "c-files") == ["A long name.txt", "b.txt"]
    found = re.findall(r'k-strong">(Product [\w-]+)<', section(page, "c-services"))
    assert found == ["Product FLX-HOME", "Product FLX-PRO"]
    page = page_of(client, havsbris, "?files-by=-name&services-by=quantity")
    assert numbers(page, "c-files") == ["b.txt", "A long name.txt"]
    found = re.findall(r'k-strong">(Product [\w-]+)<', section(page, "c-services"))
    assert found == ["Product FLX-PRO", "Product FLX-HOME"]


def finish(order: Order) -> None:
    """Deliver an order that was placed."""
    for act in ("accept", "provision", "complete"):
        ACTS[act](order)


def test_ten_services_of_a_family_then_show_all(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-14, ACC-24: the total counts those that are not shown."""
    for _n in range(11):
        finish(factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 1}))
    client = sign_in(anna)

    def shown(query: str = "") -> tuple[int, bool]:
        found = section(page_of(client, havsbris, query), "c-services")
        assert "1,419.00" in found
        return found.count('k-strong">Product FLX-PRO'), "Show all (11)" in found

    assert shown() == (10, True)
    assert shown("?all=orders&all=services") == (11, False)


def test_new_order_is_one_click_and_keeps_its_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-35: the button switches to the customer of its page and opens the order with it.

    In a tab that was left open, the order still is for that customer, or it is asked about.
    """
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(bjorkvik.pk)})
    page = page_of(client, havsbris)
    (button,) = re.findall(
        r'<form method="post" action="/switch/">(?:(?!</form>).)*New order for Havsbris Konsult '
        r"AB, 10042\s*</button>",
        page,
        re.S,
    )
    told = dict(re.findall(r'name="(customer|next)" value="([^"]*)"', button))
    answer = client.post("/switch/", told)
    opened = client.get(answer["Location"]).content.decode()
    assert answer.status_code == 302 and answer["Location"].endswith(f"?customer={havsbris.pk}")
    assert "<b>Havsbris Konsult AB</b>" in opened
    assert f'name="customer" value="{havsbris.pk}"' in opened
    client.post("/switch/", {"customer": str(bjorkvik.pk)})
    left_open = client.get(answer["Location"]).content.decode()
    assert f'name="customer" value="{havsbris.pk}"' in left_open
    data = {"customer": str(havsbris.pk), "family": "flex"}
    answer = client.post(answer["Location"], data)
    assert answer.status_code == 200 and "agreed" in answer.content.decode()
    assert Order.objects.count() == 0


def test_new_order_asks_for_right_and_for_an_active_customer(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-35, REG-16: no button, and a crafted one leads to no order."""
    told = {"customer": str(havsbris.pk), "next": f"/orders/new/?customer={havsbris.pk}"}
    client = sign_in(with_rights(mikael, "view_customer"))
    assert "New order for" not in page_of(client, havsbris)
    assert client.get(client.post("/switch/", told)["Location"]).status_code == 403
    client = sign_in(anna)
    deactivate_customer(havsbris, at=NOW)
    assert "New order for" not in page_of(client, havsbris)
    assert client.post("/switch/", told)["Location"] == f"/customers/{havsbris.pk}/"
    client.get("/")
    assert "Havsbris" not in client.get(told["next"]).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 12])
def test_the_page_asks_the_same_whatever_the_rows(
    rows: int,
    anna: Membership,
    havsbris: Customer,
    sign_in: SignIn,
    django_assert_num_queries: Count,
) -> None:
    """G1: the customer, systems and the onboarding in progress, clearances, fields, domains,
    contacts, sites, responsible people, services and what changes them, orders, quotes, reports
    with their words, support contacts, users, the log with the erased, files."""
    for number in range(rows):
        service = running_more(havsbris, anna)
        place_on(service, "change", 5, anna)
        factories.make_contact(havsbris, at=NOW, email=f"a{number}@k.example")
        factories.make_site(havsbris, f"Site {number}")
        factories.make_quote(havsbris, by=anna, at=NOW)
        factories.make_file(havsbris, f"{number}.txt", by=anna, at=NOW)
        factories.make_customer_user(havsbris, f"u{number}", Preset.CUSTOMER_USER, at=NOW)
    client = sign_in(anna)
    page_of(client, havsbris)
    with django_assert_num_queries(BASE + 21):
        assert "Change to 5" in page_of(client, havsbris)


def running_more(customer: Customer, by: Membership) -> Any:
    before = set(customer.services.values_list("pk", flat=True))
    finish(factories.make_order(customer, by=by, at=NOW, quantities={"FLX-PRO": 1}))
    return customer.services.exclude(pk__in=before).get()


def test_services_are_named_and_sorted_in_the_readers_language(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-19, REG-13."""
    for sku, german in (("FLX-PRO", "Ananas"), ("FLX-HOME", "Zitrone")):
        found = factories.product(sku)
        found.name_de = german
        found.save()
    finish(
        factories.make_order(havsbris, by=anna, at=NOW, quantities={"FLX-PRO": 1, "FLX-HOME": 1})
    )
    anna.user.language = "de"
    anna.user.save()
    client = sign_in(anna)
    for query, expected in (
        ("", ["Ananas", "Zitrone"]),
        ("?services-by=-service", ["Zitrone", "Ananas"]),
    ):
        shown = section(page_of(client, havsbris, query), "c-services")
        assert re.findall(r'k-strong">(Ananas|Zitrone)<', shown) == expected
