"""The addresses that answers to e-mails go to, each with a token of its own (OUT-32)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models

from portal.outbox.models import ReplyAddress
from portal.tenancy.context import require_partner


def reply_address(
    about: models.Model, recipient: str, *, at: datetime, membership_id: UUID | None = None
) -> str:
    """Return the address that the answers of one recipient about an object go to.

    The same recipient gets the same address for the same object. Return "" where the portal takes
    no mail (REPLY_ADDRESS is not set): then answers go to a person.
    """
    if not settings.REPLY_ADDRESS:
        return ""
    partner = require_partner()
    row, _made = ReplyAddress.objects.for_partner(partner).get_or_create(
        partner=partner,
        about_id=about.pk,
        recipient=recipient.strip().lower(),
        defaults={
            "about_type": about._meta.label_lower,
            "customer_id": getattr(about, "customer_id", None),
            "membership_id": membership_id,
            "created_at": at,
        },
    )
    name, _at, domain = settings.REPLY_ADDRESS.rpartition("@")
    return f"{name}+{row.token}@{domain}"
