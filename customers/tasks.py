"""Tasks of the register."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from customers.imports import jobs
from customers.onboarding import checks
from portal.tenancy.queueing import task


@task("customers.run_import")
def run_import(*, job: str) -> None:
    """Check or write an import."""
    jobs.run(UUID(job), at=timezone.now())


@task("customers.sweep_imports", shared=True, expires=60)
def sweep_imports() -> None:
    """Queue imports again that did not move on, and delete old ones; called by beat."""
    jobs.sweep(at=timezone.now())


@task("customers.check_address")
def check_address(*, check: str) -> None:
    """Try an address of an onboarding."""
    checks.run_check(UUID(check), at=timezone.now())
