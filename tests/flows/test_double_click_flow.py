"""The same button pressed twice, where the second press meets the first half done (QUALITY
section 2): one of them happens, the other is refused in words or comes after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.accounts.models import Invitation, Membership
from portal.accounts.services import AlreadyHere, invite
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW
from tests.flows.conftest import at_once

Live = Callable[..., Membership]
CLIENTS = 6


def test_person_invited_many_times_at_once_is_invited_once(live: Live) -> None:
    """QUALITY 2: one person, one place, one mail; the others hear that she is here already."""
    boss = live("doubleinvite")

    def press() -> Any:
        return invite(
            partner=boss.partner,
            email="twice@people.example",
            name="Twice",
            role=boss.role,
            language="en",
            by=boss.user,
            at=NOW,
        )

    results = at_once(boss.partner, [press] * CLIENTS)
    refused = [type(each) for each in results if not isinstance(each, Membership)]
    assert refused == [AlreadyHere] * (CLIENTS - 1)
    assert Invitation.objects.for_partner(boss.partner).count() == 1
    mails = OutboundEmail.objects.for_partner(boss.partner)
    assert mails.filter(to_address="twice@people.example").count() == 1


def test_primary_contacts_saved_at_once_leave_one_primary(live: Live) -> None:
    """REG-35: the one that was saved last is the primary contact; nobody's press is an error."""
    boss = live("doubleprimary")
    customer = factories.make_customer("Primary AB", "20001", at=NOW)

    def press(number: int) -> Callable[[], Any]:
        return lambda: factories.make_contact(
            customer, at=NOW, is_primary=True, email=f"{number}@primary.example"
        )

    results = at_once(boss.partner, [press(number) for number in range(CLIENTS)])
    assert [each for each in results if isinstance(each, Exception)] == []
    assert customer.contacts.count() == CLIENTS
    assert customer.contacts.filter(is_primary=True).count() == 1
