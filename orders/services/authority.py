"""Letters of authority: added to an order that ports numbers, and removed (ORD-58)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from orders.authority import wants_authority
from orders.models import Order
from orders.services.drafts import lock_order
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.files.models import Attachment
from portal.files.services import DOCUMENTS, delete_file, store_file

OVER = (Order.State.COMPLETED, Order.State.REJECTED, Order.State.CANCELLED)


def _open_order(order_id: UUID) -> Order:
    order = lock_order(order_id)
    if order.state in OVER:
        raise RuleError(_("This order is over. Its files stay as they are."))
    return order


@transaction.atomic
def add_letter(
    order_id: UUID, upload: UploadedFile[Any], *, by: Membership, at: datetime
) -> Attachment:
    """Add a PDF or picture of a letter of authority.

    Raise RuleError if the order ports no numbers or is over, FileRefused at ``file``.
    """
    order = _open_order(order_id)
    if not wants_authority(order):
        raise RuleError(_("This order ports no numbers. Enter them in the products step first."))
    return store_file(
        customer=order.customer,
        about=order,
        upload=upload,
        allowed=DOCUMENTS,
        by=by,
        at=at,
        called=order.number,
    )


@transaction.atomic
def remove_letter(order_id: UUID, file_id: UUID) -> None:
    """Remove a letter of authority, if it is still there. Raise RuleError if the order is over."""
    order = _open_order(order_id)
    found = Attachment.objects.about(order).filter(pk=file_id).first()
    if found is not None:
        delete_file(found)
