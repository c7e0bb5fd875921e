"""What beat asks of quotes."""

from __future__ import annotations

from django.utils import timezone

from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue, task
from quotes.services.sending import expire_due


@task("quotes.expire_everywhere", shared=True)
def expire_everywhere() -> None:
    """One task for each active partner: time passes everywhere."""
    for partner in Partner._default_manager.filter(is_active=True):
        enqueue("quotes.expire", partner=partner)


@task("quotes.expire")
def expire() -> None:
    """Note which confirmations are over."""
    expire_due(at=timezone.now())
