"""Services for notifications: notify, mark as read, delete."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import Membership
from portal.notices.models import Notice


def notify(
    to: Membership, verb: str, /, *, at: datetime, url: str = "", **details: object
) -> Notice:
    """Tell a person of the partner something, as part of the caller's transaction.

    ``details`` are JSON-ready values for the message of ``verb``; ``url`` is a path on this host.
    """
    return Notice.objects.create(membership=to, verb=verb, details=details, url=url, created_at=at)


def forget_notices(person: Membership) -> None:
    """Delete a person's notifications when their place ends (D18, D19)."""
    Notice.objects.filter(membership=person).delete()


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Mark a notification as read; no error if it is read already."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(person: Membership, *, at: datetime) -> int:
    """Mark all of the person's notifications as read; return how many were unread."""
    mine = Notice.objects.filter(membership=person, read_at__isnull=True, created_at__lte=at)
    return mine.update(read_at=at)
