"""Services for support contacts: the roles of a customer's contacts in support (ONB-11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Contact, Customer, SupportContact
from customers.related_data import related_data
from customers.services.contacts_and_sites import check_told_apart, delete_contact, save_contact
from portal.core.errors import RuleError
from portal.history.services import record

Role = SupportContact.Role


class LastSupportContact(RuleError):
    """Refuse to take an onboarded customer's last maintainer or on-site administrator (ONB-17)."""

    def __init__(self, role: str) -> None:
        super().__init__(
            _("A customer needs at least one Maintainer.")
            if role == Role.MAINTAINER
            else _("A customer needs at least one On-site administrator."),
            field="support_roles",
        )


def _lock(customer: Customer) -> Customer:
    """Return the customer's row, locked: two who remove the last two wait for each other."""
    return Customer.objects.select_for_update().get(pk=customer.pk)


def _refuse_last(customer: Customer, contact: Contact, *, keeps: Collection[str]) -> None:
    """Raise LastSupportContact if nobody else has a needed role that the contact gives up."""
    if customer.onboarded_at is None:
        return
    others = SupportContact.objects.filter(customer=customer).exclude(contact=contact)
    held = set(others.values_list("role", flat=True)) | set(keeps)
    mine = set(contact.support_roles.values_list("role", flat=True))
    for role in SupportContact.NEEDED:
        if role in mine and role not in held:
            raise LastSupportContact(role)


@transaction.atomic
def set_support_roles(contact: Contact, roles: Collection[str], *, at: datetime) -> None:
    """Give a contact exactly these roles in support; none takes it out (ONB-11, ONB-16).

    Raise LastSupportContact where an onboarded customer would be without one (ONB-17).
    """
    customer = _lock(contact.customer)
    wanted = {Role(role) for role in roles}
    have = {row.role: row for row in contact.support_roles.all()}
    if wanted == have.keys():
        return
    _refuse_last(customer, contact, keeps=wanted)
    for role in have.keys() - wanted:
        have[role].delete()
    SupportContact.objects.bulk_create(
        SupportContact(customer=customer, contact=contact, role=role, created_at=at)
        for role in Role
        if role in wanted - have.keys()
    )
    record(
        contact,
        "support_roles_changed",
        customer_id=customer.pk,
        roles=[role.value for role in Role if role in wanted],
    )


@transaction.atomic
def save_contact_with_roles(
    customer: Customer,
    contact: Contact,
    *,
    roles: Collection[str],
    at: datetime,
    version: int | None = None,
) -> Contact:
    """Add or change a contact together with its roles in support (ONB-12).

    Raise what ``save_contact`` and ``set_support_roles`` raise; then nothing is saved.
    """
    saved = save_contact(customer, contact, at=at, version=version)
    set_support_roles(saved, roles, at=at)
    return saved


@transaction.atomic
def remove_contact(contact: Contact) -> None:
    """Delete a contact. Raise RuleError if it is named elsewhere, or the last one (ONB-17)."""
    _refuse_last(_lock(contact.customer), contact, keeps=())
    delete_contact(contact)


@transaction.atomic
def check_may_be_erased(contact: Contact) -> None:
    """Raise LastSupportContact if an onboarded customer needs this contact (ONB-17)."""
    _refuse_last(_lock(contact.customer), contact, keeps=())


@transaction.atomic
def note_left(contact: Contact, *, at: datetime) -> Contact:
    """Note that a person no longer works at the customer (REG-58).

    No list to choose from has them any more, their roles in support and the mark as primary contact
    end, and drafts ask for somebody else. What they did and were sent stays. A second time changes
    nothing. Raise LastSupportContact (ONB-17).
    """
    current = Contact.objects.select_for_update().select_related("customer").get(pk=contact.pk)
    if current.left_at is not None or current.erased_at is not None:
        return current
    set_support_roles(current, (), at=at)
    for data in related_data():
        data.take_off(current, at=at)
    current.left_at, current.is_primary = at, False
    current.version += 1
    current.save(update_fields=["left_at", "is_primary", "version"])
    record(current, "contact_left", customer_id=current.customer_id)
    return current


@transaction.atomic
def note_back(contact: Contact) -> Contact:
    """Take back that a person has left (REG-58); roles are given again by hand.

    Raise ContactExists or NameTwice where somebody else took the address or the name since.
    """
    _lock(contact.customer)
    current = Contact.objects.select_for_update().select_related("customer").get(pk=contact.pk)
    if current.left_at is None or current.erased_at is not None:
        return current
    check_told_apart(current.customer, current)
    current.left_at = None
    current.version += 1
    current.save(update_fields=["left_at", "version"])
    record(current, "contact_back", customer_id=current.customer_id)
    return current


def note_bounce(address: str, *, customer_id: UUID, at: datetime) -> int:
    """Note that an e-mail to this address came back; return how many contacts have it (OUT-32)."""
    return Contact.objects.filter(
        customer_id=customer_id, email__iexact=address, bounced_at=None
    ).update(bounced_at=at)
