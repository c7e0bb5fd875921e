"""Tasks of orders."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from orders.services import bulk
from portal.tenancy.queueing import task


@task("orders.run_bulk_item")
def run_bulk_item(*, item: str) -> None:
    """Do an act of channel sales on several orders for one of them."""
    bulk.run_item(UUID(item), at=timezone.localtime())


@task("orders.sweep_bulk_acts", shared=True, expires=60)
def sweep_bulk_acts() -> None:
    """Queue orders of such acts again that were left lying; called by beat."""
    bulk.sweep(at=timezone.now())
