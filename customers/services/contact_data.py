"""What the portal stores about a contact: collected, and erased on request (D19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Contact, SupportContact
from customers.related_data import Effect, related_data
from customers.services.support_contacts import check_may_be_erased
from portal.history.log import LogRow, log_rows
from portal.history.models import Entry
from portal.history.services import record
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import require_partner

FIELDS = (
    "first_name last_name role job_title email phone is_primary gets_orders gets_invoices "
    "gets_reports gets_agreements created_at"
).split()


def log_of_contact(contact: Contact) -> list[LogRow]:
    """Return the change log of one contact, the oldest first."""
    entries = Entry.objects.filter(object_pk=str(contact.pk)).select_related("content_type")
    return log_rows(entries.order_by("timestamp", "id"))


def held_about(contact: Contact) -> dict[str, Any]:
    """Return everything stored about one contact, JSON-ready.

    This is the contact's own data, and each place that names the contact. Data of other apps comes
    from their :class:`RelatedData`.
    """
    partner = require_partner()
    held: dict[str, Any] = {
        "contact": {name: _plain(getattr(contact, name)) for name in FIELDS},
        "support_roles": sorted(contact.support_roles.values_list("role", flat=True)),
        "customer": contact.customer.label,
        "held_by": partner.name,
    }
    for data in related_data():
        held |= data.held_about(contact)
    mails = OutboundEmail.objects.for_partner(partner).filter(
        customer_id=contact.customer_id, to_address__iexact=contact.email
    )
    held["emails"] = [
        {"subject": mail.subject, "state": mail.state, "queued": _plain(mail.created_at)}
        for mail in mails.order_by("created_at", "pk")
    ]
    held["change_log"] = [
        {"at": _plain(row.at), "by": row.by, "text": row.text, "changes": row.changes}
        for row in log_of_contact(contact)
    ]
    return held


def _plain(value: object) -> bool | str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool) else str(value)


def after_erasure(contact: Contact) -> list[Effect]:
    """Return what stays after an erasure, with the reason."""
    held = held_about(contact)
    return [
        *(effect for data in related_data() for effect in data.after_erasure(contact)),
        Effect(
            _("E-mails that were sent"),
            len(held["emails"]),
            _("Proof of what the customer was told; deleted when their time is over."),
        ),
        Effect(
            _("Entries of the change log"),
            len(held["change_log"]),
            _("Nothing is ever removed from the log; it proves who changed what."),
        ),
    ]


@transaction.atomic
def erase_contact(contact: Contact, *, at: datetime) -> None:
    """Erase a contact's personal data (D19).

    The row stays, without a name, for the orders that refer to it. A second time changes nothing.
    The change log is bypassed, since it would store the old values once more.
    """
    current = Contact.objects.select_for_update().get(pk=contact.pk)
    if current.erased_at is not None:
        return
    check_may_be_erased(current)
    SupportContact.objects.filter(contact=current).delete()
    for data in related_data():
        data.erase(current, at=at)
    Contact.objects.filter(pk=current.pk).update(
        first_name="",
        last_name="",
        email="",
        phone="",
        role="",
        job_title="",
        find_key="",
        is_primary=False,
        gets_orders=False,
        gets_invoices=False,
        gets_reports=False,
        gets_agreements=False,
        erased_at=at,
        version=current.version + 1,
    )
    current.refresh_from_db()
    record(current, "contact_erased", customer_id=current.customer_id)
