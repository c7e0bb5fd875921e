"""The tasks of channel sales' work on partners."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from portal.tenancy.context import in_public
from portal.tenancy.models import PartnerCreation
from portal.tenancy.queueing import task
from workspace.creating import TASK, make_partner
from workspace.jobs import call_again


@task(TASK, shared=True)
def make(job: str) -> None:
    """Make a partner (CHAN-20)."""
    make_partner(UUID(job), at=timezone.now())


@task("workspace.sweep_partners", shared=True, expires=60)
def sweep_partners() -> None:
    """Call again what was left lying. Called by beat."""
    now = timezone.now()
    with in_public():
        call_again(PartnerCreation, TASK, at=now)
