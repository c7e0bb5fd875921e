"""What partner and channel sales say to each other about an order (CHAN-14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from orders import emails
from orders.models import Order, OrderMessage
from orders.services.drafts import lock_order
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.files.services import store_file

Side = OrderMessage.Side
Files = Sequence[UploadedFile[Any]]


class NothingSaid(RuleError):
    """Refuse a message without a word and without a file (CHAN-14)."""

    def __init__(self) -> None:
        super().__init__(_("Write a message, or add a file."), field="text")


class NotPlaced(RuleError):
    """Refuse a message about an order that channel sales never had (CHAN-14)."""

    def __init__(self) -> None:
        super().__init__(_("Channel Sales does not have this order yet. Place it first."))


@transaction.atomic
def write_to_vendor(
    order_id: UUID, *, text: str, files: Files, by: Membership, at: datetime
) -> OrderMessage:
    """Write to channel sales, which gets a mail. Raise NothingSaid, NotPlaced, FileRefused."""
    said, names = _say(order_id, Side.PARTNER, text, files, by=by, name=by.shown_name, at=at)
    emails.message_to_vendor(said, names, by=by)
    return said


@transaction.atomic
def write_to_partner(
    order_id: UUID, *, text: str, files: Files, name: str, at: datetime
) -> OrderMessage:
    """Write to the partner as channel sales; ``name`` is who does.

    Who placed the order, and who wrote last, get a mail. Raise NothingSaid, NotPlaced, FileRefused.
    """
    said, names = _say(order_id, Side.VENDOR, text, files, by=None, name=name, at=at)
    emails.message_to_partner(said, names)
    return said


def _say(
    order_id: UUID,
    side: OrderMessage.Side,
    text: str,
    files: Files,
    *,
    by: Membership | None,
    name: str,
    at: datetime,
) -> tuple[OrderMessage, list[str]]:
    """Store a message with its files; return it with their names."""
    order: Order = lock_order(order_id)
    if not order.was_submitted:
        raise NotPlaced
    if not text.strip() and not files:
        raise NothingSaid
    said = OrderMessage.objects.create(
        order=order,
        customer=order.customer,
        side=side,
        text=text.strip(),
        author=by,
        author_name=name[:150],
        created_at=at,
    )
    # The customer's log is read by people who may not see the order: it has no name of a file.
    stored = [
        store_file(
            customer=order.customer, about=said, upload=each, by=by, at=at, called=order.number
        )
        for each in files
    ]
    return said, [each.name for each in stored]
