"""Telling staff what happened at a partner, and what each of them has not read yet (CHAN-30)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from portal.accounts.models import User
from portal.channel.models import StaffEvent, StaffNotice, StaffNoticeRead, StaffSubscription
from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue

# More unread ones are not counted.
MOST = 99


def tell_staff(
    kind: StaffEvent, *, partner: Partner, label: str, path: str, key: str, at: datetime
) -> None:
    """Tell staff that something happened, as part of the caller's transaction (CHAN-30).

    ``label`` says what it is about, in names and numbers; ``path`` is its page on the public host;
    ``key`` is of this event: told again with the same one, nothing happens. The e-mails are queued
    by a task afterwards, so that the cause costs one statement.
    """
    notice = StaffNotice(
        partner=partner, kind=kind, label=label[:250], path=path, key=key[:200], at=at
    )
    StaffNotice.objects.for_partner(partner).bulk_create([notice], ignore_conflicts=True)
    enqueue("channel.mail_notices", partner=None)


def subscription_of(user: User) -> StaffSubscription:
    """Return what somebody wants to be told of; not saved until they chose or read something."""
    found = StaffSubscription.objects.filter(user=user).first()
    return found or StaffSubscription(user=user)


def told(subscription: StaffSubscription) -> models.QuerySet[StaffNotice]:
    """Return what somebody is told of: of the partners and kinds that they chose."""
    found = StaffNotice.objects.across_partners().filter(kind__in=subscription.kinds)
    if subscription.all_partners:
        return found
    return found.filter(partner__in=subscription.partners.values("pk"))


def unread(subscription: StaffSubscription) -> models.QuerySet[StaffNotice]:
    """Return what somebody has neither opened nor marked as read."""
    found = told(subscription)
    if subscription.marked_read_at is not None:
        found = found.filter(at__gt=subscription.marked_read_at)
    opened = StaffNoticeRead.objects.filter(notice=OuterRef("pk"), user=subscription.user_id)
    return found.exclude(Exists(opened))


def count_unread(subscription: StaffSubscription) -> int:
    """Return how many are unread: one more than ``MOST`` if there are more."""
    return unread(subscription)[: MOST + 1].count()


def mark_opened(notice: StaffNotice, *, user: User) -> None:
    """Note that somebody opened a notice; no error if they did before."""
    StaffNoticeRead.objects.bulk_create(
        [StaffNoticeRead(notice=notice, user=user)], ignore_conflicts=True
    )


@transaction.atomic
def mark_all_read(user: User, *, at: datetime) -> None:
    """Let everything until now count as read; the rows of what was opened are needed no more."""
    StaffSubscription.objects.update_or_create(user=user, defaults={"marked_read_at": at})
    StaffNoticeRead.objects.filter(user=user, notice__at__lte=at).delete()


@transaction.atomic
def choose(
    user: User,
    *,
    kinds: Collection[str],
    partners: Collection[Partner],
    mail: str,
    at: datetime,
) -> None:
    """Save what somebody wants to be told of; without partners: of all (CHAN-30).

    The daily e-mail tells of what happens from now on.
    """
    found, _made = StaffSubscription.objects.select_for_update().get_or_create(user=user)
    if mail != found.mail:
        found.digest_sent_at = at
    found.kinds = [kind for kind in StaffEvent.values if kind in kinds]
    found.all_partners, found.mail = not partners, mail
    found.save(update_fields=["kinds", "all_partners", "mail", "digest_sent_at"])
    found.partners.set(partners)
