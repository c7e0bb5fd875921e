"""Contacts as recipients of e-mails: how the outbox finds and corrects them (OUT-26)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from customers.models import Contact
from customers.services import note_bounce, save_contact
from portal.core.errors import RuleError
from portal.outbox.correcting import NobodyToCorrect, Recipient, recipients_are_in
from portal.outbox.models import OutboundEmail
from portal.outbox.telling import on_wrong_address


class ContactsOfCustomers:
    """The register's contacts, looked up in the schema of the partner that asks."""

    def find(self, email: OutboundEmail) -> Recipient | None:
        """Return the contact a message went to, or None."""
        contact = _contact(email)
        if contact is None:
            return None
        url = reverse("customers:contact", args=[contact.customer_id, contact.pk])
        return Recipient(contact.full_name, url)

    def correct(self, email: OutboundEmail, address: str, *, at: datetime) -> None:
        """Give the contact another address; the change log has it."""
        contact = _contact(email)
        if contact is None:
            raise NobodyToCorrect
        contact.email = address
        try:
            save_contact(contact.customer, contact, at=at)
        except RuleError as error:
            raise RuleError(str(error), field="email") from error


def _contact(email: OutboundEmail) -> Contact | None:
    if email.customer_id is None:
        return None
    return (
        Contact.objects.select_related("customer")
        .filter(customer_id=email.customer_id, email__iexact=email.to_address, erased_at=None)
        .order_by("created_at", "pk")
        .first()
    )


def _note(address: str, customer_id: UUID, at: datetime) -> None:
    note_bounce(address, customer_id=customer_id, at=at)


def register() -> None:
    """Let the outbox find contacts, and note whose address does not work (OUT-36)."""
    recipients_are_in(ContactsOfCustomers())
    on_wrong_address(_note)
