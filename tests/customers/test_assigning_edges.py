"""Assigning from both sides: what a colleague did meanwhile, and who an order is still on."""

from __future__ import annotations

from customers.models import Assignment, Customer
from customers.services import assign, change_assignments
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_assigning import notices, responsible


def test_a_tick_that_was_there_brings_nobody_back(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-22: whom a colleague unassigned since the page was made stays so; a new tick assigns."""
    assign(havsbris, jonas, at=NOW)
    change_assignments([havsbris], remove=[jonas], at=NOW)
    sign_in(anna).post(
        f"/customers/{havsbris.pk}/assign/",
        {"had": [str(jonas.pk)], "people": [str(jonas.pk), str(mikael.pk)], "save": "1"},
    )
    assert responsible(havsbris) == {mikael.pk}


def test_an_order_tells_whoever_it_is_still_on(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """REG-21, REG-22: unassigned between draft and placing, it stays on them; told is who sees the
    customer, and nobody whom it was never put on."""
    for person in (jonas, mikael):
        assign(havsbris, person, at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    change_assignments([havsbris], remove=[jonas, mikael], at=NOW)
    assert not Assignment.objects.exists() and draft.assignees.count() == 2
    submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    assert len([text for text in notices(jonas) if draft.number in text]) == 1
    assert [text for text in notices(mikael) if draft.number in text] == []
    assert [text for text in notices(anna) if draft.number in text] == []
