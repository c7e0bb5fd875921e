"""Writing verbs into the change log. Field changes are written by auditlog itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import models

from portal.history.actor import current_actor
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


def record_many(
    subjects: Iterable[models.Model],
    action: int,
    *,
    at: datetime,
    verb: str = "",
    facts: dict[str, Any] | None = None,
) -> None:
    """Entries for rows that were written or deleted in bulk, which auditlog does not see.

    ``action`` is Entry.Action.CREATE or DELETE; the fields are those that auditlog would note for
    the model, without the empty ones. All entries say the moment ``at``.
    """
    actor = current_actor()
    common: dict[str, Any] = {"action": action, "verb": verb, "timestamp": at}
    common["additional_data"] = facts
    if actor is not None:
        common |= {"actor": actor, "actor_name": actor.name, "by_staff": actor.is_staff}
    created = action == Entry.Action.CREATE
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for subject in subjects:
        by_model.setdefault(type(subject), []).append(subject)
    for model, rows in by_model.items():
        kind = ContentType.objects.get_for_model(model)
        fields = _logged_fields(model)
        entries = []
        for row in rows:
            owner = getattr(row, "customer_of_log", None)
            values = {
                name: "*" * 8 if masked and value else str(value)
                for name, attribute, masked in fields
                if (value := getattr(row, attribute)) not in (None, "")
            }
            entries.append(
                Entry(
                    content_type=kind,
                    object_pk=str(row.pk),
                    object_repr=str(row)[:300],
                    changes={
                        name: ["None", value] if created else [value, "None"]
                        for name, value in values.items()
                    },
                    customer_id=owner() if callable(owner) else None,
                    **common,
                )
            )
        Entry.objects.bulk_create(entries, batch_size=1000)


def _logged_fields(model: type[models.Model]) -> list[tuple[str, str, bool]]:
    """(name, attribute, masked) of the fields that auditlog notes for a model."""
    told = auditlog.get_model_fields(model)
    included, excluded = told["include_fields"], told["exclude_fields"]
    masked = set(told["mask_fields"])
    return [
        (field.name, field.attname, field.name in masked)
        for field in model._meta.concrete_fields
        if (not included or field.name in included) and field.name not in excluded
    ]
