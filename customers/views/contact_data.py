"""Views of what is stored about a contact: read, download, erase (D19)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.forms.contacts_and_sites import WordForm
from customers.held_parts import parts_of
from customers.http import CustomerRequest, load_customer
from customers.models import Contact
from customers.services.contact_data import (
    after_erasure,
    erase_contact,
    held_about,
    log_of_contact,
    what_goes,
)
from customers.views.register import may_change_this
from portal.accounts.access import needs
from portal.core.http import get_or_post


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
    """Show everything that is stored about a contact."""
    contact = _contact(request, contact_id)
    parts = parts_of(held_about(contact))
    names = ("first_name", "last_name", "job_title", "email", "phone")
    summary = [
        (str(field.verbose_name).capitalize(), getattr(contact, field.name))
        for field in Contact._meta.concrete_fields
        if field.name in names
    ]
    context = {
        "customer": request.customer,
        "contact": contact,
        "held": [part for part in parts if part.rows],
        "nothing": [part for part in parts if not part.rows],
        "log": log_of_contact(contact),
        "summary": [*summary, (_("Receives"), capfirst(", ".join(contact.documents)))],
    }
    return render(request, "customers/contact_data.html", context)


@needs(load=load_customer, of="customer", allow=may_change_this)
@never_cache
@require_safe
def contact_json(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """Return everything that is stored about a contact as a JSON file."""
    contact = _contact(request, contact_id)
    response = JsonResponse(held_about(contact), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.json"'
    return response


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def contact_erase(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """Erase a contact's data: show what stays and why, then ask for the word."""
    contact = _contact(request, contact_id)
    name = contact.full_name
    form = WordForm(request.POST or None, expected=_("erase"))
    if request.method == "POST" and form.is_valid():
        erase_contact(contact, at=timezone.now())
        messages.success(request, _("The data of %s was erased.") % name)
        return redirect("customers:customer", request.customer.pk)
    context = {
        "form": form,
        "customer": request.customer,
        "title": _("Erase the data of %s?") % name,
        "text": _("What goes and what stays is listed here, line by line. This cannot be undone."),
        "goes": what_goes(contact),
        "submit": _("Erase the data of %s") % name,
        "affected": after_erasure(contact),
        "affected_title": _("What stays, and why"),
    }
    return render(request, "customers/confirm_word.html", context)
