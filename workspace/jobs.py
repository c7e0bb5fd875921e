"""Jobs about partners: taken by one worker at a time, and called again when left lying."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.tenancy.models import Job
from portal.tenancy.queueing import enqueue

log = logging.getLogger(__name__)
J = TypeVar("J", bound=Job)
# A job without a step for so long is called again, at most so often.
STUCK = timedelta(seconds=90)
ATTEMPTS = 3


@transaction.atomic
def take(kind: type[J], job_id: UUID, *, at: datetime, stuck: timedelta = STUCK) -> J | None:
    """Return a job with this attempt counted; None if it is done, or another worker has it.

    ``stuck`` is how long a worker may have it.
    """
    rows = kind._default_manager.select_for_update(of=("self",), skip_locked=True)
    job: J | None = rows.select_related("user").filter(pk=job_id).first()
    if job is None or not job.is_under_way:
        return None
    if job.state == Job.State.MAKING and job.moved_at > at - stuck:
        return None
    job.state, job.moved_at, job.attempts = Job.State.MAKING, at, job.attempts + 1
    if job.attempts > ATTEMPTS:
        log.error("%s %s is given up after %s attempts", kind.__name__, job.pk, ATTEMPTS)
        with override(job.user.language):
            fail(job, _("The work stopped unexpectedly, and nothing was made. Try again."), at=at)
        return None
    job.save(update_fields=["state", "moved_at", "attempts"])
    return job


def still(job: J) -> J | None:
    """Return the job locked for this transaction; None if another worker has or finished it.

    It is waited for: whoever only looked whether there is something to take has it for a moment.
    """
    rows = type(job)._default_manager.select_for_update(of=("self",))
    found: J | None = rows.filter(pk=job.pk, attempts=job.attempts, state=job.state).first()
    return found


def fail(job: Job, cause: str, *, at: datetime) -> None:
    """Note why a job failed, in words."""
    job.state, job.cause, job.moved_at = Job.State.FAILED, cause, at
    job.save(update_fields=["state", "cause", "moved_at"])


def call_again(kind: type[Job], task: str, *, at: datetime, stuck: timedelta = STUCK) -> None:
    """Call the task of each job of which nothing was heard for a while."""
    waiting = Q(state=Job.State.WAITING, moved_at__lte=at - STUCK)
    killed = Q(state=Job.State.MAKING, moved_at__lte=at - stuck)
    lying = kind._default_manager.filter(waiting | killed)
    for job_id in lying.values_list("pk", flat=True):
        enqueue(task, partner=None, job=job_id)
