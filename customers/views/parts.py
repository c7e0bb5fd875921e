"""Contacts and sites of a customer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import services
from customers.forms.parts import ContactForm, SiteForm
from customers.http import CustomerRequest, load_customer
from customers.models import Contact, Site
from customers.views.register import GET_POST, may_change_this
from portal.access import needs
from portal.errors import RuleError


@needs(load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def contact_form(request: CustomerRequest, contact_id: UUID | None = None) -> HttpResponse:
    """Add or change a contact."""
    customer = request.customer
    contact = get_object_or_404(customer.contacts, pk=contact_id) if contact_id else None
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        saved = services.save_contact(customer, form.save(commit=False), at=timezone.now())
        messages.success(request, _("%s was saved.") % saved.full_name)
        return redirect("home:customer", customer.pk)
    context = {"form": form, "customer": customer, "contact": contact}
    return render(request, "customers/contact.html", context)


@needs(load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def contact_delete(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """Delete a contact."""
    contact: Contact = get_object_or_404(request.customer.contacts, pk=contact_id)
    if request.method == "POST":
        try:
            services.delete_contact(contact)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%s was deleted.") % contact.full_name)
        return redirect("home:customer", request.customer.pk)
    context = {
        "customer": request.customer,
        "title": _("Delete %s?") % contact.full_name,
        "text": _("The person is no longer offered as a contact. This cannot be undone."),
        "submit": _("Delete %s") % contact.full_name,
    }
    return render(request, "customers/confirm.html", context)


@needs(load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def site_form(request: CustomerRequest, site_id: UUID | None = None) -> HttpResponse:
    """Add or change a site (ONB-05)."""
    customer = request.customer
    site: Site | None = get_object_or_404(customer.sites, pk=site_id) if site_id else None
    initial = {"country": customer.country}
    form = SiteForm(request.POST or None, instance=site, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_site(customer, form.save(commit=False))
        except RuleError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("%s was saved.") % saved.name)
            return redirect("home:customer", customer.pk)
    return render(
        request, "customers/site.html", {"form": form, "customer": customer, "site": site}
    )
