"""What an order's page shows of support: its problem reports and service reports (REG-12)."""

from __future__ import annotations

from django.utils import timezone

from orders.models import Order
from orders.page_cards import OrderCard, add_order_card
from portal.accounts.models import Membership
from support.models import ProblemReport, ServiceReport
from support.rows import report_rows
from support.work_rows import work_rows

SHOWN = 5


def support_card(order: Order, person: Membership) -> OrderCard | None:
    """Return the newest reports about an order, with the ways to write another."""
    if not person.may("view_report"):
        return None
    reports = ProblemReport.objects.visible_to(person).filter(order=order)
    works = ServiceReport.objects.visible_to(person).filter(order=order)
    newest = reports.select_related("customer", "handler__user").order_by("-created_at", "pk")
    written = works.select_related("customer", "site", "technician__user")
    is_active = order.customer.is_active
    context = {
        "order": order,
        "reports": report_rows(newest[:SHOWN], now=timezone.now()),
        "works": work_rows(written.order_by("-created_at", "pk")[:SHOWN]),
        "may_report": person.may("add_report") and is_active,
        "may_work": person.may("change_report") and is_active,
    }
    return OrderCard("support/_of_order.html", context)


def register() -> None:
    """Register the card; called once when the app is ready."""
    add_order_card(support_card, position=10)
