"""Who will get a problem report: shown by name before it is sent (ONB-18)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from customers.models import Contact, Customer, SupportContact
from customers.telling import people_to_tell
from portal.accounts.models import Membership
from portal.tenancy.context import require_partner
from support.models import ServiceReport
from support.queries import support_settings


@dataclass(frozen=True)
class Told:
    """A support contact who gets one e-mail, with all of their roles."""

    contact: Contact
    roles: tuple[str, ...]

    @property
    def labels(self) -> str:
        """Return the roles in words."""
        return ", ".join(str(SupportContact.Role(role).label) for role in self.roles)


@dataclass(frozen=True)
class Recipients:
    """Everybody who gets a report of one customer."""

    contacts: tuple[Told, ...]
    # Contacts whose address does not work: they get nothing.
    unreachable: tuple[Told, ...]
    people: tuple[Membership, ...]
    support_email: str
    # The needed roles that nobody reachable has.
    missing: tuple[tuple[str, str], ...]


def support_email() -> str:
    """Return the address of the partner's support: its own, or the notification address."""
    return support_settings().email or require_partner().notification_email


def recipients_of(customer: Customer, *, also: Collection[UUID] = (), at: datetime) -> Recipients:
    """Return who gets a report of this customer: each address once (ONB-16, ONB-18).

    Admin contacts who have no role in support get none, nor do other customers' contacts. ``also``
    are ids of memberships that were put on the report.
    """
    roles: dict[str, set[str]] = {}
    contacts: dict[str, Contact] = {}
    rows = SupportContact.objects.filter(customer=customer, contact__erased_at=None)
    for row in rows.select_related("contact").order_by("created_at", "pk"):
        address = row.contact.email.casefold()
        # Of two contacts with one address, whoever was named first; it works if either's does.
        contacts.setdefault(address, row.contact)
        roles.setdefault(address, set()).add(row.role)
    told = [
        Told(contact, tuple(role.value for role in SupportContact.Role if role in roles[address]))
        for address, contact in contacts.items()
    ]
    reached = tuple(each for each in told if each.contact.bounced_at is None)
    held = {role for each in reached for role in each.roles}
    return Recipients(
        contacts=reached,
        unreachable=tuple(each for each in told if each.contact.bounced_at is not None),
        people=tuple(people_to_tell(customer.pk, also=also, at=at)),
        support_email=support_email(),
        missing=tuple(
            (role.value, str(role.label)) for role in SupportContact.NEEDED if role not in held
        ),
    )


def readers_of(work: ServiceReport) -> list[Contact]:
    """Return who gets a finished service report by e-mail: each address once (SUP-08).

    The contacts of its own customer who are set to get service reports, and who signed it; nobody
    whose address does not work.
    """
    wanted = Q(gets_reports=True) | Q(pk=work.signer_id)
    contacts = Contact.objects.filter(
        wanted, customer_id=work.customer_id, erased_at=None, left_at=None, bounced_at=None
    )
    found: dict[str, Contact] = {}
    for contact in contacts.exclude(email="").order_by("created_at", "pk"):
        found.setdefault(contact.email.casefold(), contact)
    return list(found.values())
