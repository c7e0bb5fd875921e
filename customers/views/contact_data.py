"""What the portal holds about a contact: shown, exported, erased on request (D19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from customers.forms.contacts_and_sites import WordForm
from customers.http import CustomerRequest, load_customer
from customers.models import Contact
from customers.views.register import may_change_this
from orders.models import Order
from portal.accounts.access import needs
from portal.history.log import LogRow, log_rows
from portal.history.models import Entry
from portal.history.services import record
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import current_partner

FIELDS = (
    "first_name last_name role job_title email phone is_primary gets_orders gets_invoices "
    "gets_reports gets_agreements created_at"
).split()


def _log(contact: Contact) -> list[LogRow]:
    entries = Entry.objects.filter(object_pk=str(contact.pk)).select_related("content_type")
    return log_rows(entries.order_by("timestamp", "id"))


def held_about(contact: Contact) -> dict[str, Any]:
    """Everything about one contact, JSON-ready: her own facts, and where she stands elsewhere."""
    partner = current_partner()
    assert partner is not None
    orders = Order.objects.filter(contact=contact).order_by("created_at", "pk")
    mails = OutboundEmail.objects.for_partner(partner).filter(
        customer_id=contact.customer_id, to_address__iexact=contact.email
    )
    return {
        "contact": {name: _plain(getattr(contact, name)) for name in FIELDS},
        "customer": contact.customer.label,
        "held_by": partner.name,
        "orders": [
            {"number": order.number, "state": order.state, "written": _plain(order.created_at)}
            for order in orders
        ],
        "emails": [
            {"subject": mail.subject, "state": mail.state, "queued": _plain(mail.created_at)}
            for mail in mails.order_by("created_at", "pk")
        ],
        "change_log": [
            {"at": _plain(row.at), "by": row.by, "text": row.text, "changes": row.changes}
            for row in _log(contact)
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool) else str(value)


def what_stays(held: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(what, how many, why) of that which an erasure leaves."""
    return [
        (
            _("Orders that were confirmed to this person"),
            len(held["orders"]),
            _("The order stays, without the name: it is what claims are settled by."),
        ),
        (
            _("E-mails that were sent"),
            len(held["emails"]),
            _("Proof of what the customer was told; deleted when their time is over."),
        ),
        (
            _("Entries of the change log"),
            len(held["change_log"]),
            _("Nothing is ever taken out of the log; it proves who changed what."),
        ),
    ]


@transaction.atomic
def erase_contact(contact: Contact, *, at: datetime) -> None:
    """Take away what is personal (D19): the row stays nameless for the orders that point at it,
    drafts ask for another contact. Again is no error. Past the log's own bookkeeping, which would
    write the old values down once more."""
    current = Contact.objects.select_for_update().get(pk=contact.pk)
    if current.erased_at is not None:
        return
    drafts = Order.objects.drafts().filter(contact=current)
    for order in drafts.select_for_update():
        order.contact = None
        order.version += 1
        order.changed_at = at
        order.save(update_fields=["contact", "version", "changed_at"])
    Contact.objects.filter(pk=current.pk).update(
        first_name="",
        last_name="",
        email="",
        phone="",
        role="",
        job_title="",
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


def _contact(request: CustomerRequest, contact_id: UUID) -> Contact:
    found = request.customer.contacts.filter(pk=contact_id, erased_at__isnull=True).first()
    if found is None:
        raise Http404
    found.customer = request.customer
    return found


@needs(load=load_customer, of="customer", allow=may_change_this)
@never_cache
@require_safe
def contact_data(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """What we hold about a contact, to read."""
    contact = _contact(request, contact_id)
    held = held_about(contact)
    names = ("first_name", "last_name", "job_title", "email", "phone")
    facts = [
        (str(field.verbose_name).capitalize(), getattr(contact, field.name))
        for field in Contact._meta.concrete_fields
        if field.name in names
    ]
    context = {
        "customer": request.customer,
        "contact": contact,
        "held": held,
        "log": _log(contact),
        "facts": [*facts, (_("Receives"), capfirst(", ".join(contact.documents)))],
    }
    return render(request, "customers/contact_data.html", context)


@needs(load=load_customer, of="customer", allow=may_change_this)
@never_cache
@require_safe
def contact_json(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """The same as a file."""
    contact = _contact(request, contact_id)
    response = JsonResponse(held_about(contact), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.json"'
    return response


@needs(load=load_customer, of="customer", allow=may_change_this)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_erase(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """Erase a contact's data on request: what goes, what stays and why, then the word."""
    contact = _contact(request, contact_id)
    name = contact.full_name
    form = WordForm(request.POST or None, expected=_("erase"))
    if request.method == "POST" and form.is_valid():
        erase_contact(contact, at=timezone.now())
        messages.success(request, _("The data of %s was erased.") % name)
        return redirect("home:customer", request.customer.pk)
    context = {
        "form": form,
        "customer": request.customer,
        "title": _("Erase the data of %s?") % name,
        "text": _("Name, address, phone and job title go, everywhere. This cannot be undone."),
        "submit": _("Erase the data of %s") % name,
        "affected": what_stays(held_about(contact)),
        "affected_title": _("What stays, and why"),
    }
    return render(request, "customers/confirm_word.html", context)
