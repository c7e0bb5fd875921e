"""The tasks about partners as a whole."""

from __future__ import annotations

from django.utils import timezone

from portal.tenancy import host_checks
from portal.tenancy.queueing import task
from portal.tenancy.waiting import call_waiting


@task("tenancy.go_on", shared=True, expires=60)
def go_on() -> None:
    """Call what waited for partners that are active again. Called by beat and after reopening."""
    call_waiting(at=timezone.now())


@task(host_checks.TASK, shared=True, expires=500)
def check_host(host: int) -> None:
    """Ask the DNS whose a host is (CHAN-22)."""
    host_checks.check_host(host, at=timezone.now())


@task("tenancy.check_hosts", shared=True, expires=500)
def check_hosts() -> None:
    """Check the hosts that wait. Called by beat."""
    host_checks.check_waiting(at=timezone.now())
