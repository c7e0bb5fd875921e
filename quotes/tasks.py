"""Periodic tasks of quotes."""

from __future__ import annotations

from django.utils import timezone

from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue, task
from quotes.services.sending import expire_due


@task("quotes.expire_everywhere", shared=True)
def expire_everywhere() -> None:
    """Queue one task for each active partner."""
    for partner in Partner._default_manager.filter(is_active=True):
        enqueue("quotes.expire", partner=partner)


@task("quotes.expire")
def expire() -> None:
    """Expire the confirmations whose time is over."""
    expire_due(at=timezone.now())
