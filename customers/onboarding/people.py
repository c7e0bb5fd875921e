"""The people that an onboarding keeps until the register has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customers.models import Customer, SupportContact
from portal.core.http import parse_uuid

Role = SupportContact.Role


@dataclass(frozen=True)
class Row:
    """A person in one role; ``role`` is empty for an administrator (ONB-09, ONB-11)."""

    name: str
    email: str
    role: str = ""
    contact: str = ""


def kept_people(answers: Mapping[str, Any], kind: str) -> list[Row]:
    """Return the people that are kept with the onboarding."""
    return [Row(**row) for row in answers.get(kind, [])]


def registered_people(customer: Customer) -> list[Row]:
    """Return the support contacts that the register has already."""
    found = customer.support_contacts.filter(contact__erased_at=None).select_related("contact")
    order = {role: at for at, role in enumerate(Role.values)}
    rows = sorted(found, key=lambda row: (order[row.role], row.contact.last_name))
    return [
        Row(
            name=row.contact.full_name,
            email=row.contact.email,
            role=row.role,
            contact=str(row.contact_id),
        )
        for row in rows
    ]


def own_contacts(rows: list[Row], customer: Customer) -> list[Row]:
    """Return the rows without ids of contacts that are not this customer's."""
    known = {str(pk) for pk in customer.contacts.values_list("pk", flat=True)}
    return [
        row if str(parse_uuid(row.contact)) in known else Row(row.name, row.email, row.role)
        for row in rows
    ]
