"""What a customer has: its running services, and its contacts."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.http import OwnCompanyRequest, load_own_company
from customers.portal_parts import Page, cards_of
from portal.accounts.access import customer_page
from portal.catalog.models import Family
from workspace.customer_portal.queries import running_services, sees_prices


@customer_page("view_order", load=load_own_company)
@require_safe
def services_page(request: OwnCompanyRequest) -> HttpResponse:
    """Show what runs for the own company, by family."""
    services = running_services(request.customer)
    context = {
        "customer": request.customer,
        "groups": [
            (str(Family(family).label), list(rows))
            for family, rows in groupby(services, key=lambda each: each.family)
        ],
        "prices": sees_prices(),
        "cards": cards_of(request, Page.SERVICES),
    }
    return render(request, "customer_portal/services.html", context)


@customer_page(load=load_own_company)
@require_safe
def contacts_page(request: OwnCompanyRequest) -> HttpResponse:
    """Show whom the partner has as contacts of the own company."""
    contacts = request.customer.present_contacts()
    context = {
        "customer": request.customer,
        "contacts": contacts.order_by("-is_primary", "last_name", "first_name", "pk"),
        "cards": cards_of(request, Page.CONTACTS),
    }
    return render(request, "customer_portal/contacts.html", context)
