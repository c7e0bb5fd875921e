"""The doorbell of the outbox."""

from __future__ import annotations

from django.utils import timezone

from portal.outbox.delivery import dispatch_due
from portal.tasks import task


@task("outbox.dispatch", shared=True, expires=60)
def dispatch() -> None:
    """Send what is due. Rung after each commit that queued something, and by beat."""
    dispatch_due(at=timezone.now())
