"""The people of the customer's step, written into the register."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from customers.models import Contact, Customer
from customers.onboarding.people import Row
from customers.services.contacts_and_sites import save_contact
from customers.services.support_contacts import set_support_roles
from portal.core.http import parse_uuid


def apply_people(
    customer: Customer, *, admins: Iterable[Row], support: Iterable[Row], at: datetime
) -> None:
    """Make these people the customer's support contacts, and contacts of its administrators.

    The same address is the same person: one contact, with all its roles (ONB-16). A contact that is
    no longer named loses its roles in support and stays a contact. Raise RuleError for a person who
    can't be saved, and LastSupportContact where an onboarded customer would be left without one.
    """
    support = list(support)
    people: dict[str, Row] = {}
    roles: dict[str, set[str]] = {}
    for row in [*support, *admins]:
        key = row.email.casefold()
        people.setdefault(key, row)
        if row.role:
            roles.setdefault(key, set()).add(row.role)
    named = {_contact(customer, row, at=at).pk: key for key, row in people.items()}
    # First who comes, then who goes: nobody is missing in between (ONB-17).
    for pk, key in named.items():
        if roles.get(key):
            set_support_roles(customer.contacts.get(pk=pk), roles[key], at=at)
    had = customer.contacts.filter(support_roles__isnull=False).distinct()
    for contact in had.order_by("pk"):
        if not roles.get(named.get(contact.pk, "")):
            set_support_roles(contact, (), at=at)


def _contact(customer: Customer, row: Row, *, at: datetime) -> Contact:
    """Return the contact of a row: the one it was filled from, of its address, or a new one."""
    first, _space, last = row.name.rpartition(" ")
    living = customer.present_contacts()
    chosen = parse_uuid(row.contact)
    contact = living.filter(pk=chosen).first() if chosen else None
    same = living.filter(email__iexact=row.email).order_by("created_at", "pk").first()
    if contact is None and same is not None:
        return same
    if contact is None:
        contact = Contact(customer=customer, first_name=first, last_name=last, email=row.email)
        return save_contact(customer, contact, at=at)
    if (contact.full_name, contact.email) != (row.name, row.email):
        if contact.full_name != row.name:
            contact.first_name, contact.last_name = first, last
        contact.email = row.email
        return save_contact(customer, contact, at=at)
    return contact
