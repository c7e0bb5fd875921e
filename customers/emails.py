"""The e-mails of the register."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from portal.accounts.models import User
from portal.outbox.services import queue_email
from portal.tenancy.models import Partner


def ask_about_name(*, partner: Partner, by: User, name: str, message: str, at: datetime) -> None:
    """Asks channel sales to look at a customer name that is in use (D3)."""
    queue_email(
        to=settings.VENDOR_EMAIL,
        template="customers/email/ask_about_name",
        context={"partner": partner, "person": by, "name": name, "message": message},
        language="en",
        key=f"ask-name-{by.pk}-{at.timestamp()}",
        partner=partner,
        reply_to=by.email,
    )
