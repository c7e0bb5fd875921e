"""Finding whatever is there, however it is typed: suggestions, lists, orders, quotes (REG-36)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.utils.http import urlencode

from customers import list_setup
from customers.models import Contact, Customer
from customers.queries import find_contacts, find_customers
from customers.services import assign, change_customer, deactivate_customer, save_contact
from customers.services.contact_data import erase_contact
from orders.models import Order
from orders.queries import search_orders
from orders.services.drafts import save_details
from portal.accounts.models import Membership
from portal.channel.models import DirectoryEntry
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from quotes.models import Quote
from quotes.overview import search_quotes
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.customers.test_imports import file_of, imported, line

NAMES = (
    "Café Étoile Solna AB",
    "Łódź Import Sp. z o.o.",
    "Müller & Söhne Nordic AB",
    "Nguyễn Tours AB",
    "Åkeri Öst AB",
    "O’Brien Consulting AB",
    "H & M Hennes AB",
)
TYPED = [
    ("cafe etoile", NAMES[0]),
    ("lodz", NAMES[1]),
    ("muller", NAMES[2]),
    ("mueller", NAMES[2]),
    ("nguyen", NAMES[3]),
    ("akeri", NAMES[4]),
    ("öst åkeri", NAMES[4]),
    ("ab åkeri", NAMES[4]),
    ("O'Brien", NAMES[5]),
    ("obrien", NAMES[5]),
    ("h&m", NAMES[6]),
    ("h & m", NAMES[6]),
]


def listed(client: HostClient, page: str, **asked: Any) -> list[str]:
    answer = client.get(f"{page}?{urlencode(asked)}")
    assert answer.status_code == 200
    links = r'<a class="k-strong[^"]*" href="/[^"]+/[0-9a-f-]{36}/[^"]*">([^<]+)</a>'
    return [unescape(name) for name in re.findall(links, answer.content.decode())]


@pytest.fixture
def many(nordlys: Partner) -> list[Customer]:
    return [
        factories.make_customer(name, f"3000{place}", at=NOW) for place, name in enumerate(NAMES)
    ]


@pytest.mark.parametrize(("typed", "name"), TYPED)
def test_suggestions_and_list_find_it(
    typed: str, name: str, many: list[Customer], anna: Membership, sign_in: SignIn
) -> None:
    """REG-36."""
    assert [match.name for match in find_customers(typed, person=anna)] == [name]
    assert listed(sign_in(anna), "/customers/", q=typed) == [name]


def test_common_words_are_found_alike(
    many: list[Customer],
    anna: Membership,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """REG-37: the way of asking differs, the rows and their order do not."""
    factories.make_contact(many[0], at=NOW, first_name="Bengt", last_name="Åkerlund")
    client = sign_in(anna)
    asked = ("ab", "aker", "ake åkeri", "3000", "annika.sandell@", "70 zz", "%", "-")
    before = [listed(client, "/customers/", q=text) for text in asked]
    assert len(before[0]) > 5 and before[1] == ["Åkeri Öst AB", "Café Étoile Solna AB"]
    monkeypatch.setattr(list_setup, "COMMON", 0)
    assert [listed(client, "/customers/", q=text) for text in asked] == before


def test_exact_spelling_first_then_beginnings_then_the_rest(anna: Membership) -> None:
    """REG-36."""
    for place, name in enumerate(("Nya Östen AB", "Ostenia AB", "Östenia Två AB", "Östen")):
        factories.make_customer(name, f"3100{place}", at=NOW)
    assert [match.name for match in find_customers("östen", person=anna)] == [
        "Östen",
        "Östenia Två AB",
        "Ostenia AB",
        "Nya Östen AB",
    ]


def test_a_renamed_customer_is_found_by_the_new_name(anna: Membership, havsbris: Customer) -> None:
    """REG-36: and channel sales' directory knows it too."""
    change_customer(havsbris, at=NOW, by=None, version=havsbris.version, name="Ørsted Vind AB")
    assert find_customers("havsbris", person=anna) == []
    assert [match.name for match in find_customers("orsted", person=anna)] == ["Ørsted Vind AB"]
    entry = DirectoryEntry.objects.across_partners().get(pk=havsbris.pk)
    assert entry.find_key == "orstedvindab\n"


