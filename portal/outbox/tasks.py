"""The tasks of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery.signals import celeryd_after_setup
from django.utils import timezone

from portal.outbox import issuing
from portal.outbox.delivery import dispatch_due
from portal.outbox.mailbox import fetch_mail as fetch
from portal.outbox.receiving import sweep
from portal.tenancy.queueing import task

if TYPE_CHECKING:
    from celery.apps.worker import Worker


@celeryd_after_setup.connect(weak=False)  # type: ignore[untyped-decorator]
def prepare_documents(instance: Worker, **_kwargs: object) -> None:
    """Let the worker of the documents load their libraries once for all of its processes."""
    if "pdf" in instance.app.amqp.queues.consume_from:
        issuing.prepare()


@task("outbox.dispatch", shared=True, expires=60)
def dispatch() -> None:
    """Send what is due. Called after each commit that queued a message, and by beat."""
    dispatch_due(at=timezone.now())


@task("documents.render", shared=True, expires=60)
def render() -> None:
    """Make the documents that are due. Called after each commit that queued one, and by beat."""
    issuing.render_due(at=timezone.now())


@task("outbox.fetch_mail", shared=True, expires=50)
def fetch_mail() -> None:
    """Fetch what came into the mailbox (IMAP_URL). Called by beat."""
    fetch(at=timezone.now())


@task("outbox.sweep_received", shared=True, expires=500)
def sweep_received() -> None:
    """Try again what could not be handled, and erase what is old. Called by beat."""
    sweep(at=timezone.now())
