"""Channel sales' row of an order, updated within the order's own transactions."""

from __future__ import annotations

from datetime import datetime

from orders.models import Order
from portal.channel.models import StaffEvent
from portal.channel.services import publish_order
from portal.channel.telling import tell_staff
from portal.tenancy.context import require_partner


def publish(order: Order, *, at: datetime) -> None:
    """Create or update the row that channel sales sees of a submitted order."""
    assert order.submitted_at is not None
    row = {
        "number": order.number,
        "customer_id": order.customer_id,
        "customer_name": order.customer.name,
        "customer_number": order.customer.number,
        "family": order.family,
        "kind": order.kind,
        "state": order.state,
        "currency": order.currency,
        "one_off": order.one_off,
        "monthly": order.monthly,
        "start_date": order.start_date,
        "submitted_at": order.submitted_at,
        "changed_at": at,
        "cancel_requested": order.has_open_request,
    }
    publish_order(partner=require_partner(), order_id=order.pk, row=row)


def tell_channel_sales(kind: StaffEvent, order: Order, *, at: datetime) -> None:
    """Tell staff of a new order or a request to cancel one (CHAN-30)."""
    partner = require_partner()
    tell_staff(
        kind,
        partner=partner,
        label=f"{order.number}, {order.customer.label}",
        path=f"/admin/p/{partner.slug}/orders/order/{order.pk}/change/",
        key=f"{kind}-{order.pk}-{at.isoformat()}",
        at=at,
    )
