"""Sections of the customer's page: its orders and its running services."""

from __future__ import annotations

from typing import Any

from customers.http import CustomerRequest
from customers.page_sections import SHOWN, Section, add_section, shows_all
from orders.models import Service
from orders.queries import orders_for_list
from orders.rows import order_rows
from portal.catalog.models import Family


def orders_section(request: CustomerRequest) -> Section | None:
    """Return the customer's newest orders, or all when asked for (REG-12)."""
    if not request.membership.may("view_order"):
        return None
    orders = orders_for_list(request.membership).filter(customer=request.customer)
    count, everything = orders.count(), shows_all(request, "orders")
    newest = orders.order_by("-created_at", "-pk")
    context = {
        "rows": order_rows(newest if everything else newest[:SHOWN]),
        "count": count,
        "has_more": count > SHOWN and not everything,
    }
    return Section("orders/_customer_orders.html", context)


def services_section(request: CustomerRequest) -> Section | None:
    """Return what runs for the customer, by family (D16)."""
    if not request.membership.may("view_order"):
        return None
    services = Service.objects.filter(customer=request.customer, ended_on__isnull=True)
    groups: dict[str, dict[str, Any]] = {}
    for service in services.order_by("family", "product_name", "started_on"):
        label = Family(service.family).label
        empty = {"family": service.family, "label": label, "services": []}
        groups.setdefault(service.family, empty)["services"].append(service)
    return Section("orders/_customer_services.html", {"groups": list(groups.values())})


def register() -> None:
    """Register the sections; called once when the app is ready."""
    add_section(orders_section, position=20)
    add_section(services_section, position=30)
