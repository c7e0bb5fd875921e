"""The first page of a customer's people: what is open."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.http import OwnCompanyRequest, load_own_company
from customers.portal_parts import Page, cards_of
from orders.rows import order_rows
from portal.accounts.access import customer_page
from workspace.customer_portal import queries
from workspace.home.page import greeting

SHOWN = 5


@customer_page(load=load_own_company)
@require_safe
def home(request: OwnCompanyRequest) -> HttpResponse:
    """Show orders under way, confirmations that wait, and the cards of other apps (REG-26)."""
    customer, person = request.customer, request.membership
    under_way = queries.orders_of(customer, person).live().select_related("customer")
    orders = list(under_way.order_by("-changed_at", "pk")[: SHOWN + 1])
    waits = person.may("view_quote")
    context = {
        "customer": customer,
        "greeting": greeting(request.user.get_short_name()),
        "orders": order_rows(orders[:SHOWN]),
        "has_more": len(orders) > SHOWN,
        "waiting": queries.waiting_for_answer(customer, at=timezone.now()) if waits else [],
        "responsible": queries.names_responsible(customer),
        "cards": cards_of(request, Page.HOME),
    }
    return render(request, "customer_portal/home.html", context)
