"""Whom of the partner's people to tell of what happens at a customer (REG-17, REG-21)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from customers.models import Assignment, away_on
from portal.accounts.models import Membership
from portal.tenancy.context import local_day, require_partner


def people_to_tell(
    customer_id: UUID, *, also: Collection[UUID] = (), at: datetime
) -> list[Membership]:
    """Return the people to tell of something about a customer.

    These are the people responsible for it, those of ``also`` (ids of memberships: who was put on
    it), and today's substitutes of either, as far as they can see the customer.
    """
    assigned = set(
        Assignment.objects.filter(customer_id=customer_id).values_list("membership_id", flat=True)
    )
    on_it = set(also)
    absent = away_on(local_day(at)).filter(membership_id__in=assigned | on_it)
    # One person may stand in for several.
    absences = [(row.substitute_id, row.membership_id) for row in absent]
    responsible = assigned | {substitute for substitute, away in absences if away in assigned}
    wanted = responsible | on_it | {substitute for substitute, _away in absences}
    if not wanted:
        return []
    partner = require_partner()
    found = (
        Membership.objects.own_people(partner)
        .select_related("user", "role")
        .filter(
            pk__in=wanted,
            state=Membership.State.ACTIVE,
            user__is_active=True,
        )
        .order_by("pk")
    )
    recipients = []
    for person in found:
        person.partner = partner
        sees_assigned = person.pk in responsible and person.may("view_assigned_customer")
        if person.may("view_customer") or sees_assigned:
            recipients.append(person)
    return recipients
