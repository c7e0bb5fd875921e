"""The view that shows the end of a personal number (REG-31, D19)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from customers import services
from customers.http import CustomerRequest, load_customer
from customers.views.register import may_change_this
from portal.accounts.access import needs
from portal.core.errors import RuleError


@needs(load=load_customer, of="customer", allow=may_change_this)
@require_POST
@never_cache
def personal_number(request: CustomerRequest) -> HttpResponse:
    """Show the end of the number to those who may change the customer, and log it."""
    context: dict[str, object] = {"customer": request.customer}
    try:
        context["tail"] = services.show_personal_number(request.customer)
    except RuleError as error:
        context["error"] = str(error)
    return render(request, "customers/personal_number.html", context)
