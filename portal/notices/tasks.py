"""Periodic tasks of notifications."""

from __future__ import annotations

from django.utils import timezone

from portal.notices.mailing import send_due
from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue, task


@task("notices.mail_everywhere", shared=True)
def mail_everywhere() -> None:
    """Queue one task for each active partner."""
    for partner in Partner._default_manager.filter(is_active=True):
        enqueue("notices.mail", partner=partner)


@task("notices.mail")
def mail_notices() -> None:
    """Queue the e-mails of notifications that are due."""
    send_due(at=timezone.now())
