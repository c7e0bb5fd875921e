"""Pages of the account, each with its counter-example (ACC-04, ACC-05, ACC-13, ACC-22)."""

from __future__ import annotations

import pytest

from customers.models import Customer
from customers.services import deactivate_customer, partner_settings, set_grant
from portal.accounts.models import Membership
from tests.conftest import NOW, SignIn
from tests.customers.test_rights import with_rights
from tests.customers.test_views import data

MENU = 'href="/customers/"'
SWITCH = "Switch to this customer"


def test_customers_are_in_the_menu_of_those_who_see_some(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-04, D12: one page lists them.

    Who sees none finds neither menu nor page nor a link to it; who has an exception finds both.
    """
    with_rights(mikael, "view_customer")
    client = sign_in(mikael)
    assert MENU in client.get("/").content.decode()
    assert havsbris.name in client.get("/customers/").content.decode()
    with_rights(mikael)
    client = sign_in(mikael)
    assert MENU not in client.get("/").content.decode()
    assert client.get("/customers/").status_code == 403
    set_grant(havsbris, mikael, "see", by=anna, at=NOW)
    assert MENU in client.get("/").content.decode()
    assert client.get("/customers/").status_code == 200


@pytest.mark.parametrize(
    ("type_", "made"), [("normal", True), ("residential", True), ("", False), ("other", False)]
)
def test_type_is_one_of_two(type_: str, made: bool, anna: Membership, sign_in: SignIn) -> None:
    """ACC-05: the choice is required; any other value is an error at the field."""
    answer = sign_in(anna).post("/customers/new/", data(type=type_))
    assert answer.status_code == (302 if made else 200)
    assert Customer.objects.filter(name="Acme AB", type=type_).exists() is made
    if not made:
        assert 'id="id_type_error"' in answer.content.decode()


@pytest.mark.parametrize("builtin", [True, False])
def test_master_plan_is_suggested_where_it_fits(
    builtin: bool, anna: Membership, sign_in: SignIn
) -> None:
    """ACC-13: it is suggested only if the partner does not use the built-in billing."""
    settings = partner_settings()
    settings.uses_builtin_billing = builtin
    settings.save()
    page = sign_in(anna).get("/customers/new/").content.decode()
    assert ("the master rate plan fits that" in page) is not builtin


def test_switch_is_offered_where_it_is_possible(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-22, ACC-03: the page of an active customer offers it until it is the active one.

    The page of an inactive customer never does.
    """
    client, url = sign_in(anna), f"/customers/{havsbris.pk}/"
    assert SWITCH in client.get(url).content.decode()
    assert client.post("/switch/", {"customer": str(havsbris.pk)})["Location"] == url
    assert SWITCH not in client.get(url).content.decode()
    client.post("/leave/")
    assert SWITCH in client.get(url).content.decode()
    deactivate_customer(havsbris, at=NOW)
    assert SWITCH not in client.get(url).content.decode()
