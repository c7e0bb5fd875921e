"""Partners that are made in the background (CHAN-20)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.accounts.models import User
from portal.core.actor import acting
from portal.core.crash_points import crash_points_of
from portal.core.errors import RuleError, WrongState
from portal.tenancy.context import in_public
from portal.tenancy.models import PartnerCreation
from portal.tenancy.queueing import enqueue
from workspace.events import Kind, log_event
from workspace.jobs import fail, still, take
from workspace.partners import check_partner, create_partner

log = logging.getLogger(__name__)
State = PartnerCreation.State
TASK = "workspace.make_partner"


class CreationMoved(WrongState):
    """Refuse to try again what did not fail, or what somebody tries already (SM-ANY)."""

    def __init__(self) -> None:
        super().__init__(_("This partner is being made already. Look again."))


def ask_for_partner(
    data: Mapping[str, object], *, by: User, at: datetime, again: PartnerCreation | None = None
) -> PartnerCreation:
    """Let the worker make a partner of what was typed, and return the row that tells how it goes.

    What can be seen beforehand is refused at once: raise RuleError as ``create_partner`` does.
    ``again`` is the attempt that failed and is tried with this data; raise CreationMoved unless it
    did. Of two at once with one short name, the second is refused.
    """
    check_partner(**{key: str(data[key] or "") for key in CHECKED})
    with in_public(), transaction.atomic():
        job = _failed(again) if again is not None else PartnerCreation(created_at=at)
        job.user, job.data, job.name, job.slug = by, dict(data), str(data["name"]), _slug(data)
        job.state, job.attempts, job.moved_at = State.WAITING, 0, at
        job.cause = job.cause_field = ""
        try:
            with transaction.atomic():
                job.save()
        except IntegrityError as error:
            raise RuleError(
                _("A partner with this short name is being made already."), field="slug"
            ) from error
        enqueue(TASK, partner=None, job=job.pk)
    return job


CHECKED = ("name", "slug", "host", "country", "vat_number")


def _slug(data: Mapping[str, object]) -> str:
    return str(data["slug"]).lower()


def _failed(job: PartnerCreation) -> PartnerCreation:
    found = PartnerCreation.objects.select_for_update().filter(pk=job.pk).first()
    if found is None or found.state != State.FAILED:
        raise CreationMoved
    return found


def make_partner(job_id: UUID, *, at: datetime) -> None:
    """Make the partner of a row, whole or not at all; calls that come again are safe.

    The partner and the row's READY are one transaction that holds the row, so that two calls make
    one partner, and one that is killed leaves nothing but the row.
    """
    with in_public():
        job = take(PartnerCreation, job_id, at=at)
        if job is None:
            return
        with acting(job.user), override(job.user.language):
            try:
                _make(job, at=at)
            except RuleError as error:
                job.cause_field = error.field or ""
                job.save(update_fields=["cause_field"])
                fail(job, str(error), at=at)
            except Exception:
                # It stays as it is: the sweep calls again, and gives it up after some attempts.
                log.exception("the partner %s could not be made", job.slug)


@transaction.atomic
def _make(job: PartnerCreation, *, at: datetime) -> None:
    current = still(job)
    if current is None:
        return
    details = {key: value for key, value in current.data.items() if key != "host"}
    partner = create_partner(at=at, host=current.data.get("host") or None, **details)
    log_event(partner, Kind.CREATED, by=job.user, at=at)
    current.state, current.made_id, current.moved_at = State.READY, partner.pk, at
    # The address of the first administrator and the rest stand with the partner now.
    current.data = {}
    current.save(update_fields=["state", "made_id", "moved_at", "data"])
    crash_points_of("partner")
