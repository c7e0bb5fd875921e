"""What a person was told."""

from __future__ import annotations

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from portal.accounts.models import Membership
from portal.notices.models import Notice


def notices_of(person: Membership) -> models.QuerySet[Notice]:
    """All of one person's, hers alone."""
    return Notice.objects.filter(membership_id=person.pk)


def unread_of_membership() -> Coalesce:
    """For a query of memberships: how many notices of each are new."""
    unread = Notice.objects.filter(membership=OuterRef("pk"), read_at__isnull=True)
    counted = unread.order_by().values("membership").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=models.IntegerField()), 0)
