"""Periodic tasks of channel sales."""

from __future__ import annotations

from django.utils import timezone

from portal.channel.mailing import send_due
from portal.tenancy.queueing import task


@task("channel.mail_notices", shared=True)
def mail_notices() -> None:
    """Queue the e-mails to staff that are due."""
    send_due(at=timezone.now())
