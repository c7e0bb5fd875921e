"""What a draft holds, compared before and after a save: so that its log says who changed what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orders.models import Order, OrderLine
from portal.history.services import record

# What a part is called in an order on what runs (ORD-50, ORD-51).
OTHER_WORDS: dict[tuple[str, str], str] = {
    (Order.Kind.CHANGE, "start_date"): "change_date",
    (Order.Kind.TERMINATE, "start_date"): "end_date",
    (Order.Kind.CHANGE, "products"): "services",
    (Order.Kind.TERMINATE, "products"): "services",
}


def content_of(order: Order, lines: Iterable[OrderLine] | None = None) -> dict[str, Any]:
    """Return the parts of a draft; ``lines`` spares the query."""
    ordered = list(order.lines.order_by("position") if lines is None else lines)
    return {
        "products": {(line.product_id, line.service_id, line.quantity) for line in ordered},
        "prices": {line.product_id: (line.one_off, line.monthly) for line in ordered},
        "delivery": ({key: it for key, it in order.details.items() if it}, order.site_id),
        "reference": order.reference,
        "po_number": order.po_number,
        "start_date": order.start_date,
        "goods": (
            order.goods_to,
            order.goods_site_id,
            # Of one that came back, the copy of another choice is none that was typed.
            order.goods_address if order.goods_to == Order.GoodsTo.OTHER else {},
        ),
        "contact": (order.contact_id, sorted(order.copies.values_list("contact_id", flat=True))),
    }


def record_changes(order: Order, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Record which parts of a draft a save changed (ORD-32); return whether any did."""
    changed = [part for part, content in after.items() if content != before[part]]
    if "products" in changed and "prices" in changed:
        changed.remove("prices")
    changed = [OTHER_WORDS.get((order.kind, part), part) for part in changed]
    if changed:
        record(order, "order_draft_changed", customer_id=order.customer_id, parts=changed)
    return bool(changed)
