"""Reading notifications."""

from __future__ import annotations

from django.db import models

from portal.accounts.models import Membership
from portal.notices.models import Notice


def notices_of(person: Membership) -> models.QuerySet[Notice]:
    """Return all notifications of one person, and nobody else's."""
    return Notice.objects.filter(membership_id=person.pk)


# For a query of memberships ``m``: how many notifications of each are unread.
UNREAD_OF_MEMBERSHIP = (
    f"SELECT count(*) FROM {Notice._meta.db_table} n"  # noqa: S608  a table of ours
    " WHERE n.membership_id = m.id AND n.read_at IS NULL"
)
