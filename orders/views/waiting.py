"""A draft whose customer is not registered for its family: what it waits for (CHAN-04)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from customers.models import CustomerRegistration
from customers.registrations.states import CSS
from orders.http import OrderRequest
from orders.models import Order
from orders.services.checks import is_cleared
from portal.core.http import form_data

View = Callable[[OrderRequest], HttpResponse]


def register_url(family: str, customer_id: UUID | None, order_id: UUID | None = None) -> str:
    """Return the address of the form that registers a customer from within an order."""
    query = {"family": family}
    query |= {"order": str(order_id)} if order_id is not None else {"from": "order"}
    query |= {"customer": str(customer_id)} if customer_id is not None else {}
    return f"{reverse('registrations:existing')}?{urlencode(query)}"


def of_cleared(view: View) -> View:
    """Show what a draft waits for in place of a step that its customer can't be ordered for.

    A form that is sent all the same is refused by the services, with what was typed.
    """

    @wraps(view)
    def wrapped(request: OrderRequest) -> HttpResponse:
        order = request.order
        is_read = request.method in ("GET", "HEAD") and form_data(request) is None
        if not is_read or order.kind != Order.Kind.NEW or is_cleared(order.customer, order.family):
            return view(request)
        rows = CustomerRegistration.objects.filter(customer=order.customer, family=order.family)
        newest = rows.order_by("-created_at", "pk").first()
        context = {
            "order": order,
            "registration": newest,
            "state": (CSS[newest.state], newest.get_state_display()) if newest else None,
            "may_register": newest is None or not newest.is_open,
            "register_url": register_url(order.family, order.customer_id, order.pk),
        }
        return render(request, "orders/waits.html", context)

    return wrapped
