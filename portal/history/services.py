"""Writing verbs to the change log. Changes of fields are written by auditlog itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import models

from portal.core.actor import current_actor
from portal.history.models import Entry
from portal.tenancy.bulk import copy_rows


def record(
    subject: models.Model,
    verb: str,
    *,
    customer_id: UUID | None,
    called: str = "",
    **details: object,
) -> Entry:
    """Record that ``verb`` happened to ``subject``; details are JSON-ready values for its message.

    ``called`` replaces the subject's name in the log where not everybody may see it. Part of the
    caller's transaction. The subject may be deleted afterwards: the entry stays.
    """
    entry: Entry = Entry.objects.create(
        content_type=ContentType.objects.get_for_model(subject),
        object_pk=str(subject.pk),
        object_repr=(called or str(subject))[:300],
        action=Entry.Action.UPDATE,
        verb=verb,
        customer_id=customer_id,
        additional_data=details or None,
    )
    return entry


def record_many(
    subjects: Iterable[models.Model],
    action: int,
    *,
    at: datetime,
    verb: str = "",
    details: dict[str, Any] | None = None,
    also: Mapping[Any, Mapping[str, list[str]]] | None = None,
) -> None:
    """Record rows that were written or deleted in bulk, which auditlog does not see.

    ``action`` is Entry.Action.CREATE or DELETE. The fields are those that auditlog records for the
    model, without the empty ones; ``also`` adds label -> [old, new] as text by primary key. All
    entries are dated ``at``.
    """
    actor = current_actor()
    same = Entry(
        content_type_id=0,
        object_pk="",
        object_repr="",
        action=action,
        verb=verb,
        timestamp=at,
        additional_data=details,
        actor=actor,
        actor_name=actor.name if actor is not None else "",
        by_staff=actor.is_staff if actor is not None else False,
    )
    created = action == Entry.Action.CREATE
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for subject in subjects:
        by_model.setdefault(type(subject), []).append(subject)
    for model, rows in by_model.items():
        same.content_type = ContentType.objects.get_for_model(model)
        copy_rows(
            same,
            ("object_pk", "object_repr", "changes", "customer_id"),
            _bulk_rows(rows, _logged_fields(model), also or {}, created=created),
        )


def _bulk_rows(
    rows: Iterable[Any],
    fields: list[tuple[str, str, bool]],
    also: Mapping[Any, Mapping[str, list[str]]],
    *,
    created: bool,
) -> Iterator[tuple[str, str, str, UUID | None]]:
    """Yield (object_pk, object_repr, changes, customer_id) of each row."""
    for row in rows:
        changes: dict[str, Any] = dict(also.get(row.pk, {}))
        for name, attribute, masked in fields:
            value = getattr(row, attribute)
            if value not in (None, ""):
                text = "*" * 8 if masked else str(value)
                changes[name] = ("None", text) if created else (text, "None")
        yield str(row.pk), str(row)[:300], json.dumps(changes), row.customer_of_log()


def _logged_fields(model: type[models.Model]) -> list[tuple[str, str, bool]]:
    """Return (name, attribute, masked) of the fields that auditlog records for a model."""
    told = auditlog.get_model_fields(model)
    included, excluded = told["include_fields"], told["exclude_fields"]
    masked = set(told["mask_fields"])
    return [
        (field.name, field.attname, field.name in masked)
        for field in model._meta.concrete_fields
        if (not included or field.name in included) and field.name not in excluded
    ]


def record_changes(
    subject: models.Model, changes: Mapping[str, list[str]], *, customer_id: UUID | None
) -> Entry:
    """Record changed fields that auditlog does not see: label -> [old, new], as text.

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
