"""The list of running services and its file (ORD-56)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from orders.models import Service
from orders.service_list import listed_services, services_sentence
from portal.accounts.access import PartnerRequest, needs


@needs("view_order")
@require_safe
def service_list(request: PartnerRequest) -> HttpResponse:
    """Show what runs for the customers that the person sees, the next end of a term first."""
    person = request.membership
    listed = listed_services(request.GET, person, today=timezone.localdate())
    everything = Service.objects.visible_to(person).rented()
    context = {
        **listed.context(request, listed.found, everything),
        "may_export": person.may("export_customer"),
    }
    context["total_sentence"] = services_sentence(context["all_total"])
    return render(request, "orders/services.html", context)


@needs("view_order", "export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponseBase:
    """Return the services on screen, of all pages, as a file (REG-10)."""
    listed = listed_services(request.GET, request.membership, today=timezone.localdate())
    return listed.file(request, request.partner, timezone.now())
