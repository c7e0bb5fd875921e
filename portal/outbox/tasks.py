"""The tasks of the outbox."""

from __future__ import annotations

from django.utils import timezone

from portal.outbox.delivery import dispatch_due
from portal.outbox.issuing import render_due
from portal.tenancy.queueing import task


@task("outbox.dispatch", shared=True, expires=60)
def dispatch() -> None:
    """Send what is due. Called after each commit that queued a message, and by beat."""
    dispatch_due(at=timezone.now())


@task("documents.render", shared=True, expires=60)
def render() -> None:
    """Make the documents that are due. Called after each commit that queued one, and by beat."""
    render_due(at=timezone.now())
