"""What the portal stores about a contact: collected, and erased on request (D19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Contact, SupportContact
from customers.related_data import Effect, related_data
from customers.services.contact_traces import log_entries, traces_of
from customers.services.support_contacts import check_may_be_erased
from portal.history.log import LogRow, log_rows
from portal.history.services import record
from portal.outbox.receiving import KEPT_DAYS
from portal.tenancy.context import require_partner

FIELDS = (
    "first_name last_name role job_title email phone is_primary gets_orders gets_invoices "
    "gets_reports gets_agreements created_at"
).split()


def log_of_contact(contact: Contact) -> list[LogRow]:
    """Return the change log of one contact, and what names them, the oldest first (REG-59)."""
    entries = log_entries(contact).select_related("content_type")
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
    held |= traces_of(contact)
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
            _("Stay as they went out, with no end: proof of what the customer was told."),
        ),
        Effect(
            _("E-mails that were received"),
            len(held["emails_received"]),
            _(
                "Stay with no end, as the conversation with the customer; the text of automatic "
                "and dismissed ones goes after %(days)s days."
            )
            % {"days": KEPT_DAYS},
        ),
        Effect(
            _("Notifications of your people"),
            len(held["notifications"]),
            _("Stay as what your people were told; nobody else reads them."),
        ),
        Effect(
            _("Entries of the change log"),
            len(held["change_log"]),
            _(
                "Nothing is ever removed from the log; it proves who changed what. Its pages show "
                "neither the name nor what was changed about the person."
            ),
        ),
    ]


def what_goes(contact: Contact) -> list[Effect]:
    """Return what an erasure removes, line by line (REG-59)."""
    return [
        Effect(
            _("Name, e-mail address, phone, job title and role"),
            1,
            _('Are emptied; orders then show "Erased contact".'),
        ),
        Effect(_("Roles in support"), contact.support_roles.count(), _("End.")),
        Effect(_("Documents to receive"), len(contact.documents), _("Are not sent any more.")),
        *(effect for data in related_data() for effect in data.on_erasure(contact)),
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
