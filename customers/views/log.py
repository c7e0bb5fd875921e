"""Views of the change log of a customer and of the settings (REG-15)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers import services
from customers.http import CustomerRequest, load_customer
from portal.accounts.access import PartnerRequest, needs
from portal.history.log import log_of_customer, log_of_object


@needs(load=load_customer, of="customer")
@require_safe
def customer_log(request: CustomerRequest) -> HttpResponse:
    """Show all changes of a customer and of what belongs to it."""
    prices = request.membership.may("view_prices")
    context = log_of_customer(request, request.customer.pk, prices=prices)
    return render(request, "customers/log.html", {**context, "customer": request.customer})


@needs("change_settings")
@require_safe
def settings_log(request: PartnerRequest) -> HttpResponse:
    """Show all changes of the settings."""
    context = log_of_object(request, services.partner_settings())
    return render(request, "customers/settings_log.html", context)
