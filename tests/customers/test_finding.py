"""The list of customers: search, filters, order, columns, saved filters (REG-08 to REG-14)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from customers.models import Customer, CustomField, ListColumns, SavedFilter
from customers.services import assign, save_contact, save_custom_field, set_domains
from portal.accounts.models import Membership
from portal.catalog.models import BusinessType, RatePlan
from portal.core.listing import COUNTED
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.markup import markup


def listed(client: HostClient, query: str = "", **asked: Any) -> list[str]:
    """Return the names on the page, in order."""
    answer = client.get("/customers/?" + (query or urlencode(asked)))
    assert answer.status_code == 200
    return re.findall(
        r'<a class="k-strong" href="/customers/[^"]+">([^<]+)</a>', answer.content.decode()
    )


def custom(label: str, kind: str, **options: Any) -> CustomField:
    return save_custom_field(CustomField(label=label, kind=kind, **options))


def put(customer: Customer, field: CustomField, value: Any) -> None:
    Customer.objects.filter(pk=customer.pk).update(
        custom_values={**Customer.objects.get(pk=customer.pk).custom_values, field.key: value}
    )


@pytest.fixture
def two(havsbris: Customer, bjorkvik: Customer) -> tuple[Customer, Customer]:
    """Make Havsbris with everything that can be searched, and Björkvik without."""
    factories.make_contact(
        havsbris,
        at=NOW,
        first_name="Åsa",
        last_name="Weiß",
        email="Asa.W@Mail.Example",
        is_primary=True,
    )
    set_domains(havsbris, ["havsbris.example", "åkeri.se"])
    Customer.objects.filter(pk=havsbris.pk).update(billing_email="Faktura@Ekonomi.example")
    return havsbris, bjorkvik


@pytest.mark.parametrize(
    "text",
    [
        "havs",
        "KONSULT",
        "1004",
        "åsa",
        "weiß",
        "weiss",
        "Åsa Weiß",
        "asa.w@",
        "ekonomi.ex",
        "havsbris.exa",
        "åkeri",
        "  åsa   weiß ",
    ],
)
def test_search_finds_by_each_field(
    text: str, anna: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-08: name, number, contact (first and last name too), e-mail and domain find it."""
    assert listed(sign_in(anna), q=text) == ["Havsbris Konsult AB"]


