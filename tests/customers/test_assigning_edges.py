"""Edges of assigning: a colleague's changes in between, and who an order stays assigned to."""

from __future__ import annotations

from customers.models import Assignment, Customer
from customers.services import assign, change_assignments
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_assigning import notices, responsible


def test_an_unchanged_tick_assigns_nobody_again(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-22: a person whom a colleague unassigned since stays so; a new tick assigns."""
    assign(havsbris, jonas, at=NOW)
    change_assignments([havsbris], remove=[jonas], at=NOW)
    sign_in(anna).post(
        f"/customers/{havsbris.pk}/assign/",
        {"had": [str(jonas.pk)], "people": [str(jonas.pk), str(mikael.pk)], "save": "1"},
    )
    assert responsible(havsbris) == {mikael.pk}


def test_an_order_notifies_those_it_is_still_assigned_to(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """REG-21, REG-22: it stays with a person unassigned between draft and order.

    Those who see the customer are notified, and nobody to whom it was never assigned.
    """
    for person in (jonas, mikael):
        assign(havsbris, person, at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    change_assignments([havsbris], remove=[jonas, mikael], at=NOW)
    assert not Assignment.objects.exists() and draft.assignees.count() == 2
    submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    assert len([text for text in notices(jonas) if draft.number in text]) == 1
    assert [text for text in notices(mikael) if draft.number in text] == []
    assert [text for text in notices(anna) if draft.number in text] == []
