"""Calling the tasks that waited while their partner was suspended (CHAN-21)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from portal.tenancy.context import in_public
from portal.tenancy.models import WaitingTask
from portal.tenancy.queueing import task_named

log = logging.getLogger(__name__)
# A call that did not come back within this time is made again, at most so often.
STUCK = timedelta(minutes=6)
ATTEMPTS = 3


def call_waiting(*, at: datetime) -> int:
    """Call what waits for partners that are active again, oldest first; return how many.

    A row goes when its task has run, so that a worker that is killed loses none. One that fails
    three times stays, with what it raised in the log.
    """
    with in_public():
        free = Q(taken_at=None) | Q(taken_at__lt=at - STUCK)
        due = WaitingTask.objects.across_partners().filter(
            free, partner__is_active=True, attempts__lt=ATTEMPTS
        )
        rows = list(due.select_related("partner").order_by("created_at")[:200])
    done = 0
    for row in rows:
        with in_public():
            mine = WaitingTask.objects.for_partner(row.partner).filter(free, pk=row.pk)
            if not mine.update(taken_at=at, attempts=F("attempts") + 1):
                continue
        try:
            task_named(row.name)(partner=str(row.partner_id), **row.arguments)
        except Exception:
            log.exception("task %s that waited for its partner failed", row.name)
            continue
        with in_public():
            row.delete()
        done += 1
    return done
