"""Requests whose address names an order, and the stamp that its forms carry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404

from orders.models import Order
from portal.access import PartnerRequest

SALT = "orders.form"


class OrderRequest(PartnerRequest):
    """A request whose address names an order that the person may see."""

    order: Order


def load_order(request: Any, kwargs: dict[str, Any]) -> None:
    """Loader for ``needs``: the order of the address, or 404 (also for one not visible)."""
    order_id: UUID = kwargs.pop("order_id")
    order = (
        Order.objects.visible_to(request.membership)
        .select_related("customer__rate_plan", "contact", "site", "submitted_by__user")
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        raise Http404
    request.order = order


def stamp(order: Order) -> str:
    """What a form carries signed: for which order and customer, of which version (SAFE-01)."""
    return signing.dumps(
        {"o": str(order.pk), "c": str(order.customer_id), "v": order.version}, salt=SALT
    )


def stamped_version(order: Order, posted: str) -> int | None:
    """The version in a posted stamp; None where it is forged or of another order or customer."""
    try:
        data = signing.loads(posted, salt=SALT)
    except signing.BadSignature:
        return None
    if data["o"] != str(order.pk) or data["c"] != str(order.customer_id):
        return None
    return int(data["v"])


def agreement(active_id: UUID, target_id: UUID) -> str:
    """Signed: the person was asked whether to order for ``target`` while working for ``active``."""
    return signing.dumps({"a": str(active_id), "t": str(target_id)}, salt=SALT + ".agreed")


def agreed(posted: str, active_id: UUID, target_id: UUID) -> bool:
    """Whether this very question was answered, within the last hour (ORD-26)."""
    try:
        data = signing.loads(posted, salt=SALT + ".agreed", max_age=3600)
    except signing.BadSignature:
        return False
    return bool(data == {"a": str(active_id), "t": str(target_id)})
