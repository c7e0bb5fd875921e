"""What the pages of steps 2 and 3 share."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from customers.models import may_change
from orders.credit import CreditExceeded
from orders.http import OrderRequest
from orders.services.checks import is_cleared
from orders.views.stale import step_token
from orders.views.waiting import register_url
from orders.views.wizard import steps
from portal.core.errors import RuleError


def step_context(request: OrderRequest, number: int) -> dict[str, Any]:
    """Return the context that the pages of all steps share."""
    order = request.order
    order.refresh_from_db(fields=["version"])
    return {
        "order": order,
        "form_token": step_token(request, order),
        "steps": steps(number, order),
        "prices": request.membership.may("view_prices"),
        "register_url": _register_url(request),
    }


def credit_url(request: OrderRequest, error: RuleError | None) -> str:
    """Return where the limit that refused an order is raised, for who may (ORD-60)."""
    customer, person = request.order.customer, request.membership
    raises = person.may("set_credit") and may_change(customer, person)
    if not (isinstance(error, CreditExceeded) and raises):
        return ""
    return reverse("customers:change", args=[customer.pk]) + "#id_credit_limit"


def _register_url(request: OrderRequest) -> str:
    """Return where a refused form's customer is registered; empty for one that is."""
    order = request.order
    if request.method != "POST" or is_cleared(order.customer, order.family):
        return ""
    return register_url(order.family, order.customer_id, order.pk)
