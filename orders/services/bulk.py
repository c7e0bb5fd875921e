"""Acts of channel sales on several orders: each a row first, then done by itself (CHAN-11, D24)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from orders.emails import order_page
from orders.models import Order
from orders.seen import Seen
from orders.services.fulfilment import accept_order, provision_order, reject_order, return_order
from orders.services.locking import OrderMoved
from portal.accounts.models import User
from portal.channel.models import BulkAct, BulkActItem, StaffAccess, SubmittedOrder
from portal.core.actor import acting
from portal.core.errors import RuleError
from portal.tenancy.context import require_partner
from portal.tenancy.queueing import enqueue

log = logging.getLogger(__name__)
State = BulkActItem.State

# How many orders one act takes.
MOST = 200
# An order without progress for so long is queued again, at most so many times.
STUCK = timedelta(seconds=60)
ATTEMPTS = 3
# How many one sweep queues.
BATCH = 500

SERVICES: dict[str, Callable[..., Order]] = {
    BulkAct.Act.ACCEPT: accept_order,
    BulkAct.Act.PROVISION: provision_order,
    BulkAct.Act.RETURN: return_order,
    BulkAct.Act.REJECT: reject_order,
}
WITH_REASON = frozenset({BulkAct.Act.RETURN, BulkAct.Act.REJECT})
DONE: dict[str, Promise] = {
    BulkAct.Act.ACCEPT: gettext_lazy("Order %(number)s is accepted."),
    BulkAct.Act.PROVISION: gettext_lazy("Order %(number)s is being provisioned."),
    BulkAct.Act.RETURN: gettext_lazy("Order %(number)s went back to the partner."),
    BulkAct.Act.REJECT: gettext_lazy("Order %(number)s is rejected."),
}


@transaction.atomic
def start_bulk(
    act_id: UUID,
    *,
    act: str,
    chosen: Mapping[UUID, Seen],
    reason: str,
    by: User,
    language: str,
    at: datetime,
) -> BulkAct:
    """Write an act on several orders down and queue each of them, in its partner (CHAN-11).

    ``chosen`` says what was seen of each order (CHAN-12); its partner is looked up, never taken
    from a form. ``act_id`` comes from the form, so that the same form sent twice is one act. Raise
    RuleError without a reason where one is needed, and without an order.
    """
    text = reason.strip() if act in WITH_REASON else ""
    if act in WITH_REASON and not text:
        raise RuleError(_("Enter a reason."), field="reason")
    made = BulkAct(id=act_id, act=act, reason=text, user=by, language=language, created_at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return BulkAct.objects.get(pk=act_id)
    rows = SubmittedOrder.objects.across_partners().filter(pk__in=list(chosen)[:MOST])
    items = [
        BulkActItem(
            act=made,
            partner=row.partner,
            position=position,
            order_id=row.order_id,
            number=row.number,
            customer=f"{row.customer_name}, {row.customer_number}",
            version=chosen[row.order_id].version,
            seen=dict(chosen[row.order_id].content),
            moved_at=at,
        )
        for position, row in enumerate(
            rows.select_related("partner").order_by("submitted_at", "pk"), 1
        )
    ]
    if not items:
        raise RuleError(_("Choose at least one order."))
    BulkActItem.objects.across_partners().bulk_create(items)
    for item in items:
        enqueue("orders.run_bulk_item", partner=item.partner, item=item.pk)
    return made


def run_item(item_id: UUID, *, at: datetime) -> None:
    """Do the act for one order, in its partner's context; calls that come again are safe.

    The order and the row change in one transaction, so that a worker that dies leaves both as they
    were, and the next call does both once.
    """
    item = _take(item_id, at=at)
    if item is None:
        return
    with acting(item.act.user), override(item.act.language):
        _carry_out(item_id, at=at)


def _locked(item_id: UUID) -> BulkActItem | None:
    """Lock and return an order that waits; None if it is done, or another worker has it."""
    found = BulkActItem.objects.for_partner(require_partner()).select_related("act__user")
    waiting = found.filter(pk=item_id, state=State.WAITING)
    return waiting.select_for_update(of=("self",), skip_locked=True).first()


@transaction.atomic
def _take(item_id: UUID, *, at: datetime) -> BulkActItem | None:
    """Return the order with this attempt counted; None if there is nothing to do."""
    item = _locked(item_id)
    if item is None:
        return None
    item.attempts, item.moved_at = item.attempts + 1, at
    if item.attempts > ATTEMPTS:
        log.error("order %s of a bulk act is given up after %s attempts", item.pk, ATTEMPTS)
        with override(item.act.language):
            words = _("It did not work, and the order is as it was. Try again on its page.")
            _finish(item, State.FAILED, words, at=at)
        return None
    item.save(update_fields=["attempts", "moved_at"])
    return item


@transaction.atomic
def _carry_out(item_id: UUID, *, at: datetime) -> None:
    item = _locked(item_id)
    if item is None:
        return
    act = item.act
    details = {"reason": act.reason} if act.act in WITH_REASON else {}
    try:
        seen = Seen(item.version, item.seen)
        order = SERVICES[act.act](item.order_id, seen=seen, at=at, **details)
    except OrderMoved as refusal:
        _finish(item, State.REFUSED, " ".join([str(refusal), *refusal.changes]), at=at)
    except RuleError as refusal:
        _finish(item, State.REFUSED, str(refusal), at=at)
    else:
        _finish(item, State.DONE, str(DONE[act.act]) % {"number": order.number}, at=at)


def _finish(item: BulkActItem, state: BulkActItem.State, result: str, *, at: datetime) -> None:
    """Note what became of the order, and that staff acted on it (ISO-16)."""
    item.state, item.result, item.finished_at, item.moved_at = state, result, at, at
    item.save(update_fields=["state", "result", "attempts", "finished_at", "moved_at"])
    StaffAccess.objects.create(
        partner=item.partner,
        user=item.act.user,
        at=at,
        method="POST",
        path=order_page(item.partner, item.order_id, f"do/{item.act.act}/"),
        status=200 if state == State.DONE else 409,
        page="orders_order_action",
        action=item.act.act,
        object_label=item.number,
        changed=state == State.DONE,
        reason=item.act.reason[:200],
    )


@transaction.atomic
def sweep(*, at: datetime) -> int:
    """Queue again what made no progress; refuse what waits for a suspended partner."""
    lying = BulkActItem.objects.across_partners().filter(
        state=State.WAITING, moved_at__lt=at - STUCK
    )
    found = lying.select_related("partner", "act__user").order_by("moved_at")
    items = list(found.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for item in items:
        if item.partner.is_active:
            enqueue("orders.run_bulk_item", partner=item.partner, item=item.pk)
            continue
        with override(item.act.language):
            _finish(item, State.REFUSED, _("The partner is suspended."), at=at)
    return len(items)
