"""The tasks of the outbox."""

from __future__ import annotations

from django.utils import timezone

from portal.outbox.delivery import dispatch_due
from portal.outbox.issuing import render_due
from portal.outbox.mailbox import fetch_mail as fetch
from portal.outbox.receiving import sweep
from portal.tenancy.queueing import task


@task("outbox.dispatch", shared=True, expires=60)
def dispatch() -> None:
    """Send what is due. Called after each commit that queued a message, and by beat."""
    dispatch_due(at=timezone.now())


@task("documents.render", shared=True, expires=60)
def render() -> None:
    """Make the documents that are due. Called after each commit that queued one, and by beat."""
    render_due(at=timezone.now())


@task("outbox.fetch_mail", shared=True, expires=50)
def fetch_mail() -> None:
    """Fetch what came into the mailbox (IMAP_URL). Called by beat."""
    fetch(at=timezone.now())


@task("outbox.sweep_received", shared=True, expires=500)
def sweep_received() -> None:
    """Try again what could not be handled, and erase what is old. Called by beat."""
    sweep(at=timezone.now())
