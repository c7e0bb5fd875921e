"""The doorbells of the outbox."""

from __future__ import annotations

from django.utils import timezone

from portal.outbox.delivery import dispatch_due
from portal.outbox.issuing import render_due
from portal.tenancy.queueing import task


@task("outbox.dispatch", shared=True, expires=60)
def dispatch() -> None:
    """Send what is due. Rung after each commit that queued something, and by beat."""
    dispatch_due(at=timezone.now())


@task("documents.render", shared=True, expires=60)
def render() -> None:
    """Make the documents that are due. Rung after each commit that wants one, and by beat."""
    render_due(at=timezone.now())
