"""Periodic tasks of support."""

from __future__ import annotations

from django.utils import timezone

from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue, task
from support.services.sweeping import sweep


@task("support.sweep_everywhere", shared=True)
def sweep_everywhere() -> None:
    """Queue one task for each active partner."""
    for partner in Partner._default_manager.filter(is_active=True):
        enqueue("support.sweep", partner=partner)


@task("support.sweep")
def sweep_reports() -> None:
    """Remind, raise, announce and close what is due."""
    sweep(at=timezone.now())
