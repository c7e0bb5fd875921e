"""Support contacts in the customers' own portal: kept by the company itself (ONB-13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.forms.differences import ShowDifferences, form_version
from customers.http import OwnCompanyRequest, load_own_company
from customers.models import Contact
from customers.services import save_contact_with_roles
from portal.accounts.access import customer_page
from portal.core.http import form_data, get_or_post
from support.forms.contacts import SupportContactForm


class OwnContactRequest(OwnCompanyRequest):
    """A request whose address names a contact of the own company."""

    contact: Contact


def load_own_contact(request: OwnContactRequest, kwargs: dict[str, Any]) -> None:
    """Load the contact of the address; raise Http404 for another company's."""
    load_own_company(request, kwargs)
    contacts = request.customer.present_contacts()
    request.contact = get_object_or_404(contacts, pk=kwargs.pop("contact_id"))


def _form_page(request: OwnCompanyRequest, contact: Contact | None) -> HttpResponse:
    form = SupportContactForm(form_data(request), instance=contact)
    shown = ShowDifferences(form, form_version(request, contact))
    if request.method == "POST" and form.is_valid():
        with shown:
            saved = save_contact_with_roles(
                request.customer,
                form.save(commit=False),
                roles=form.cleaned_data["support_roles"],
                at=timezone.now(),
                version=shown.version if contact else None,
            )
            messages.success(request, _("%s was saved.") % saved.full_name)
            return redirect("my:contacts")
    context = {"form": form, "contact": contact, **shown.context}
    return render(request, "support/mine/contact.html", context, status=shown.status)


@customer_page("change_supportcontact", load=load_own_company)
@get_or_post
def add(request: OwnCompanyRequest) -> HttpResponse:
    """Add a support contact."""
    return _form_page(request, None)


@customer_page("change_supportcontact", load=load_own_contact, of="contact")
@get_or_post
def change(request: OwnContactRequest) -> HttpResponse:
    """Change a contact's name, address and roles in support."""
    return _form_page(request, request.contact)
