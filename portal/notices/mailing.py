"""Notifications by e-mail: at once for chosen kinds, and a digest every morning (NOTE-02).

A periodic task queues the e-mails; the key of each makes sure that none is sent twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.accounts.models import Membership
from portal.notices.messages import has_mail, kind_of, text_of
from portal.notices.models import Notice, NoticeSettings
from portal.outbox.services import queue_email
from portal.tenancy.context import local_day, require_partner

# The hour in the partner's time zone from which the digest is sent.
MORNING = 7
# What is older is not mailed any more: it is in the portal, and in a digest.
RECENT = timedelta(hours=12)
MOST_IN_A_DIGEST = 50


def send_due(*, at: datetime) -> int:
    """Queue what is due for the people of this partner; return how many e-mails."""
    rows = NoticeSettings.objects.exclude(mailed=[], daily_digest=False)
    found = {row.membership_id: row for row in rows}
    people = Membership.objects.for_partner(require_partner()).filter(
        pk__in=found, state=Membership.State.ACTIVE, user__is_active=True
    )
    sent = 0
    for person in people.select_related("user"):
        settings = found[person.pk]
        sent += _at_once(person, settings, at=at)
        sent += _digest(person, settings, at=at)
    return sent


def _at_once(person: Membership, settings: NoticeSettings, *, at: datetime) -> int:
    """Mail each new notification of a chosen kind that no e-mail of its own tells."""
    if not settings.mailed:
        return 0
    recent = Notice.objects.filter(membership=person, created_at__gt=at - RECENT)
    wanted = [
        notice
        for notice in recent.order_by("created_at")
        if kind_of(notice.verb) in settings.mailed and not has_mail(notice.verb)
    ]
    for notice in wanted:
        _queue(person, [notice], f"notice-{notice.pk}", at=at)
    return len(wanted)


def _digest(person: Membership, settings: NoticeSettings, *, at: datetime) -> int:
    """Mail what is unread, once a morning; nothing on a day without anything unread."""
    partner = require_partner()
    today = local_day(at)
    if not settings.daily_digest or settings.digest_sent_on == today:
        return 0
    if at.astimezone(partner.tz).hour < MORNING:
        return 0
    unread = Notice.objects.filter(membership=person, read_at=None, created_at__lte=at)
    notices = list(unread.order_by("-created_at")[:MOST_IN_A_DIGEST])
    settings.digest_sent_on = today
    settings.save(update_fields=["digest_sent_on"])
    if not notices:
        return 0
    _queue(person, notices, f"digest-{person.pk}-{today:%Y-%m-%d}", at=at)
    return 1


def _queue(person: Membership, notices: list[Notice], key: str, *, at: datetime) -> None:
    partner = require_partner()
    language = person.user.language
    with override(language), timezone.override(partner.tz):
        texts = [text_of(notice) for notice in notices]
        label = _("Open the notifications")
    queue_email(
        to=person.user.email,
        template="notices/email/notices",
        context={
            "name": person.user.get_short_name(),
            "texts": texts,
            "first": texts[0],
            "count": len(texts),
            "button_url": partner.page("notices:list"),
            "button_label": label,
        },
        language=language,
        key=key,
        partner=partner,
        at=at,
    )
