"""An order as a PDF, with prices or, for people who may not see them, without (ORD-67)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.details import detail_rows
from orders.goods import goods_rows
from orders.models import Order, OrderLine
from portal.catalog.models import Family
from portal.core.formats import amount, day
from portal.outbox.issuing import Plan, builds
from portal.outbox.models import Document
from portal.tenancy.context import local_day

PRICED, PLAIN = "order", "order_plain"


@builds(PRICED)
def priced_order(document: Document, *, at: datetime) -> Plan:
    """Plan the order with its prices."""
    return _plan(document, prices=True, at=at)


@builds(PLAIN)
def plain_order(document: Document, *, at: datetime) -> Plan:
    """Plan the order without prices."""
    return _plan(document, prices=False, at=at)


def _plan(document: Document, *, prices: bool, at: datetime) -> Plan:
    found = Order.objects.select_related("customer", "site", "contact", "submitted_by__user")
    order = found.get(pk=document.about_id)
    with override(document.language):
        lines = list(order.lines.select_related("product", "service").order_by("position"))
        context = {
            "order": order,
            "customer": order.customer,
            "family": Family(order.family).label,
            "summary": _summary(order),
            "rows": [_row(line, prices=prices) for line in lines],
            "details": [*detail_rows(order), *goods_rows(order, lines)],
            "prices": prices and order.kind != Order.Kind.TERMINATE,
            "one_off": amount(order.one_off),
            "monthly": amount(order.monthly),
            "made_on": day(local_day(at)),
        }
        title = _("Order %(number)s for %(customer)s") % {
            "number": order.number,
            "customer": order.customer.label,
        }
    return Plan("orders/pdf/order.html", title, context)


def _summary(order: Order) -> list[tuple[str, str]]:
    placed = local_day(order.submitted_at) if order.submitted_at else None
    by = order.submitted_by.user.name if order.submitted_by else ""
    ends = order.kind == Order.Kind.TERMINATE
    rows = [
        (_("Customer"), order.customer.label),
        (_("Address"), ", ".join(order.customer.address_lines)),
        (_("Organisation number"), _organisation_number(order)),
        (_("State"), str(order.get_state_display())),
        (_("Placed"), ", ".join(filter(None, [day(placed), by]))),
        (_("End") if ends else _("Start date"), day(order.start_date)),
        (_("Reference"), order.reference),
        (_("Purchase order number"), order.po_number),
        (_("Quote"), order.quote_number),
        (_("Confirmation to"), ", ".join(each.full_name for each in order.receivers())),
        (_("Completed"), day(order.completed_on)),
        (_("Vendor's reference"), order.vendor_reference),
    ]
    return [(label, text) for label, text in rows if text]


def _organisation_number(order: Order) -> str:
    """Return a company's number; a personal number is in no document (REG-31)."""
    return "" if order.customer.is_residential else order.customer.organisation_number


def _row(line: OrderLine, *, prices: bool) -> dict[str, Any]:
    tracking = _("Tracking number %(number)s") % {"number": line.tracking} if line.tracking else ""
    delivered = _("Delivered %s") % day(line.delivered_on) if line.delivered_on else ""
    return {
        "name": line.title,
        "quantity": line.service.quantity if line.service and not line.quantity else line.quantity,
        "notes": [text for text in (line.term, line.identifiers, tracking, delivered) if text],
        "state": str(line.get_state_display()),
        "one_off": amount(line.one_off_total) if prices else "",
        "monthly": amount(line.monthly_total) if prices else "",
    }
