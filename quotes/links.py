"""The secrets that lead to a confirmation: 256 bits, of which only the hash is kept (CON-10)."""

from __future__ import annotations

from datetime import datetime

from portal.core.links import new_secret, secret_hash
from quotes.models import Confirmation, ConfirmationLink


def new_link(confirmation: Confirmation, *, at: datetime) -> str:
    """One more link to a confirmation; answers the secret, which is kept nowhere."""
    secret = new_secret()
    ConfirmationLink.objects.create(
        confirmation=confirmation, token_hash=secret_hash(secret), created_at=at
    )
    return secret


def find_by_secret(secret: str) -> Confirmation | None:
    """The confirmation behind a link, in this partner's schema."""
    link = (
        ConfirmationLink.objects.select_related("confirmation")
        .filter(token_hash=secret_hash(secret))
        .first()
    )
    return link.confirmation if link is not None else None
