"""Who answers for a confirmation now: its sender, or who took over when the sender left."""

from __future__ import annotations

from portal.accounts.models import Membership
from portal.tenancy.context import require_partner
from quotes.models import Confirmation


def in_charge(asked: Confirmation) -> Membership | None:
    """Return the sender while they work here, else whoever has the quote now (CON-30)."""
    for person in (asked.sent_by, asked.quote.created_by):
        if person.state == Membership.State.ACTIVE and person.user.is_active:
            return person
    return None


def asker(asked: Confirmation) -> tuple[str, str]:
    """Return the name and address that the customer's questions go to (CON-30)."""
    person = in_charge(asked)
    if person is not None:
        return person.user.name, person.user.email
    partner = require_partner()
    return partner.name, partner.notification_email
