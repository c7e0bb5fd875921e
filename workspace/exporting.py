"""Everything of one partner as a zip: made by the worker, downloaded by staff (CHAN-24)."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import RuleError, WrongState
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner, PartnerExport, PartnerExportChunk
from portal.tenancy.queueing import enqueue
from workspace.events import Kind, log_event
from workspace.export_file import write_export
from workspace.jobs import still, take

log = logging.getLogger(__name__)
State = PartnerExport.State
TASK = "workspace.export_partner"
# How long a worker may be at one.
LONGEST = timedelta(minutes=65)
KEPT = timedelta(days=7)
CHUNK = 4 * 1024 * 1024


class ExportUnderWay(RuleError):
    """Refuse a second export of a partner while the first is being made (CHAN-24)."""

    def __init__(self, partner: Partner) -> None:
        super().__init__(
            _("An export of %(partner)s is being made already.") % {"partner": partner.name}
        )


class NoExport(WrongState):
    """Refuse to download what is not ready (SM-ANY)."""

    def __init__(self) -> None:
        super().__init__(_("This export is not ready."))


def ask_for_export(partner: Partner, *, reason: str, by: User, at: datetime) -> PartnerExport:
    """Let the worker export a partner, and return the row that tells how it goes.

    Raise ExportUnderWay while another one is being made.
    """
    with in_public():
        try:
            with transaction.atomic():
                job = PartnerExport.objects.create(
                    partner=partner,
                    user=by,
                    reason=reason,
                    created_at=at,
                    moved_at=at,
                    expires_at=at + KEPT,
                )
                log_event(partner, Kind.EXPORTED, by=by, reason=reason, at=at)
                enqueue(TASK, partner=None, job=job.pk)
        except IntegrityError as error:
            raise ExportUnderWay(partner) from error
    return job


def export_partner(job_id: UUID, *, at: datetime) -> None:
    """Make an export; calls that come again are safe, and one that is killed is made anew."""
    with in_public():
        job = take(PartnerExport, job_id, at=at, stuck=LONGEST)
        if job is None:
            return
        try:
            with tempfile.TemporaryFile() as file:
                write_export(job.partner, file, at=at, moved=lambda part: _note(job, part))
                _store(job, file, at=at)
        except Exception:
            # It stays as it is: the sweep calls again, and gives it up after some attempts.
            log.exception("the export of %s could not be made", job.partner.slug)


@transaction.atomic
def _store(job: PartnerExport, file: IO[bytes], *, at: datetime) -> None:
    current = still(job)
    if current is None:
        return
    file.seek(0)
    digest, number = hashlib.sha256(), 0
    while content := file.read(CHUNK):
        PartnerExportChunk.objects.create(export=current, number=number, content=content)
        digest.update(content)
        current.size += len(content)
        number += 1
    current.state, current.sha256 = State.READY, digest.hexdigest()
    current.moved_at, current.expires_at = at, at + KEPT
    current.save(update_fields=["state", "sha256", "size", "moved_at", "expires_at"])


def download(export: PartnerExport, *, by: User, at: datetime) -> Iterator[bytes]:
    """Log a download and return the file piece by piece; raise NoExport before it is ready."""
    with in_public():
        if export.state != State.READY or export.expires_at <= at:
            raise NoExport
        log_event(export.partner, Kind.DOWNLOADED, by=by, at=at)
    return _pieces(export)


def _pieces(export: PartnerExport) -> Iterator[bytes]:
    number = 0
    while True:
        # The request's context is gone while the file is sent.
        with in_public():
            chunk = export.chunks.filter(number=number).first()
        if chunk is None:
            return
        yield bytes(chunk.content)
        number += 1


def delete_old_exports(*, at: datetime) -> None:
    """Delete what is older than seven days; who asked for it and downloaded it stays known."""
    with in_public():
        PartnerExport.objects.across_partners().filter(expires_at__lte=at).delete()


# Progress is in the cache, since the reading is one transaction; losing it does no harm.


def _note(job: PartnerExport, part: str) -> None:
    cache.set(f"export:{job.pk}", part, 600)


def progress(job: PartnerExport) -> str:
    """Return what the worker is at: "12/60"; empty if that is not known."""
    return str(cache.get(f"export:{job.pk}") or "")
