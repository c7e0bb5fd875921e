"""Periodic tasks of quotes."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue, task
from quotes.documents.paper import make_missing, make_paper
from quotes.services.sending import expire_due
from quotes.services.verifying import tell_faults


@task("quotes.expire_everywhere", shared=True)
def expire_everywhere() -> None:
    """Queue one task for each active partner."""
    for partner in Partner._default_manager.filter(is_active=True):
        enqueue("quotes.expire", partner=partner)


@task("quotes.expire")
def expire() -> None:
    """Expire the confirmations whose time is over."""
    expire_due(at=timezone.now())


@task("quotes.paper")
def paper(confirmation: str) -> None:
    """Make the text of a confirmation to read before it is answered (CON-54)."""
    make_paper(UUID(confirmation), at=timezone.now())


@task("quotes.papers_everywhere", shared=True)
def papers_everywhere() -> None:
    """Queue one task for each active partner."""
    for partner in Partner._default_manager.filter(is_active=True):
        enqueue("quotes.papers", partner=partner)


@task("quotes.papers")
def papers() -> None:
    """Make the texts that are missing (CON-54)."""
    make_missing(at=timezone.now())


@task("quotes.verify_everywhere", shared=True)
def verify_everywhere() -> None:
    """Queue one check of the evidence for each partner, suspended ones too (CON-49)."""
    for partner in Partner._default_manager.all():
        enqueue("quotes.verify", partner=partner)


@task("quotes.verify")
def verify() -> None:
    """Check the evidence, and tell staff of faults (CON-49)."""
    tell_faults(at=timezone.now())
