"""Telling people something in the portal, and their having read it."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import Membership
from portal.notices.models import Notice


def notify(
    to: Membership, verb: str, /, *, at: datetime, url: str = "", **details: object
) -> Notice:
    """Tell a person of the partner something, as part of the caller's transaction.

    ``details`` are JSON-ready values for the sentence of ``verb``; ``url`` is a path here.
    """
    return Notice.objects.create(membership=to, verb=verb, details=details, url=url, created_at=at)


def forget_notices(person: Membership) -> None:
    """What a person was told goes with her place (D18, D19)."""
    Notice.objects.filter(membership=person).delete()


def mark_read(notice: Notice, *, at: datetime) -> None:
    """The person opened it; again is no error."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(person: Membership, *, at: datetime) -> int:
    """Everything that the person was told until now is read; answers how many were not."""
    mine = Notice.objects.filter(membership=person, read_at__isnull=True, created_at__lte=at)
    return mine.update(read_at=at)
