"""The people of the partner who are told of channel sales' acts."""

from __future__ import annotations

from dataclasses import dataclass

from orders.models import Order
from portal.tenancy.context import require_partner


@dataclass(frozen=True)
class Reader:
    """Somebody who is told of what channel sales did."""

    address: str
    name: str
    language: str


def readers(order: Order) -> list[Reader]:
    """Return who is told: who placed the order and who asked to cancel it, or the partner."""
    partner = require_partner()
    people = {person.pk: person for person in (order.submitted_by, order.cancel_asked_by) if person}
    if not people:
        return [Reader(partner.notification_email, partner.name, partner.language)]
    users = [person.user for person in people.values()]
    return [Reader(user.email, user.get_short_name(), user.language) for user in users]


def told_of(order: Order) -> list[str]:
    """Return the addresses that an act of channel sales on this order is mailed to."""
    return [reader.address for reader in readers(order)]