@pytest.mark.parametrize("text", ["xyz", "0042", "åsa havs", "10042 havs"])
def test_search_finds_nothing_else(
    text: str, anna: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-08, ORD-18: a number is found by its beginning, nothing across two fields."""
    assert listed(sign_in(anna), q=text) == []


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_search_takes_signs_of_patterns_literally(
    sign: str, anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """INP-02: in the name, a contact, an address and a custom field."""
    field = custom("Note", "text")
    names = []
    for number, where in enumerate(("name", "contact", "custom")):
        hit = factories.make_customer(
            f"Aa{sign}bb AB" if where == "name" else f"Hit {number} AB", f"3000{number}", at=NOW
        )
        miss = factories.make_customer(
            "Aaxbb AB" if where == "name" else f"Miss {number} AB", f"4000{number}", at=NOW
        )
        for customer, text in ((hit, f"a{sign}b"), (miss, "axb")):
            if where == "contact":
                factories.make_contact(customer, at=NOW, last_name=text)
            elif where == "custom":
                put(customer, field, f"AA{text}BB")
        names.append(hit.name)
    assert sorted(listed(sign_in(anna), q=f"a{sign}b")) == sorted(names)


def test_search_follows_changes_of_contacts(
    anna: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-08: whichever way a contact was changed, the list finds its present data."""
    client, (havsbris, _other) = sign_in(anna), two
    for contact in havsbris.contacts.all():
        contact.first_name, contact.email = "Berit", "b@mail.example"
        save_contact(havsbris, contact, at=NOW)
    assert listed(client, q="åsa") == []
    assert listed(client, q="berit weiß") == ["Havsbris Konsult AB"]
    havsbris.contacts.all().delete()
    assert listed(client, q="berit") == []


def test_filters_beside_the_box(
    anna: Membership,
    mikael: Membership,
    own: Customer,
    two: tuple[Customer, Customer],
    sign_in: SignIn,
) -> None:
    """USE-05, REG-09: each filter works alone and together with others."""
    client, (havsbris, bjorkvik) = sign_in(anna), two
    trade = BusinessType._default_manager.create(name="Trade")
    business = RatePlan._default_manager.get(name="Business 25")
    Customer.objects.filter(pk=bjorkvik.pk).update(
        type="residential", is_active=False, lifecycle="customer"
    )
    Customer.objects.filter(pk=havsbris.pk).update(business_type=trade, rate_plan=business)
    assign(havsbris, mikael, at=NOW)
    h, b, o = havsbris.name, bjorkvik.name, own.name
    for query, names in (
        ("", [h, o]),
        ("state=inactive", [b]),
        ("state=all", [b, h, o]),
        ("state=all&type=residential", [b]),
        ("type=residential", []),
        ("lifecycle=prospect", [h]),
        ("lifecycle=customer", [o]),
        (f"plan={business.pk}", [h]),
        (f"category={trade.pk}", [h]),
        ("category=none", [o]),
        ("assigned=any", [h]),
        ("assigned=none", [o]),
        ("assigned=me", []),
        (f"assigned={mikael.pk}", [h]),
        (f"assigned={mikael.pk}&q=havs&plan={business.pk}", [h]),
        (f"assigned={mikael.pk}&category=none", []),
    ):
        assert listed(client, query) == names, query
    assert listed(sign_in(mikael), assigned="me") == [h]


def test_filter_that_makes_no_sense_is_said(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ANS-03, USE-14: what has no meaning is named, and nothing is shown; there is no file."""
    client = sign_in(anna)
    field = custom("Seats", "number")
    for query in (
        "state=nonsense",
        "plan=abc",
        "plan=999",
        "assigned=00000000-0000-4000-8000-00000000dead",
        "f_00000000000040008000000000000dea=Gold",
        "f_00000000000040008000000000000dea_from=4",
        f"{field.name}_from=abc",
        f"{field.name}_to=1e99",
        f"{field.name}_to=nan",
    ):
        page = client.get(f"/customers/?{query}").content.decode()
        assert "So nothing is shown" in page and "Remove the filter" in page, query
        assert listed(client, query) == [], query
        refused = client.get(f"/customers/export/?format=csv&{query}", follow=True)
        assert "There is no file." in refused.content.decode(), query
        assert havsbris.number not in refused.content.decode(), query


def test_filter_by_a_person_who_left_names_them(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-14: also from a saved filter, which keeps its meaning."""
    assign(havsbris, mikael, at=NOW)
    client = sign_in(anna)
    query = f"assigned={mikael.pk}"
    assert listed(client, assigned=str(mikael.pk)) == [havsbris.name]
    client.post("/customers/filters/new/", {"name": "Mikael's", "query": query})
    Membership.unscoped.filter(pk=mikael.pk).update(state="ended", ended_at=NOW)
    page = client.get(f"/customers/?{SavedFilter.objects.get().query}").content.decode()
    assert f"“{mikael.shown_name}” is not there, or not any more" in page
    assert listed(client, assigned=str(mikael.pk)) == []


def test_numbers_sort_as_people_count(anna: Membership, own: Customer, sign_in: SignIn) -> None:
    """REG-13: 9999 before 10002, AB-9 before AB-10, zeros before a number do not count."""
    for number in ("10042", "00123", "9999", "AB-10", "10002", "AB-9", "1240", "0123"):
        factories.make_customer(f"Kund {number}", number, at=NOW)
    client = sign_in(anna)
    found = [row.number for row in client.get("/customers/?sort=number").context["rows"]]
    found.remove(own.number)
    expected = ["0123", "00123", "1240", "9999", "10002", "10042", "AB-9", "AB-10"]
    assert found == expected
    found = [row.number for row in client.get("/customers/?sort=-number").context["rows"]]
    found.remove(own.number)
    assert found == expected[::-1]


def test_custom_fields_are_searched_filtered_and_sorted(
    anna: Membership, own: Customer, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-28, REG-09."""
    client, (havsbris, bjorkvik) = sign_in(anna), two
    h, b, o = havsbris.name, bjorkvik.name, own.name
    level = custom("Level", "choice", suggestions=["Gold", "Silver"])
    seats, until = custom("Seats", "number"), custom("Until", "date")
    key, site = custom("Key account", "yesno"), custom("Room", "text")
    for field, mine, other in (
        (level, "Gold", "Bespoke"),
        (seats, 9, 10.5),
        (until, "2027-01-31", "2026-12-01"),
        (key, True, False),
        (site, "Basement å", "Attic"),
    ):
        put(havsbris, field, mine)
        put(bjorkvik, field, other)
    for query, names in (
        ("q=basement", [h]),
        ("q=" + "bespoke", [b]),
        (f"{level.name}=Gold", [h]),
        (f"{level.name}=bespoke", [b]),
        (f"{level.name}=Gol", []),
        (f"{seats.name}_from=10", [b]),
        (f"{seats.name}_to=10", [h]),
        (f"{seats.name}_from=9&{seats.name}_to=10.5", [b, h]),
        (f"{until.name}_from=2027-01-01", [h]),
        (f"{until.name}_to=2026-12-31", [b]),
        (f"{key.name}=yes", [h]),
        (f"{key.name}=no", [b]),
        (f"{key.name}=none", [o]),
        (f"{site.name}=BASE", [h]),
        (f"sort={seats.name}", [h, b, o]),
        (f"sort=-{seats.name}", [b, h, o]),
        (f"sort={until.name}", [b, h, o]),
        (f"sort=-{level.name}", [h, b, o]),
    ):
        assert listed(client, query) == names, query


def test_every_column_sorts_both_ways(
    anna: Membership, mikael: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """USE-05, REG-13: hidden columns too; the heading turns the order round."""
    from customers.columns import COLUMNS

    client, (havsbris, _bjorkvik) = sign_in(anna), two
    assign(havsbris, mikael, at=NOW)
    for column in COLUMNS:
        up, down = (listed(client, sort=f"{sign}{column.name}") for sign in ("", "-"))
        assert sorted(up) == sorted(down) and len(up) == 3, column.name
    assert listed(client, sort="-number")[0] == "Havsbris Konsult AB"
    page = client.get("/customers/?sort=number").content.decode()
    assert 'aria-sort="ascending"><a class="k-sort" href="?sort=-number">' in page


def test_list_sorts_names_as_the_language_does(anna: Membership, sign_in: SignIn) -> None:
    """SPEED-02, REG-13, REG-14: the whole set is sorted by the stored key."""
    for number, name in enumerate(["Örn AB", "Zeta AB", "Alfa AB", "Åsa AB", "Ängel AB"]):
        factories.make_customer(name, f"3000{number}", at=NOW)
    assert listed(sign_in(anna)) == [
        "Alfa AB",
        "Ängel AB",
        "Åsa AB",
        "Nordlys Telekom AB",
        "Örn AB",
        "Zeta AB",
    ]


def test_show_all_appears_when_there_is_more(anna: Membership, sign_in: SignIn) -> None:
    """REG-14: "Show all (n)" appears with more rows than a page and keeps the order."""
    for number in range(49):
        factories.make_customer(f"Kund {number:03}", f"4{number:04}", at=NOW)
    client = sign_in(anna)
    assert "Show all" not in client.get("/customers/").content.decode()
    factories.make_customer("Kund 049", "40049", at=NOW)
    page = client.get("/customers/?sort=-name").content.decode()
    assert "Show all (51)" in page and "1 to 50 of 51" in page
    assert len(listed(client, sort="-name")) == 50
    names = listed(client, sort="-name", all="1")
    assert len(names) == 51 and names[-1] == "Kund 000"


def beside(answer: Any, which: str) -> str:
    """The address of the next or the previous page, as its arrow has it."""
    found = re.search(rf'href="([^"]+)"\s+rel="{which}"', answer.content.decode())
    return f"/customers/{unescape(found[1])}" if found else ""


def test_big_lists_are_not_counted_to_the_end(
    anna: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G2, SPEED-05, SPEED-07: the count ends; pages beyond it are reached one by one, each by the
    key of the row before it, and back."""
    monkeypatch.setattr("portal.core.listing.COUNTED", 100)
    for number in range(160):
        factories.make_customer(f"Kund {number:03}", f"4{number:04}", at=NOW)
    client = sign_in(anna)
    page = client.get("/customers/").content.decode()
    assert "1 to 50 of more than 100" in page and "more than 100" in page
    assert "Show all" not in page and "Export 1" not in page
    for sort in ("name", "-name", "number", "plan", "-created", "assigned", "-contact", "-credit"):
        whole = client.get(f"/customers/?sort={sort}&all=1").context["rows"]
        address, names = f"/customers/?sort={sort}", []
        while address:
            answer = client.get(address)
            names += [row.name for row in answer.context["rows"]]
            address = beside(answer, "next")
        assert "151 to 161" in answer.content.decode(), sort
        assert names == [row.name for row in whole], sort
        back = client.get(beside(answer, "prev"))
        assert [row.name for row in back.context["rows"]] == names[100:150], sort
    assert "101 to 150" in client.get("/customers/?page=3").content.decode()
    assert "101 to 150" in client.get("/customers/?page=77").content.decode()
    for key in ("after=nonsense", "before=WyJuYW1lIl0:1v:x", "after="):
        assert "51 to 100" in client.get(f"/customers/?page=2&{key}").content.decode()
    for nonsense in ("5", "99999999", "-1", "abc", "1e3", "٣"):
        assert client.get(f"/customers/?page={nonsense}").status_code == 200
    assert COUNTED == 1_000


def test_columns_are_remembered_for_each_person(
    anna: Membership, jonas: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-11: another person keeps the standard columns."""
    field = custom("Level", "text", in_list=True)
    put(two[0], field, "Gold")
    client, other = sign_in(anna), sign_in(jonas)

    def headings(who: HostClient) -> list[str]:
        page = who.get("/customers/").content.decode()
        return re.findall(r'<a class="k-sort"[^>]*>([^<]+)<', page)

    standard = ["Number", "Name", "Type", "Town", "Rate plan", "Credit used", "State", "Level"]
    assert headings(client) == standard
    answer = client.post(
        "/customers/columns/",
        {
            "columns": ["contact", "billing_email", field.name, "nonsense"],
            "query": "q=havs&sort=-number&evil=1",
        },
    )
    assert answer["Location"] == "/customers/?q=havs&sort=-number"
    assert headings(client) == ["Name", "Primary contact", "Billing e-mail", "Level"]
    assert headings(other) == standard
    page = client.get("/customers/").content.decode()
    assert "Åsa Weiß" in page and "Gold" in page
    client.post("/customers/columns/", {"then": "standard"})
    assert headings(client) == standard
    assert not ListColumns.objects.exists()


def test_all_columns_at_once(
    anna: Membership, mikael: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-11: each column shows its value; a private person's number is masked (D19)."""
    from customers.columns import COLUMNS

    havsbris, bjorkvik = two
    assign(havsbris, mikael, at=NOW)
    Customer.objects.filter(pk=bjorkvik.pk).update(
        type="residential", organisation_number="19800101-1234"
    )
    client = sign_in(anna)
    client.post("/customers/columns/", {"columns": [column.name for column in COLUMNS]})
    page = client.get("/customers/").content.decode()
    for text in ("Mikael Test", "havsbris.example", "Sweden", "23 Nov 2026", "40,000.00", "•••"):
        assert text in page, text
    assert "19800101" not in page


def test_filters_are_saved_as_private_or_shared(
    anna: Membership, jonas: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-09: only the owner sees a private one, everybody a shared one."""
    client, other = sign_in(jonas), sign_in(anna)
    for name, shared in (("Mine", ""), ("Ours", "on")):
        answer = client.post(
            "/customers/filters/new/",
            {"name": name, "is_shared": shared, "query": "sort=-number&q=havs&page=3&evil=%22"},
        )
        assert answer["Location"] == "/customers/?q=havs&sort=-number"
    page = markup(client.get("/customers/?q=havs&sort=-number"))
    assert page.count('aria-current="page">Mine') == 1 and ">Ours<" in page
    page = markup(other.get("/customers/"))
    assert ">Ours<" in page and ">Mine<" not in page
    # The same name again replaces the filter.
    client.post("/customers/filters/new/", {"name": "mine", "query": "q=b"})
    assert SavedFilter.objects.get(name="mine").query == "q=b"
    assert client.post("/customers/filters/new/", {"name": " ", "query": "q=b"}).status_code == 200
    assert SavedFilter.objects.count() == 2


def test_who_may_change_a_saved_filter(
    anna: Membership, jonas: Membership, mikael: Membership, own: Customer, sign_in: SignIn
) -> None:
    """REG-09: the owner may, and for a shared one an administrator."""

    def make(owner: Membership, shared: bool) -> SavedFilter:
        return SavedFilter.objects.create(
            membership=owner, name=f"{owner.pk} {shared}", is_shared=shared, created_at=NOW
        )

    shared, private = make(jonas, True), make(jonas, False)
    for person, statuses in (
        (jonas, (200, 200)),
        (anna, (200, 404)),
        (mikael, (403, 404)),
    ):
        client = sign_in(person)
        for saved, status in zip((shared, private), statuses, strict=True):
            for url in (
                f"/customers/filters/{saved.pk}/",
                f"/customers/filters/{saved.pk}/delete/",
            ):
                assert client.get(url).status_code == status, (person, url)
    client = sign_in(anna)
    client.post(f"/customers/filters/{shared.pk}/", {"name": "Renamed"})
    shared.refresh_from_db()
    assert (shared.name, shared.is_shared) == ("Renamed", False)
    # Private again.
    assert client.get(f"/customers/filters/{shared.pk}/").status_code == 404
    client = sign_in(jonas)
    answer = client.post(f"/customers/filters/{private.pk}/", {"name": "renamed"})
    assert "You have a filter named" in answer.content.decode()
    assert "Renamed" in client.get("/customers/filters/").content.decode()
    client.post(f"/customers/filters/{shared.pk}/delete/")
    assert not SavedFilter.objects.filter(pk=shared.pk).exists()


def test_only_assigned_in_list_search_and_filter(
    mikael: Membership, two: tuple[Customer, Customer], sign_in: SignIn
) -> None:
    """REG-25: no search, filter or column shows other customers."""
    _havsbris, bjorkvik = two
    client = sign_in(mikael)
    assert listed(client) == []
    assign(bjorkvik, mikael, at=NOW + timedelta(days=1))
    for query in ("", "state=all", "assigned=any", "sort=-credit_limit"):
        assert listed(client, query) == [bjorkvik.name]
    for query in ("q=havs", "assigned=none", "q=havsbris.example"):
        assert listed(client, query) == []


Count = Callable[[int], AbstractContextManager[Any]]


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_statements_whatever_the_rows_and_columns(
    rows: int, anna: Membership, sign_in: SignIn, django_assert_num_queries: Count
) -> None:
    """G2: there are five, with all columns, filters and a search."""
    from customers.columns import COLUMNS

    for number in range(rows):
        customer = factories.make_customer(f"Kund {number:03}", f"5{number:04}", at=NOW)
        factories.make_contact(customer, at=NOW, email=f"a{number}@k.example")
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(customer.pk)})
    client.get("/")
    client.post("/customers/columns/", {"columns": [column.name for column in COLUMNS]})
    for query in ("", "q=kund", "q=annika&assigned=none&type=normal", "sort=contact", "all=1"):
        with django_assert_num_queries(6):
            client.get(f"/customers/?{query}")


def test_credit_percent_and_amounts_of_the_row(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """The credit column warns from 80 percent on."""
    Customer.objects.filter(pk=havsbris.pk).update(credit_committed=Decimal("32000"))
    page = sign_in(anna).get("/customers/").content.decode()
    assert 'class="k-meter is-high" value="80"' in page


def test_hostile_names_are_escaped(anna: Membership, own: Customer, sign_in: SignIn) -> None:
    """INP-01: in cells, pills, tabs, options and the search box."""
    evil = '"><script>x</script>'
    field = custom(f"F{evil}", "choice", suggestions=[evil], in_list=True)
    customer = factories.make_customer(f"A{evil}", "30001", at=NOW, city=evil)
    put(customer, field, evil)
    client = sign_in(anna)
    client.post("/customers/filters/new/", {"name": evil, "query": urlencode({"q": evil})})
    for url in ("/customers/", "/customers/filters/", "/customers/fields/"):
        page = client.get(url, {"q": evil, field.name: evil, "sort": evil}).content.decode()
        assert "<script>x" not in page
    assert listed(client, **{field.name: evil}) != []
