"""Whose change log it is (REG-15)."""

from __future__ import annotations

from customers.models import Customer
from customers.services import change_customer
from portal.accounts.models import Membership
from portal.history.actor import acting
from tests import factories
from tests.conftest import NOW, SignIn


def test_log_has_nothing_of_another_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-15: on each page its own changes and those of its contacts, whoever was changed last."""
    client = sign_in(anna)
    with acting(anna.user):
        for customer, town, person in ((havsbris, "Falun", "Eva"), (bjorkvik, "Umeå", "Olle")):
            change_customer(customer, at=NOW, by=anna, version=1, city=town)
            factories.make_contact(customer, at=NOW, first_name=person)
    hers, others = (
        client.get(f"/customers/{customer.pk}/log/").content.decode()
        for customer in (havsbris, bjorkvik)
    )
    assert "Falun" in hers and "Eva Sandell" in hers
    assert "Umeå" not in hers and "Olle Sandell" not in hers
    assert "Umeå" in others and "Olle Sandell" in others
    assert "Falun" not in others and "Eva Sandell" not in others
