"""Numbers to port: none is asked for twice, and how far each block is (ORD-58)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from orders import emails
from orders.models import Order, PortedBlock, Service
from orders.porting import NotANumber, NumberBlock, blocks_of
from orders.seen import Seen
from orders.services.locking import lock_seen
from portal.catalog.models import Family
from portal.core.errors import RuleError
from portal.history.services import record

# One at a time asks whether a number is in another order, and then stores its own.
LOCK = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.ported_blocks'))"


@dataclass(frozen=True)
class PortingNews:
    """What channel sales says of a block."""

    state: str
    on: date | None = None
    note: str = ""


def check_numbers(order: Order, blocks: Sequence[NumberBlock]) -> None:
    """Raise NotANumber for a block that another order of the partner ports or has ported.

    An order that came to nothing counts no more, nor one whose customer has no trunk any longer.
    """
    runs = Service.objects.filter(
        customer=OuterRef("customer_id"), family=Family.TRUNK, ended_on__isnull=True
    )
    others = PortedBlock.objects.exclude(order=order).exclude(state=PortedBlock.State.REFUSED)
    there = others.filter(
        Q(order__state__in=Order.LIVE) | Q(order__state=Order.State.COMPLETED) & Q(Exists(runs))
    ).select_related("order")
    for block in blocks:
        found = there.filter(last__gte=block.first, first__lte=block.last).first()
        if found is not None:
            raise NotANumber(
                _('"%(line)s" is in order %(number)s already.'),
                str(block),
                number=found.order.number,
            )


def claim_numbers(order: Order) -> None:
    """Store the blocks of an order that is placed; raise NotANumber if another one has them."""
    porting = order.details.get("porting") or {}
    blocks = blocks_of(porting.get("numbers") or [])
    if order.family != Family.TRUNK or order.kind != Order.Kind.NEW:
        return
    if blocks:
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        check_numbers(order, blocks)
    order.ported_blocks.all().delete()
    day = date.fromisoformat(porting["date"]) if porting.get("date") else None
    PortedBlock.objects.bulk_create(
        PortedBlock(
            order=order,
            customer_id=order.customer_id,
            first=block.first,
            last=block.last,
            text=str(block),
            on=day,
        )
        for block in blocks
    )


@transaction.atomic
def set_porting(
    order_id: UUID, *, news: Mapping[UUID, PortingNews], at: datetime, seen: Seen | None = None
) -> Order:
    """Save what channel sales says of the blocks of an order, by block id (ORD-58).

    What changed is in the log, and is mailed to who placed the order. Raise OrderMoved, RuleError
    if nothing changed, or where a refusal has no note.
    """
    order = lock_seen(order_id, seen=seen, at=at)
    changed = []
    for block in order.ported_blocks.order_by("first"):
        told = news.get(block.pk)
        if told is None or told == PortingNews(block.state, block.on, block.note):
            continue
        if told.state == PortedBlock.State.REFUSED and not told.note:
            raise RuleError(_("Say why the provider refused it."), field=f"note_{block.pk}")
        block.state, block.on, block.note = told.state, told.on, told.note
        block.save(update_fields=["state", "on", "note"])
        changed.append(block)
    if not changed:
        raise RuleError(_("Nothing was changed."))
    order.touch(at)
    order.save(update_fields=["version", "changed_at"])
    entry = record(
        order,
        "order_porting_changed",
        customer_id=order.customer_id,
        blocks=[(block.text, block.state) for block in changed],
    )
    emails.porting(order, changed, key=str(entry.pk))
    return order
