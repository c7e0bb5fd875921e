"""Tasks of channel sales."""

from __future__ import annotations

from django.utils import timezone

from portal.channel.announcing import tell_prices
from portal.channel.mailing import send_due
from portal.channel.models import AnnouncedTo
from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue, task


@task("channel.tell_prices")
def tell_of_prices() -> None:
    """Tell the people of a partner which prices are announced."""
    tell_prices(at=timezone.now())


@task("channel.sweep_announcements", shared=True)
def sweep_announcements() -> None:
    """Queue the partners again that were not told yet; called by beat."""
    due = AnnouncedTo.objects.across_partners().filter(told_at=None).values("partner")
    for partner in Partner._default_manager.filter(is_active=True, pk__in=due):
        enqueue("channel.tell_prices", partner=partner)


@task("channel.mail_notices", shared=True)
def mail_notices() -> None:
    """Queue the e-mails to staff that are due."""
    send_due(at=timezone.now())
