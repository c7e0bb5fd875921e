"""The e-mails of the story: all sent when they were due, except for the newest."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from portal.outbox.models import OutboundEmail

# How many are still queued when the demo starts, so that one can watch them being sent.
WAITING = 6
# Whose e-mail to a customer came back.
LOSES_ONE = "harbour"


def date_mail(about_id: UUID, *, since: datetime, at: datetime) -> None:
    """Date the e-mails about an object that were queued since ``since`` at ``at``."""
    OutboundEmail.objects.across_partners().filter(about_id=about_id, created_at__gte=since).update(
        created_at=at, queued_at=at, next_try_at=at
    )


def settle_mail(now: datetime) -> None:
    """Mark all but the newest as SENT; one to a customer's contact failed, on every day."""
    State = OutboundEmail.State
    mails = OutboundEmail.objects.across_partners().filter(state=State.QUEUED)
    # What is watched are orders and confirmations: a quote's link is in a mail of today.
    watched = mails.exclude(about_type__startswith="support.").order_by("-created_at")
    newest = list(watched.values_list("pk", flat=True)[:WAITING])
    mails.filter(pk__in=newest).update(queued_at=now, next_try_at=now)
    mails.exclude(pk__in=newest).update(
        state=State.SENT,
        attempts=1,
        sent_at=F("created_at") + timedelta(seconds=4),
        secrets_encrypted=None,
    )
    lost = (
        OutboundEmail.objects.across_partners()
        .filter(partner__slug=LOSES_ONE, state=State.SENT, template="orders/email/placed_customer")
        .order_by("-created_at")
        .first()
    )
    if lost is not None:
        lost.state, lost.sent_at = State.DEAD, None
        lost.dead_at = lost.created_at + timedelta(seconds=4)
        lost.last_status = 550
        lost.last_error = (
            f"5.1.1 <{lost.to_address}>: Recipient address rejected: "
            "User unknown in virtual mailbox table"
        )
        lost.save(update_fields=["state", "sent_at", "dead_at", "last_status", "last_error"])
