"""What became of a confirmation: its orders, and the version that came after it (CON-48)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quotes.models import Confirmation, Quote


@dataclass(frozen=True)
class Later:
    """What the customer was asked after this, or is being written."""

    agreement: str
    addressee: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What a reader of the link has to know about it today."""

    placed_at: datetime | None
    # Whether a part waits while another was placed.
    partly: bool
    later: Later | None


def standing_of(confirmation: Confirmation) -> Standing:
    """Return what became of the quote since: placed or not, and a later version (CON-48)."""
    quote = confirmation.quote
    orders = [row.order for row in quote.orders.select_related("order")]
    placed = [order.submitted_at for order in orders if order and order.submitted_at]
    return Standing(
        placed_at=max(placed, default=None),
        partly=bool(placed) and len(placed) < len(orders),
        later=_later(confirmation, quote),
    )


def _later(confirmation: Confirmation, quote: Quote) -> Later | None:
    """Return the newest version that came after, sent or not; None if this is the newest."""
    found = (
        Confirmation.objects.filter(quote=quote, sent_at__gt=confirmation.sent_at)
        .order_by("-sent_at")
        .first()
    )
    newer = Quote.objects.filter(replaces=quote).first()
    if newer is not None:
        sent = newer.confirmations.order_by("-sent_at").first()
        if sent is None:
            return Later(f"{newer.number}-{newer.revision}")
        found = sent
    if found is None:
        return None
    return Later(str(found), found.addressee_name, found.sent_at)
