"""Writing verbs into the change log. Field changes are written by auditlog itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models

from portal.history.models import Entry


def record(subject: models.Model, verb: str, *, customer_id: UUID | None, **facts: Any) -> Entry:
    """Note that ``verb`` happened to ``subject``; facts are JSON-ready values for the sentence.

    Part of the caller's transaction. The subject may be deleted afterwards: the entry stays.
    """
    entry: Entry = Entry.objects.create(
        content_type=ContentType.objects.get_for_model(subject),
        object_pk=str(subject.pk),
        object_repr=str(subject)[:300],
        action=Entry.Action.UPDATE,
        verb=verb,
        customer_id=customer_id,
        additional_data=facts or None,
    )
    return entry


def record_changes(
    subject: models.Model, changes: Mapping[str, list[str]], *, customer_id: UUID | None
) -> Entry:
    """Note changed fields that auditlog does not see: label -> [old, new], in words.

    Part of the caller's transaction.
    """
    entry: Entry = Entry.objects.create(
        content_type=ContentType.objects.get_for_model(subject),
        object_pk=str(subject.pk),
        object_repr=str(subject)[:300],
        action=Entry.Action.UPDATE,
        changes=dict(changes),
        customer_id=customer_id,
    )
    return entry
