"""Reading the change log."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from portal.history.models import Entry
from portal.history.sentences import Line, describe


def _newest(entries: models.QuerySet[Entry], limit: int) -> list[Entry]:
    return list(entries.select_related("content_type").order_by("-timestamp", "-id")[:limit])


def timeline_of(subject: models.Model, *, limit: int = 100) -> list[Line]:
    """What happened to one object, the newest first."""
    return describe(
        _newest(Entry.objects.filter(object_pk=str(subject.pk)), limit), subject_shown=False
    )


def timeline_of_customer(customer_id: UUID, *, limit: int = 10) -> list[Line]:
    """What happened to a customer and all that is hers, the newest first."""
    return describe(_newest(Entry.objects.filter(customer_id=customer_id), limit))
