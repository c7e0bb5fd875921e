"""Sections of the customer's page: its orders and its running services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.http import CustomerRequest
from customers.page_sections import (
    SHOWN,
    PageList,
    PageSorted,
    Section,
    add_section,
    show_all_url,
    shows_all,
    sorts_for,
)
from orders.columns import order_columns
from orders.marks import Mark, Marks, marks_of
from orders.models import Service
from orders.queries import orders_for_list
from orders.rows import order_rows
from orders.terms import agreement_of, agreement_words
from portal.catalog.models import Family
from portal.core.formats import amount, day
from portal.core.list_columns import sorts_of
from portal.core.sorting import sort_key

SERVICE_SORTS: dict[str, tuple[Any, ...]] = {
    "service": ("product_name", "started_on"),
    "since": ("started_on", "product_name"),
    "quantity": ("quantity", "product_name"),
    "each": ("monthly", "product_name"),
    "monthly": (F("quantity") * F("monthly"), "product_name"),
}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One running service, formatted; the amounts are a month's."""

    id: UUID
    name: str
    identifiers: str
    since: str
    quantity: int
    each: str
    monthly: str
    marks: Sequence[Mark]
    # Something bought once is neither changed nor ended (ORD-51).
    is_bought_once: bool
    term: str = ""


@dataclass(slots=True)
class ServiceGroup:
    """The services of one family."""

    family: str
    label: str
    rows: list[ServiceRow] = field(default_factory=list)
    count: int = 0
    may_change: bool = False


def orders_section(request: CustomerRequest) -> Section | None:
    """Return the customer's newest orders, or all when asked for (REG-12)."""
    if not request.membership.may("view_order"):
        return None
    orders = orders_for_list(request.membership).filter(customer=request.customer)
    prices = request.membership.may("view_prices")
    sorts = sorts_of(order_columns(prices=prices, currency=request.partner.currency))
    sorts.pop("customer")  # All are of one.
    found = PageList(request, orders, name="orders", sorts=sorts, default="-number")
    context = {"listing": found, "rows": order_rows(found.rows)}
    return Section("orders/_customer_orders.html", "c-orders", _("Orders"), context)


def _row(service: Service, marks: Marks) -> ServiceRow:
    agreed = agreement_of(service, today=timezone.localdate())
    return ServiceRow(
        id=service.pk,
        name=service.title,
        identifiers=service.identifiers,
        since=day(service.started_on),
        quantity=service.quantity,
        each=amount(service.monthly),
        monthly=amount(service.quantity * service.monthly),
        marks=marks.get(service.pk, ()),
        term=agreement_words(agreed) if agreed is not None else "",
        is_bought_once=not service.product.rental,
    )


def services_section(request: CustomerRequest) -> Section | None:
    """Return what runs for the customer, by family, and what it costs a month (D16, ACC-24).

    Each service shows the open orders that change or end it. Each family shows its first ten, or
    all on request (REG-14).
    """
    if not request.membership.may("view_order"):
        return None
    sorts = sorts_for(request.membership, SERVICE_SORTS)
    order = PageSorted(request, name="services", model=Service, sorts=sorts, default="service")
    running = Service.objects.filter(customer=request.customer, ended_on__isnull=True)
    services = list(running.select_related("product").order_by("family", *order.ordering))
    if order.sort.removeprefix("-") == "service":
        # By the name that is read, which is translated (USE-19).
        language = get_language() or "en"
        services.sort(key=lambda each: sort_key(each.title, language), reverse=order.down)
    marks = marks_of(request.customer)
    groups: dict[str, ServiceGroup] = {}
    limit = None if shows_all(request, "services") else SHOWN
    for service in services:
        label = str(Family(service.family).label)
        group = groups.setdefault(service.family, ServiceGroup(service.family, label))
        group.count += 1
        group.may_change |= service.product.rental
        if limit is None or group.count <= limit:
            group.rows.append(_row(service, marks))
    cut = any(group.count > len(group.rows) for group in groups.values())
    total = sum((each.quantity * each.monthly for each in services), Decimal(0))
    context = {
        "listing": order,
        "groups": [groups[family] for family in sorted(groups)],
        "count": len(services),
        "total": amount(total),
        "show_all_url": show_all_url(request, "services") if cut else "",
    }
    return Section("orders/_customer_services.html", "c-services", _("Services"), context)


def register() -> None:
    """Register the sections; called once when the app is ready."""
    add_section(services_section, position=10)
    add_section(orders_section, position=20)
