"""Edges of pages: entries of one customer's change log (REG-15), and their length (REG-14)."""

from __future__ import annotations

import pytest

from customers.models import Customer, CustomerGrant
from customers.services import change_customer, set_personal_number
from portal.accounts.models import Membership
from portal.core.actor import acting
from portal.history.models import Entry
from tests import factories
from tests.conftest import NOW, SignIn


def test_log_has_nothing_of_another_customer(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-15: each page has the customer's own changes and those of its contacts."""
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


def test_show_all_is_offered_up_to_a_limit(
    anna: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REG-14: with more rows than the limit there is the export instead."""
    for number in range(51):
        factories.make_customer(f"Kund {number:03}", f"4{number:04}", at=NOW)
    client = sign_in(anna)
    assert "Show all (52)" in client.get("/customers/").content.decode()
    monkeypatch.setattr("portal.core.listing.SHOW_ALL", 51)
    assert "Show all" not in client.get("/customers/").content.decode()


def test_exceptions_are_logged_and_an_unknown_level_changes_nothing(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D12, REG-15: given, changed and removed ones are logged with who did it."""
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/access/{mikael.pk}/"
    for level in ("see", "everything"):
        client.post(url, {"level": level})
        assert CustomerGrant.objects.filter(user_id=mikael.user_id).count() == 1
    client.post(url, {"level": "change"})
    assert CustomerGrant.objects.filter(user_id=mikael.user_id).count() == 2
    client.post(url, {"level": ""})
    assert not CustomerGrant.objects.exists()
    entries = Entry.objects.filter(customer_id=havsbris.pk, verb__startswith="grant_")
    assert [
        (entry.verb, entry.actor_name, (entry.additional_data or {}).get("level"))
        for entry in entries.order_by("id")
    ] == [
        ("grant_given", "Anna Test", "see"),
        ("grant_given", "Anna Test", "change"),
        ("grant_taken", "Anna Test", ""),
    ]


def test_log_says_that_a_personal_number_was_set_without_the_number(
    anna: Membership, nordlys: object
) -> None:
    """REG-31, D19: not even encrypted, since the log is permanent. The town is logged."""
    eva = factories.make_customer("Eva Ek", "10113", at=NOW, type="residential")
    set_personal_number(eva, "811228-9874")
    eva.refresh_from_db()
    change_customer(eva, at=NOW, by=anna, version=1, city="Falun", personal_number="670919-9530")
    entries = Entry.objects.filter(customer_id=eva.pk)
    changed = {name for entry in entries for name in entry.changes or {}}
    assert "city" in changed and "personal_number_encrypted" not in changed
    assert entries.filter(verb="personal_number_set").count() == 2
