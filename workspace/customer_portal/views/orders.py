"""The orders of a customer, as its own people see them: without prices, notes and credit."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.http import OwnCompanyRequest, load_own_company
from customers.portal_parts import Page, cards_of
from orders.models import Order
from orders.rows import lines_context, order_rows
from orders.states import CSS
from orders.wording import day_label, done_label
from portal.accounts.access import customer_page
from portal.core.finding import Wanted
from portal.core.listing import Listing
from workspace.customer_portal.http import OwnOrderRequest, load_own_order
from workspace.customer_portal.queries import names_on_order, orders_of, sees_prices

S = Order.State
GROUPS: dict[str, tuple[str, ...]] = {
    "open": Order.LIVE,
    "done": (S.COMPLETED,),
    "closed": (S.REJECTED, S.CANCELLED),
}
SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("created_at",),
    "start": ("start_date", "created_at"),
    "state": ("state", "changed_at"),
}


@customer_page("view_order", load=load_own_company)
@require_safe
def order_list(request: OwnCompanyRequest) -> HttpResponse:
    """Show the orders of the own company: searched, by state, page by page."""
    found = orders_of(request.customer, request.membership).select_related("customer")
    state = request.GET.get("state", "")
    if state:
        found = found.filter(state__in=GROUPS.get(state, ()))
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    if text:
        wanted = Wanted(text)
        found = found.filter(wanted.q("find_key")) if wanted else found.none()
    listing = Listing(request, found, sorts=SORTS, default="-number")
    labels = {
        "": _("All"),
        "open": _("Under way"),
        "done": _("Completed"),
        "closed": _("Not delivered"),
    }
    context = {
        "customer": request.customer,
        "listing": listing,
        "rows": order_rows(listing.rows),
        "text": text,
        "state": state,
        "tabs": [(name, label, name == state) for name, label in labels.items()],
    }
    return render(request, "customer_portal/orders.html", context)


@customer_page("view_order", load=load_own_order, of="own order")
@require_safe
def order_page(request: OwnOrderRequest) -> HttpResponse:
    """Show one order with the state and the day of each line (REG-26)."""
    order = request.order
    lines = order.lines.select_related("product").order_by("position")
    context = {
        "customer": request.customer,
        "order": order,
        "css": CSS[Order.State(order.state)],
        **lines_context(order, list(lines)),
        "day_label": day_label(order),
        "done_label": done_label(order),
        "prices": sees_prices(),
        "responsible": names_on_order(order),
        "cards": cards_of(request, Page.ORDER, order),
    }
    return render(request, "customer_portal/order.html", context)
