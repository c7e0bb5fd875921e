"""The tasks of channel sales' work on partners."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from portal.tenancy.context import in_public
from portal.tenancy.models import PartnerCreation, PartnerExport
from portal.tenancy.queueing import task
from workspace import creating, exporting
from workspace.creating import make_partner
from workspace.erasing import erase_due
from workspace.exporting import delete_old_exports, export_partner
from workspace.jobs import call_again


@task(exporting.TASK, shared=True, soft_time_limit=3600, time_limit=3660)
def export(job: str) -> None:
    """Export a partner (CHAN-24)."""
    export_partner(UUID(job), at=timezone.now())


@task(creating.TASK, shared=True)
def make(job: str) -> None:
    """Make a partner (CHAN-20)."""
    make_partner(UUID(job), at=timezone.now())


@task("workspace.sweep_partners", shared=True, expires=60)
def sweep_partners() -> None:
    """Call again what was left lying, and delete what is old. Called by beat."""
    now = timezone.now()
    with in_public():
        call_again(PartnerCreation, creating.TASK, at=now)
        call_again(PartnerExport, exporting.TASK, at=now, stuck=exporting.LONGEST)
        delete_old_exports(at=now)
    erase_due(at=now)
