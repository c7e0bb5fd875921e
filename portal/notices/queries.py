"""What a person was told."""

from __future__ import annotations

from django.db import models

from portal.accounts.models import Membership
from portal.notices.models import Notice

# The bell counts no further than it shows.
COUNTED = 100


def notices_of(person: Membership) -> models.QuerySet[Notice]:
    """All of one person's, hers alone."""
    return Notice.objects.filter(membership_id=person.pk)


def unread_count(person: Membership) -> int:
    """How many are new, at most a hundred: what the bell says on every page."""
    return notices_of(person).filter(read_at__isnull=True)[:COUNTED].count()
