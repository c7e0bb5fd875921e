"""Notices to staff by e-mail: at once, or one every morning (CHAN-30).

A task queues them; beat calls it too, so that nothing is left lying if the worker was away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.channel.models import StaffNotice, StaffSubscription
from portal.channel.telling import told
from portal.core.staff_rights import StaffGroup
from portal.outbox.rendering import public_url
from portal.outbox.services import queue_email
from portal.tenancy.context import in_public

Mail = StaffSubscription.Mail
# The hour in the vendor's time zone from which the daily e-mail is sent.
MORNING = 7
MOST_IN_A_MAIL = 50
AT_A_TIME = 200
# What is older is mailed to nobody at once: it is in the list.
RECENT = timedelta(days=3)


def _readers(mail: str) -> models.QuerySet[StaffSubscription]:
    """Return who wants mail in this way, and may still read: nobody disabled is mailed."""
    has_group = models.Q(user__groups__name__in=StaffGroup.values)
    people = StaffSubscription.objects.filter(
        has_group | models.Q(user__is_superuser=True),
        mail=mail,
        user__is_active=True,
        user__is_staff=True,
    )
    return people.select_related("user").distinct().order_by("user__email")


def send_due(*, at: datetime) -> int:
    """Queue what is due for all of staff; return how many e-mails."""
    with in_public():
        return _at_once(at=at) + _daily(at=at)


@transaction.atomic
def _at_once(*, at: datetime) -> int:
    """Mail each new notice to who wants it at once; another worker takes what is locked here."""
    rows = StaffNotice.objects.across_partners().filter(mailed_at=None).order_by("at")
    new = list(rows.select_for_update(skip_locked=True)[:AT_A_TIME])
    if not new:
        return 0
    ids = [notice.pk for notice in new]
    sent = 0
    for reader in _readers(Mail.AT_ONCE):
        for notice in (
            told(reader)
            .filter(pk__in=ids, at__gt=at - RECENT)
            .select_related("partner")
            .order_by("at")
        ):
            _queue(reader, [notice], key=f"staff-{notice.pk}-{reader.user_id}", at=at)
            sent += 1
    StaffNotice.objects.across_partners().filter(pk__in=ids).update(mailed_at=at)
    return sent


def _daily(*, at: datetime) -> int:
    """Mail each morning what has happened since the last morning; nothing if nothing did."""
    local = at.astimezone(ZoneInfo(settings.VENDOR_TIME_ZONE))
    if local.hour < MORNING:
        return 0
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    due = models.Q(digest_sent_at=None) | models.Q(digest_sent_at__lt=morning)
    sent = 0
    for reader in _readers(Mail.DAILY).filter(due):
        sent += _digest(reader, morning=morning, at=at)
    return sent


@transaction.atomic
def _digest(reader: StaffSubscription, *, morning: datetime, at: datetime) -> int:
    since = reader.digest_sent_at or morning - timedelta(days=1)
    new = told(reader).filter(at__gt=since, at__lte=at).select_related("partner")
    notices = list(new.order_by("-at")[: MOST_IN_A_MAIL + 1])
    StaffSubscription.objects.filter(pk=reader.pk).update(digest_sent_at=at)
    if not notices:
        return 0
    key = f"staff-daily-{reader.user_id}-{morning:%Y-%m-%d}"
    _queue(reader, notices, key=key, at=at)
    return 1


def _queue(
    reader: StaffSubscription, notices: Sequence[StaffNotice], *, key: str, at: datetime
) -> None:
    user, first = reader.user, notices[0]
    only = len(notices) == 1
    with override(user.language):
        texts = [
            _("%(what)s, %(partner)s") % {"what": notice, "partner": notice.partner}
            for notice in notices[:MOST_IN_A_MAIL]
        ]
        label = _("Open it") if only else _("Open the notifications")
    queue_email(
        to=user.email,
        template="channel/email/staff_notices",
        context={
            "name": user.get_short_name(),
            "texts": texts,
            "first": texts[0],
            "count": len(texts),
            "has_more": len(notices) > MOST_IN_A_MAIL,
            "button_url": public_url(first.path if only else "/admin/channel/staffnotice/"),
            "button_label": label,
            "settings_url": public_url("/admin/channel/staffnotice/settings/"),
        },
        language=user.language,
        key=key,
        partner=None,
        at=at,
    )
