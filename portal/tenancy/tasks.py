"""The tasks about partners as a whole."""

from __future__ import annotations

from django.utils import timezone

from portal.tenancy.queueing import task
from portal.tenancy.waiting import call_waiting


@task("tenancy.go_on", shared=True, expires=60)
def go_on() -> None:
    """Call what waited for partners that are active again. Called by beat and after reopening."""
    call_waiting(at=timezone.now())
