"""Services for notifications: notify, mark as read, delete."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal.accounts.models import Membership
from portal.notices.messages import KINDS, kind_of
from portal.notices.models import Notice, NoticeSettings


def notify(
    to: Membership, verb: str, /, *, at: datetime, url: str = "", **details: object
) -> Notice:
    """Tell a person something, as part of the caller's transaction.

    ``details`` are JSON-ready values for the message of ``verb``; ``url`` is a path on this host.
    What the person chose not to see in the portal counts as read (NOTE-01).
    """
    hidden = NoticeSettings.objects.filter(membership=to, hidden__contains=[kind_of(verb)])
    if hidden.exists():
        return Notice.objects.create(
            membership=to, verb=verb, details=details, url=url, created_at=at, read_at=at
        )
    return Notice.objects.create(membership=to, verb=verb, details=details, url=url, created_at=at)


def forget_notices(person: Membership) -> None:
    """Delete a person's notifications when their place ends (D18, D19)."""
    Notice.objects.filter(membership=person).delete()
    NoticeSettings.objects.filter(membership=person).delete()


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Mark a notification as read; no error if it is read already."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(person: Membership, *, at: datetime) -> int:
    """Mark all of the person's notifications as read; return how many were unread."""
    mine = Notice.objects.filter(membership=person, read_at__isnull=True, created_at__lte=at)
    return mine.update(read_at=at)


def settings_of(person: Membership) -> NoticeSettings:
    """Return how a person wants to be told; not saved until they chose."""
    found = NoticeSettings.objects.filter(membership=person).first()
    return found or NoticeSettings(membership=person)


def choose_notices(
    person: Membership, *, shown: Collection[str], mailed: Collection[str], daily_digest: bool
) -> None:
    """Save how a person wants to be told: in the portal, by mail, and daily (NOTE-01)."""
    NoticeSettings.objects.update_or_create(
        membership=person,
        defaults={
            "hidden": [kind for kind in KINDS if kind not in shown],
            "mailed": [kind for kind in KINDS if kind in mailed],
            "daily_digest": daily_digest,
        },
    )
