"""What was said about an order, as rows that the templates only print (CHAN-14)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.template.defaultfilters import filesizeformat

from orders.models import Order, OrderMessage
from portal.files.models import Attachment, AttachmentQuerySet


@dataclass(frozen=True, slots=True)
class Said:
    """One message, with its files and their sizes."""

    message: OrderMessage
    is_vendor: bool
    files: list[tuple[Attachment, str]]


def files_of(order: Order) -> AttachmentQuerySet:
    """Return the files of the order's messages."""
    return Attachment.objects.filter(
        customer_id=order.customer_id,
        about_model=OrderMessage._meta.label_lower,
        about_id__in=order.messages.values("pk"),
    )


def said_about(order: Order) -> list[Said]:
    """Return the messages about an order, the oldest first, with two statements."""
    messages = list(order.messages.order_by("created_at", "pk"))
    by_message: dict[UUID, list[tuple[Attachment, str]]] = {}
    for each in files_of(order).order_by("created_at", "pk") if messages else []:
        size = str(filesizeformat(each.size))
        by_message.setdefault(each.about_id, []).append((each, size))
    vendor = OrderMessage.Side.VENDOR
    return [Said(each, each.side == vendor, by_message.get(each.pk, [])) for each in messages]
