"""Filters saved for every list: orders, quotes, e-mails (REG-09)."""

from __future__ import annotations

import pytest

from customers.models import Customer, SavedFilter
from customers.services.lists import save_filter
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, SignIn

ADD = "/customers/filters/new/"


@pytest.mark.parametrize(
    ("list_name", "page", "query"),
    [
        ("orders", "/orders/", "q=havs&state=draft"),
        ("quotes", "/quotes/", "q=havs&sort=-number"),
        ("emails", "/outbox/", "state=dead"),
        ("reports", "/reports/", "q=phone"),
    ],
)
def test_a_filter_of_each_list_is_saved_there(
    list_name: str,
    page: str,
    query: str,
    havsbris: Customer,
    anna: Membership,
    jonas: Membership,
    sign_in: SignIn,
) -> None:
    """REG-09: it is offered in its own list only, and to others if it is shared."""
    factories.make_order(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    shown = client.get(f"{page}?{query}").content.decode()
    assert 'name="list_name" value="' + list_name in shown
    data = {"name": "Mine", "list_name": list_name, "query": f"{query}&page=3"}
    assert client.post(ADD, data)["Location"] == f"{page}?{query}"
    escaped = query.replace("&", "&amp;")
    assert f'href="{page}?{escaped}">Mine</a>' in client.get(page).content.decode()
    assert ">Mine</a>" not in client.get("/customers/").content.decode()
    assert f'href="{page}?{escaped}"' in client.get("/customers/filters/").content.decode()
    others = sign_in(jonas)
    assert "Mine" not in others.get("/customers/filters/").content.decode()
    SavedFilter.objects.update(is_shared=True)
    # The list of e-mails is the administrator's, and so are its filters.
    seen = "Mine" in others.get("/customers/filters/").content.decode()
    assert seen == (list_name != "emails")


def test_a_filter_needs_the_right_of_its_own_list_only(
    mikael: Membership, anna: Membership, sign_in: SignIn
) -> None:
    """REG-50: whoever keeps the e-mails but sees no customers saves, changes and deletes there."""
    mikael.role.rights = ["manage_people"]
    mikael.role.save()
    client = sign_in(mikael)
    assert client.get("/customers/").status_code == 403
    data = {"name": "Mine", "query": "state=dead"}
    assert client.post(ADD, {**data, "list_name": "emails"})["Location"] == "/outbox/?state=dead"
    for list_name in ("", "customers", "orders", "reports", "secrets"):
        assert client.post(ADD, {**data, "list_name": list_name}).status_code == 403
    saved = SavedFilter.objects.get()
    assert ">Mine<" in client.get("/customers/filters/").content.decode()
    one = f"/customers/filters/{saved.pk}/"
    assert client.post(one, {"name": "Undelivered"}).status_code == 302
    other = save_filter(by=anna, name="Late", query="", is_shared=True, at=NOW, list_name="orders")
    assert client.get(f"/customers/filters/{other.pk}/").status_code == 404
    assert client.post(f"{one}delete/").status_code == 302
    mikael.role.rights = []
    mikael.role.save()
    assert client.get("/customers/filters/").status_code == 403


def test_one_name_may_stand_in_several_lists(anna: Membership, sign_in: SignIn) -> None:
    """REG-09, DEC-05: it is replaced in its own list only."""
    client = sign_in(anna)
    for list_name in ("customers", "orders", "orders"):
        client.post(ADD, {"name": "Mine", "list_name": list_name, "query": "q=a"})
    assert sorted(SavedFilter.objects.values_list("list_name", flat=True)) == [
        "customers",
        "orders",
    ]


def test_a_forged_query_or_list_does_no_harm(anna: Membership, sign_in: SignIn) -> None:
    """REG-09: it becomes a part of addresses that others open."""
    client = sign_in(anna)
    wrong = client.post(ADD, {"name": "Mine", "list_name": "secrets", "query": "q=a"})
    assert wrong.status_code == 200
    assert not SavedFilter.objects.exists()
    client.post(ADD, {"name": "Mine", "list_name": "orders", "query": "//evil.example/?q=<b>&q=1"})
    assert SavedFilter.objects.get().address == "/orders/?q=1"
    many = "&".join(f"a{n}=1" for n in range(100))
    client.post(ADD, {"name": "Many", "list_name": "orders", "query": many})
    assert SavedFilter.objects.get(name="Many").address == "/orders/"
