"""Reading the outbox for its pages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner


def listed(partner: Partner, *, state: str = "", words: str = "") -> models.QuerySet[OutboundEmail]:
    """Return a partner's messages without their bodies.

    ``words`` are searched in subject, address and what the message is about.
    """
    found = OutboundEmail.objects.for_partner(partner).defer("text", "html", "secrets_encrypted")
    if state == OutboundEmail.State.DEAD:
        # What came back was not delivered either.
        found = found.filter(state__in=OutboundEmail.FAILED)
    elif state:
        found = found.filter(state=state)
    if words:
        found = found.filter(
            Q(subject__icontains=words)
            | Q(to_address__icontains=words)
            | Q(about_label__icontains=words)
        )
    return found


def emails_about(partner: Partner, about: models.Model) -> models.QuerySet[OutboundEmail]:
    """Return the messages about one object, newest first, for that object's page."""
    return listed(partner).filter(about_id=about.pk).order_by("-created_at")
