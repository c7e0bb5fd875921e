"""The letters of authority of an order: files by which the holder lets numbers go (ORD-58)."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat

from orders.models import Order, PortedBlock
from portal.files.models import Attachment


def wants_authority(order: Order) -> bool:
    """Return whether the order ports numbers, for which a letter of authority is asked for."""
    return bool((order.details.get("porting") or {}).get("numbers"))


PORTING_CSS = {
    PortedBlock.State.ASKED: "",
    PortedBlock.State.CONFIRMED: "is-accent",
    PortedBlock.State.REFUSED: "is-bad",
    PortedBlock.State.PORTED: "is-ok",
}


def porting_of(order: Order, *, may_add: bool) -> dict[str, Any]:
    """Return what a page shows of an order's porting; empty for an order without."""
    if not wants_authority(order):
        return {}
    over = (Order.State.COMPLETED, Order.State.REJECTED, Order.State.CANCELLED)
    blocks = order.ported_blocks.order_by("first")
    return {
        "blocks": [(each, PORTING_CSS[PortedBlock.State(each.state)]) for each in blocks],
        "letters": letters_of(order),
        "may_add": may_add and order.state not in over,
        "is_over": order.state in over,
    }


def letters_of(order: Order) -> list[tuple[Attachment, str]]:
    """Return the letters of authority of an order with their sizes, the oldest first."""
    found = Attachment.objects.about(order).filter(customer_id=order.customer_id)
    ordered = found.select_related("created_by__user").order_by("created_at", "pk")
    return [(each, str(filesizeformat(each.size))) for each in ordered]
