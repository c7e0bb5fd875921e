"""Finding a customer of any partner while typing (CHAN-41)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from customers.services import deactivate_customer
from portal.accounts.models import Membership, User
from portal.channel.finding import find_anywhere
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, HostClient, SignIn

FIND = "/admin/channel/directoryentry/find/"


@pytest.fixture
def client(sign_in: SignIn, staff: User, settings: Any) -> HostClient:
    """Channel sales on the public host."""
    settings.STAFF_SECOND_FACTOR = False
    return sign_in(staff)


@pytest.fixture
def elbufer(brueckner: Partner) -> Customer:
    """A customer of the other partner."""
    with in_partner(brueckner):
        return factories.make_customer("Elbufer Spedition GmbH", "20115", at=NOW, city="Hamburg")


@pytest.mark.parametrize("typed", ["elb", "spedition", "ELBUFER sped", "2011", "20115"])
def test_part_of_the_name_or_start_of_the_number(
    typed: str, elbufer: Customer, havsbris: Customer
) -> None:
    """CHAN-41: of all partners, each with its partner."""
    found = find_anywhere(typed)
    assert [(each.name, each.partner) for each in found] == [
        ("Elbufer Spedition GmbH", "Brückner IT GmbH")
    ]
    assert found[0].url == f"/admin/p/brueckner/customers/customer/{elbufer.pk}/change/"


def test_accents_and_partners_mix(elbufer: Customer, bjorkvik: Customer) -> None:
    """CHAN-41: as people type, over all partners at once."""
    assert [each.partner for each in find_anywhere("bjorkvik")] == ["Nordlys Telekom AB"]
    partners = {each.partner for each in find_anywhere("telekom") + find_anywhere("brückner")}
    assert partners == {"Nordlys Telekom AB", "Brückner IT GmbH"}


@pytest.mark.parametrize("typed", ["", "el", "%%%", "___", "\\\\\\", "\x00el", "'; DROP"])
def test_too_little_or_odd_text_finds_nothing(typed: str, elbufer: Customer) -> None:
    """INP-02: wildcards are letters."""
    assert find_anywhere(typed) == []


def test_suggestions_name_number_town_and_partner(
    client: HostClient, elbufer: Customer, brueckner: Partner
) -> None:
    """CHAN-41: an inactive one says so."""
    with in_partner(brueckner):
        deactivate_customer(elbufer, at=NOW)
    (found,) = client.get(FIND, {"q": "elbufer"}).json()["results"]
    assert "".join(piece for piece, _hit in found["shown"][1]) == (
        "20115, Hamburg, Brückner IT GmbH"
    )
    assert [tag["label"] for tag in found["tags"]] == ["Inactive"]


def test_suggestions_are_for_staff_alone(anna: Membership, sign_in: SignIn) -> None:
    """ISO-16: not there on a partner's host, a sign-in on the public one."""
    assert sign_in(anna).get(FIND, {"q": "havsbris"}).status_code == 404
    assert sign_in(None, host="localhost").get(FIND, {"q": "havsbris"}).status_code == 302