def test_a_contact_by_name_address_or_number(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-36: with and without the country's code."""
    contact = factories.make_contact(
        havsbris, at=NOW, first_name="Åsa", last_name="Müller", phone="+46701234567"
    )
    for typed in ("mueller asa", "annika.sandell@havs", "+46 70 123 45", "070-123 45 67"):
        (found,) = find_contacts(typed, person=anna)
        assert (found.name, found.customer) == ("Åsa Müller", "Havsbris Konsult AB")
        assert listed(sign_in(anna), "/customers/", q=typed) == ["Havsbris Konsult AB"], typed
    contact.phone = "+46709999999"
    save_contact(havsbris, contact, at=NOW)
    assert find_contacts("070-123 45 67", person=anna) == []
    erase_contact(contact, at=NOW)
    assert Contact.objects.get(pk=contact.pk).find_key == ""
    assert find_contacts("mueller", person=anna) == []


def test_contacts_only_of_customers_that_are_seen(
    anna: Membership,
    mikael: Membership,
    lena: Membership,
    havsbris: Customer,
    brueckner: Partner,
) -> None:
    """REG-36, REG-25, ISO-01: assigned ones only, never another partner's, no inactive one."""
    factories.make_contact(havsbris, at=NOW)
    assert find_contacts("sandell", person=mikael) == []
    assign(havsbris, mikael, at=NOW)
    assert len(find_contacts("sandell", person=mikael)) == 1
    with in_partner(brueckner):
        assert find_contacts("sandell", person=lena) == []
    deactivate_customer(havsbris, at=NOW)
    assert find_contacts("sandell", person=anna) == []


def test_an_order_and_a_quote_by_the_end_of_the_number(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-36: and by accents and words of what is written on them."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=order.pk).update(number="2026-0424", find_key="")
    order.refresh_from_db()
    save_details(
        order.pk,
        version=order.version,
        at=NOW,
        reference="Växel för Åkeriet",
        po_number="WM/77-1",
        start_date=None,
        contact=None,
    )
    quote = factories.make_quote(havsbris, by=anna, at=NOW, title="Lösning zażółć")
    client = sign_in(anna)
    end = quote.number[-4:]
    assert [row.pk for row in search_quotes(anna, end)] == [quote.pk]
    assert [row.pk for row in search_quotes(anna, "zazolc losning")] == [quote.pk]
    for typed in ("0424", "2026-04", "akeriet vaxel", "wm771"):
        assert [row.pk for row in search_orders(anna, typed)] == [order.pk], typed
        assert search_orders(mikael, typed) == []
        assert listed(client, "/orders/", q=typed) == ["2026-0424"]
    for typed in (end, "zazolc", "havsbr", "konsult havs", "1004"):
        assert f"/quotes/{quote.pk}/" in client.get(f"/quotes/?q={typed}").content.decode()
    assert f"/quotes/{quote.pk}/" not in client.get("/quotes/?q=akeriet").content.decode()
    assert listed(client, "/orders/", q="zazolc") == []


def test_an_imported_customer_is_found(anna: Membership) -> None:
    """REG-36: COPY writes past the model."""
    imported(file_of([line(1, name="Smørrebrød ApS", first="Zoë")]), anna)
    customer = Customer.objects.get(name="Smørrebrød ApS")
    assert [match.name for match in find_customers("smorrebrod", person=anna)] == [customer.name]
    assert [match.name for match in find_contacts("zoe", person=anna)] == ["Zoë Sandell"]
    entry = DirectoryEntry.objects.across_partners().get(pk=customer.pk)
    assert (entry.find_key, customer.look_key) == ("smorrebrodaps\n", "smorrebrod")


def test_all_rows_have_their_key(anna: Membership, havsbris: Customer) -> None:
    """REG-36: whoever wrote them."""
    factories.make_contact(havsbris, at=NOW)
    factories.make_order(havsbris, by=anna, at=NOW)
    factories.make_quote(havsbris, by=anna, at=NOW)
    for model in (Customer, Contact, Order, Quote):
        for row in model._default_manager.all():
            assert row.find_key == row.make_find_key() != ""
