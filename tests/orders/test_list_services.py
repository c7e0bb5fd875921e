"""The list of running services: which agreements end soon (ORD-56)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from customers.models import Customer
from orders.models import Service
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, SignIn

URL = "/orders/services/"


@pytest.fixture
def four(havsbris: Customer, bjorkvik: Customer) -> list[Service]:
    """Services whose term ends in 20 and in 80 days, one without a term, and one that has ended."""
    today = date.today()
    return [
        Service.objects.create(
            customer=customer,
            product=factories.product("FLX-PRO"),
            product_name=name,
            family="flex",
            quantity=2,
            currency="SEK",
            one_off=0,
            monthly=129,
            started_on=date(2026, 1, 1),
            term_months=12 if days else 0,
            term_ends_on=today + timedelta(days=days) if days else None,
            ended_on=today if name == "Ended" else None,
            identifiers=f"ID {name}",
            created_at=NOW,
        )
        for customer, name, days in (
            (havsbris, "Soon", 20),
            (bjorkvik, "Later", 80),
            (havsbris, "Free", 0),
            (havsbris, "Ended", 20),
        )
    ]


def test_agreements_that_end_soon(anna: Membership, four: list[Service], sign_in: SignIn) -> None:
    """ORD-56: the next end first; filtered by days, found by name, identifier and customer."""
    client = sign_in(anna)

    def names(query: str) -> list[str]:
        page = client.get(URL + query).content.decode()
        rows = page[page.index("<tbody") : page.index("</tbody>")] if "<tbody" in page else ""
        found = {
            rows.index(each.product_name): each.product_name
            for each in four
            if each.product_name in rows
        }
        return [found[place] for place in sorted(found)]

    assert names("") == ["Soon", "Later", "Free"]
    assert (names("?ends=30"), names("?ends=90")) == (["Soon"], ["Soon", "Later"])
    assert (names("?ends=none"), names("?q=later")) == (["Free"], ["Later"])
    assert (names("?q=ID+Soon"), names("?q=10017")) == (["Soon"], ["Later"])
    assert (names("?family=trunk"), names("?ends=nonsense")) == ([], [])
    # What has neither letters nor digits matches nothing, rather than everything.
    assert (names("?q=%21%21"), names("?q=%25")) == ([], [])
    page = client.get(URL).content.decode()
    assert "3 services." in page and "258.00" in page
    assert len(b"".join(client.get(f"{URL}export/?format=csv")).splitlines()) == 4


def test_services_of_others_are_not_listed(
    mikael: Membership, four: list[Service], sign_in: SignIn
) -> None:
    """ORD-56, REG-25: a technician without the right to see orders has no such list."""
    assert sign_in(mikael).get(URL).status_code == 403
