"""Leaving, kind by kind: whatever is left behind needs a successor (D18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer, Substitution
from customers.services import assign, start_absence
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.notices.models import Notice
from portal.notices.services import notify
from quotes.models import Quote
from tests import factories
from tests.conftest import NOW
from workspace.offboarding import offboard, to_hand_over

LEFT: dict[str, Callable[[Customer, Membership], object]] = {
    "customer": lambda customer, person: assign(customer, person, at=NOW),
    "draft": lambda customer, person: factories.make_draft(customer, by=person, at=NOW),
    "quote": lambda customer, person: factories.make_quote(customer, by=person, at=NOW),
}


@pytest.mark.parametrize("kind", LEFT)
def test_each_kind_alone_asks_for_a_successor(
    kind: str, jonas: Membership, anna: Membership, havsbris: Customer
) -> None:
    """D18: refused as a whole without a successor; with one it is handed over."""
    LEFT[kind](havsbris, jonas)
    for nobody in (None, jonas):
        with pytest.raises(RuleError) as refusal:
            offboard(jonas, successor=nobody, at=NOW)
        assert refusal.value.field == "successor"
        jonas.refresh_from_db()
        assert jonas.state == "active" and to_hand_over(jonas)
    offboard(jonas, successor=anna, at=NOW)
    jonas.refresh_from_db()
    assert jonas.state == "ended" and not to_hand_over(jonas)
    assert not Order.objects.filter(created_by=jonas).exists()
    assert not Quote.objects.filter(created_by=jonas).exists()


def test_notifications_are_deleted_with_the_place(
    jonas: Membership, anna: Membership, nordlys: object
) -> None:
    """D18, D19: only the person's own; a colleague's notifications stay."""
    for person in (jonas, anna):
        notify(person, "assigned", at=NOW, customer="Acme Ltd, 20001")
    offboard(jonas, successor=None, at=NOW)
    assert list(Notice.objects.values_list("membership_id", flat=True)) == [anna.pk]


def test_nobody_is_their_own_substitute(
    jonas: Membership, anna: Membership, mikael: Membership
) -> None:
    """REG-21, D18: nor is somebody who left; a colleague is."""
    days: dict[str, Any] = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=2)}
    with pytest.raises(RuleError, match="Choose somebody else"):
        start_absence(anna, substitute=anna, at=NOW, **days)
    offboard(jonas, successor=None, at=NOW)
    with pytest.raises(RuleError, match="is no longer a member here"):
        start_absence(anna, substitute=jonas, at=NOW, **days)
    assert not Substitution.objects.exists()
    start_absence(anna, substitute=mikael, at=NOW, **days)
    assert Substitution.objects.get().substitute_id == mikael.pk
