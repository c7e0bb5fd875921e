"""Views that add, change and delete contacts and sites of a customer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers import services
from customers.forms.contacts_and_sites import ContactForm, SiteForm
from customers.forms.differences import ShowDifferences, form_version
from customers.http import CustomerRequest, load_customer
from customers.models import Contact, Customer, Site, SupportContact
from customers.views.asking_to_delete import asked
from customers.views.register import may_change_this
from portal.accounts.access import needs
from portal.core.errors import RuleError
from portal.core.forms import RefusalsAsMessages, warn_of_characters
from portal.core.http import get_or_post


def _open(customer: Customer) -> QuerySet[Contact]:
    """Return the contacts that can be changed: all but those whose data was erased."""
    return customer.contacts.filter(erased_at__isnull=True)


def _asked_roles(request: CustomerRequest) -> dict[str, list[str]]:
    """Return the role in support that a link asked for, for a new contact."""
    wanted = request.GET.get("support", "")
    return {"support_roles": [wanted] if wanted in SupportContact.Role else []}


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def contact_form(request: CustomerRequest, contact_id: UUID | None = None) -> HttpResponse:
    """Show the form of a contact; add it or save the change."""
    customer = request.customer
    contact = get_object_or_404(_open(customer), pk=contact_id) if contact_id else None
    form = ContactForm(request.POST or None, instance=contact, initial=_asked_roles(request))
    shown = ShowDifferences(form, form_version(request, contact))
    if request.method == "POST" and form.is_valid():
        with shown:
            try:
                saved = services.save_contact_with_roles(
                    customer,
                    form.save(commit=False),
                    roles=form.cleaned_data["support_roles"],
                    at=timezone.now(),
                    version=shown.version if contact else None,
                )
            except (services.ContactExists, services.NameTwice) as error:
                form.same = error.contact
                raise
            messages.success(request, _("%s was saved.") % saved.full_name)
            warn_of_characters(request, form)
            return redirect("customers:customer", customer.pk)
    context = {"form": form, "customer": customer, "contact": contact, **shown.context}
    return render(request, "customers/contact.html", context, status=shown.status)


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def contact_delete(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """Delete a contact, after a confirmation."""
    contact: Contact = get_object_or_404(_open(request.customer), pk=contact_id)
    refusal = ""
    if request.method == "POST":
        try:
            services.remove_contact(contact)
        except RuleError as error:
            refusal = str(error)
        else:
            messages.success(request, _("%s was deleted.") % contact.full_name)
            return redirect("customers:customer", request.customer.pk)
    context = {"customer": request.customer, "contact": contact, "refusal": refusal}
    return render(request, "customers/contact_delete.html", context)


@needs(load=load_customer, of="customer", allow=may_change_this)
@require_POST
def contact_left(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """Note that a contact no longer works at the customer (REG-58)."""
    contact: Contact = get_object_or_404(_open(request.customer), pk=contact_id)
    with RefusalsAsMessages(request):
        services.note_left(contact, at=timezone.now())
        messages.success(
            request, _("%s is not offered any more. What they did and got stays.") % contact
        )
        return redirect("customers:customer", request.customer.pk)
    return redirect("customers:contact", request.customer.pk, contact.pk)


@needs(load=load_customer, of="customer", allow=may_change_this)
@require_POST
def contact_back(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    """Take back that a contact has left (REG-58)."""
    contact: Contact = get_object_or_404(_open(request.customer), pk=contact_id)
    with RefusalsAsMessages(request):
        services.note_back(contact)
        messages.success(request, _("%s can be chosen again.") % contact)
    return redirect("customers:contact", request.customer.pk, contact.pk)


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def site_form(request: CustomerRequest, site_id: UUID | None = None) -> HttpResponse:
    """Show the form of a site; add it or save the change (ONB-05)."""
    customer = request.customer
    site: Site | None = get_object_or_404(customer.sites, pk=site_id) if site_id else None
    initial = {"country": customer.country}
    form = SiteForm(request.POST or None, instance=site, initial=initial)
    shown = ShowDifferences(form, form_version(request, site))
    if request.method == "POST" and form.is_valid():
        with shown:
            saved = services.save_site(
                customer,
                form.save(commit=False),
                at=timezone.now(),
                version=shown.version if site else None,
            )
            messages.success(request, _("%s was saved.") % saved.name)
            return redirect("customers:customer", customer.pk)
    context = {"form": form, "customer": customer, "site": site, **shown.context}
    return render(request, "customers/site.html", context, status=shown.status)


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def site_delete(request: CustomerRequest, site_id: UUID) -> HttpResponse:
    """Delete a site that no order refers to, after a confirmation."""
    site: Site = get_object_or_404(request.customer.sites, pk=site_id)
    return asked(
        request,
        lambda: services.delete_site(site),
        name=site.name,
        text=_("The site is no longer offered for orders. This cannot be undone."),
    )
