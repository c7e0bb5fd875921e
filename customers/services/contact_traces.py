"""Where mails, received mails, notifications and the change log name a contact (REG-59)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from customers.models import Contact
from portal.history.models import Entry
from portal.notices.messages import text_of
from portal.notices.models import Notice
from portal.outbox.inbound import InboundEmail
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import require_partner


def _words(contact: Contact) -> list[str]:
    """Return what tells the person: the whole name and the address."""
    return [words for words in (contact.full_name, contact.email) if words]


def _naming(contact: Contact, *fields: str) -> Q:
    found = Q(pk__in=[])
    for words in _words(contact):
        for field in fields:
            found |= Q(**{f"{field}__icontains": words})
    return found


def log_entries(contact: Contact) -> QuerySet[Entry]:
    """Return the entries about a contact, and those of the customer that name the person."""
    entries = Entry.objects.alias(
        details_text=Cast("additional_data", TextField()), values_text=Cast("changes", TextField())
    )
    named = Q(customer_id=contact.customer_id) & _naming(
        contact, "details_text", "values_text", "object_repr"
    )
    found: QuerySet[Entry] = entries.filter(Q(object_pk=str(contact.pk)) | named)
    return found


def emails_naming(contact: Contact) -> QuerySet[OutboundEmail]:
    """Return the e-mails about the customer that went to the person or name them."""
    mails = OutboundEmail.objects.for_partner(require_partner())
    named = _naming(contact, "to_address", "subject", "text", "html", "reply_to")
    return mails.filter(named, customer_id=contact.customer_id)


def received_from(contact: Contact) -> QuerySet[InboundEmail]:
    """Return the received e-mails that the person wrote or that name their address."""
    mails = InboundEmail.objects.for_partner(require_partner())
    return mails.filter(_naming(contact, "from_address", "from_name", "subject", "text"))


def notices_naming(contact: Contact) -> QuerySet[Notice]:
    """Return the notifications of the partner's people that name the person."""
    notices = Notice.objects.alias(details_text=Cast("details", TextField()))
    return notices.filter(_naming(contact, "details_text"))


def traces_of(contact: Contact) -> dict[str, list[dict[str, Any]]]:
    """Return the mails and notifications, JSON-ready."""
    return {
        "emails": [
            {
                "to": mail.to_address,
                "subject": mail.subject,
                "state": mail.state,
                "queued": mail.created_at.isoformat(),
            }
            for mail in emails_naming(contact).order_by("created_at", "pk")
        ],
        "emails_received": [
            {
                "from": mail.from_address,
                "subject": mail.subject,
                "received": mail.received_at.isoformat(),
            }
            for mail in received_from(contact).order_by("received_at", "pk")
        ],
        "notifications": [
            {"text": text_of(notice), "at": notice.created_at.isoformat()}
            for notice in notices_naming(contact).order_by("created_at", "pk")
        ],
    }
