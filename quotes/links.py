"""The secrets that lead to a confirmation: 256 bits, of which only a hash is stored (CON-10)."""

from __future__ import annotations

from datetime import datetime

from portal.core.links import new_secret, secret_hash, secret_in
from quotes.models import Confirmation, ConfirmationLink


def new_link(confirmation: Confirmation, *, at: datetime) -> str:
    """Add a link to a confirmation; return its secret, which is stored nowhere."""
    secret = new_secret()
    ConfirmationLink.objects.create(
        confirmation=confirmation, token_hash=secret_hash(secret), created_at=at
    )
    return secret


def find_by_secret(secret: str) -> Confirmation | None:
    """Return the confirmation of a link in this partner's schema, or None.

    ``secret`` is the end of the opened address, perhaps with punctuation stuck to it (OUT-20).
    """
    link = (
        ConfirmationLink.objects.select_related("confirmation")
        .filter(token_hash=secret_hash(secret_in(secret)))
        .first()
    )
    return link.confirmation if link is not None else None
