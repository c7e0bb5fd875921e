"""Tasks of orders."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from orders.services import bulk, tidying
from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue, task


@task("orders.run_bulk_item")
def run_bulk_item(*, item: str) -> None:
    """Do an act of channel sales on several orders for one of them."""
    bulk.run_item(UUID(item), at=timezone.localtime())


@task("orders.tidy_everywhere", shared=True)
def tidy_everywhere() -> None:
    """Queue the tidying of each active partner's orders; called by beat."""
    for partner in Partner._default_manager.filter(is_active=True):
        enqueue("orders.tidy", partner=partner)


@task("orders.tidy")
def tidy_orders() -> None:
    """Delete drafts of nothing, and renew terms that have ended."""
    tidying.delete_empty_drafts(at=timezone.now())
    tidying.renew_terms(at=timezone.now())


@task("orders.sweep_bulk_acts", shared=True, expires=60)
def sweep_bulk_acts() -> None:
    """Queue orders of such acts again that were left lying; called by beat."""
    bulk.sweep(at=timezone.now())
