"""Writing a service report: what was done, with parts and pictures, before it is finished."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from customers.services.rules import Stale
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.files.models import Attachment, Kind
from portal.files.services import delete_file, store_file
from portal.history.models import Entry
from portal.history.services import record
from support.models import ServicePart, ServiceReport
from support.services.work_orders import lock_work, save_work
from support.states import WrongWorkState

WRITTEN = (
    *("performed_on", "minutes", "travel_minutes", "travel_km"),
    *("work", "result", "next_step"),
)
PICTURES: frozenset[Kind] = frozenset({Kind.JPEG, Kind.PNG})
MOST_PICTURES = 20
# Saving in the background leaves one entry in the history within this time.
QUIET = timedelta(minutes=30)


class TooManyPictures(RuleError):
    """Refuse more pictures than a report may have."""

    def __init__(self) -> None:
        super().__init__(
            _("A report has at most %(n)s pictures.") % {"n": MOST_PICTURES}, field="pictures"
        )


@dataclass(frozen=True)
class Part:
    """A part that was used."""

    quantity: int
    name: str
    serial: str = ""


def parts_of(work: ServiceReport) -> list[Part]:
    """Return the parts, in their order."""
    return [Part(row.quantity, row.name, row.serial) for row in work.parts.order_by("position")]


def pictures_of(work: ServiceReport) -> list[Attachment]:
    """Return the pictures, in the order in which they were taken up."""
    return list(Attachment.objects.about(work).order_by("created_at", "pk"))


@transaction.atomic
def save_draft(
    work_id: UUID,
    fields: Mapping[str, Any],
    parts: Sequence[Part],
    *,
    version: int,
    by: Membership,
    at: datetime,
) -> ServiceReport:
    """Save what was written so far; nothing has to be complete (SUP-02).

    Saving what is there already changes nothing, also with an older version: the answer to the
    first time may have been lost. Raise Stale, WrongWorkState.
    """
    work = lock_work(work_id)
    if work.state != ServiceReport.State.DRAFT:
        raise WrongWorkState(work, "change")
    changed = [name for name in WRITTEN if name in fields and getattr(work, name) != fields[name]]
    has_other_parts = parts_of(work) != list(parts)
    if not changed and not has_other_parts:
        return work
    if work.version != version:
        raise Stale(work, at=at)
    for name in changed:
        setattr(work, name, fields[name])
    if has_other_parts:
        work.parts.all().delete()
        ServicePart.objects.bulk_create(
            ServicePart(
                service_report=work,
                position=position,
                quantity=part.quantity,
                name=part.name,
                serial=part.serial,
            )
            for position, part in enumerate(parts, 1)
        )
    save_work(work, *changed, "find_key", at=at)
    _note(work, by, at=at)
    return work


def _note(work: ServiceReport, by: Membership, *, at: datetime) -> None:
    """Record that somebody wrote, once in half an hour."""
    there = Entry.objects.filter(
        object_pk=str(work.pk),
        verb="service_written",
        timestamp__gt=at - QUIET,
        additional_data__by=str(by.pk),
    )
    if not there.exists():
        record(work, "service_written", customer_id=work.customer_id, by=str(by.pk))


@transaction.atomic
def add_picture(
    work_id: UUID, upload: UploadedFile[Any], *, by: Membership, at: datetime
) -> Attachment:
    """Add a picture to a draft; the same one a second time is the one that is there.

    Raise FileRefused, TooManyPictures, WrongWorkState.
    """
    work = lock_work(work_id)
    if work.state != ServiceReport.State.DRAFT:
        raise WrongWorkState(work, "change")
    digest = hashlib.sha256(upload.read()).hexdigest()
    upload.seek(0)
    there = Attachment.objects.about(work).filter(sha256=digest).first()
    if there is not None:
        return there
    if len(pictures_of(work)) >= MOST_PICTURES:
        raise TooManyPictures
    return store_file(
        customer=work.customer, about=work, upload=upload, allowed=PICTURES, by=by, at=at
    )


@transaction.atomic
def remove_picture(work_id: UUID, picture_id: UUID) -> bool:
    """Remove a picture of a draft; return whether it was there. Raise WrongWorkState."""
    work = lock_work(work_id)
    if work.state != ServiceReport.State.DRAFT:
        raise WrongWorkState(work, "change")
    found = Attachment.objects.about(work).filter(pk=picture_id).first()
    if found is not None:
        delete_file(found)
    return found is not None
