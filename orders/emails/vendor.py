"""The e-mails to channel sales about an order, from people of the partner."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import override

from orders.emails.parts import order_page, summary_of
from orders.models import Order, OrderMessage
from portal.accounts.models import Membership
from portal.outbox.rendering import public_url
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner

# Channel sales has one mailbox for all partners.
LANGUAGE = "en"


def to_vendor(order: Order, template: str, *, by: Membership, key: str, **context: object) -> None:
    """Mail channel sales about an order; answers go to the person who caused it."""
    partner = require_partner()
    if not settings.VENDOR_EMAIL:
        return  # A development server; production does not start without (kontor.E014).
    with override(LANGUAGE):
        summary = [("Partner", partner.name), *summary_of(order, whole=False)]
        queue_email(
            to=settings.VENDOR_EMAIL,
            template=template,
            context={
                "order": order,
                "customer": order.customer,
                "by": by.user.name,
                "summary": summary,
                "button_url": public_url(order_page(partner, order.pk)),
                "button_label": "Open the order",
                **context,
            },
            language=LANGUAGE,
            key=key,
            partner=partner,
            about=order,
            customer_id=order.customer_id,
            reply_to=by.user.email,
        )


def message_to_vendor(said: OrderMessage, files: list[str], *, by: Membership) -> None:
    """Mail channel sales what a person of the partner wrote about an order (CHAN-14)."""
    to_vendor(
        said.order,
        "orders/email/message",
        by=by,
        key=f"order-message-{said.pk}",
        author=said.author_name,
        text=said.text,
        files=", ".join(files),
    )


def cancel_withdrawn(order: Order, *, by: Membership, key: str) -> None:
    """Tell channel sales that nobody asks to cancel the order any more (CHAN-13)."""
    to_vendor(order, "orders/email/cancel_withdrawn", by=by, key=f"order-withdrawn-{key}")
