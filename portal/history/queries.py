"""Reading the change log."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from portal.history.messages import PRICES, Line, describe
from portal.history.models import Entry


def _newest(entries: models.QuerySet[Entry], limit: int) -> list[Entry]:
    return list(entries.select_related("content_type").order_by("-timestamp", "-id")[:limit])


def timeline_of(subject: models.Model, *, limit: int = 100) -> list[Line]:
    """Return the log of one object, newest first."""
    return describe(
        _newest(Entry.objects.filter(object_pk=str(subject.pk)), limit), subject_shown=False
    )


def timeline_of_customer(customer_id: UUID, *, limit: int = 10, prices: bool = True) -> list[Line]:
    """Return the log of a customer and everything that belongs to it, newest first.

    ``prices`` is False for people who may not see them.
    """
    entries = _newest(Entry.objects.filter(customer_id=customer_id), limit)
    erased = erased_of(customer_id)
    for entry in entries:
        if entry.object_pk in erased:
            entry.object_repr, entry.changes = _("Erased contact"), None
        if not prices and entry.changes:
            shown = {name: pair for name, pair in entry.changes.items() if name not in PRICES}
            entry.changes = shown
    return describe(entries)


def first_act(subject_id: UUID, verb: str) -> Entry | None:
    """Return the first entry of a verb about an object that may be deleted."""
    found = Entry.objects.filter(object_pk=str(subject_id), verb=verb)
    first: Entry | None = found.order_by("timestamp", "id").first()
    return first


def last_acts(*subject_ids: UUID, limit: int = 2) -> list[Line]:
    """Return what was last done to objects that may be deleted, without changes of their fields."""
    acts = Entry.objects.filter(object_pk__in=[str(pk) for pk in subject_ids]).exclude(verb="")
    acts = acts.exclude(verb__endswith="_draft_changed").exclude(verb__endswith="_started")
    return describe(_newest(acts, limit), subject_shown=False)


def replacing(verb: str, old_number: str) -> str | None:
    """Return the id of the object that took the place of the one with ``old_number``."""
    found = Entry.objects.filter(verb=verb, additional_data__old_number=old_number)
    newest: Entry | None = found.order_by("-timestamp").first()
    return newest.object_pk if newest is not None else None


def erased_of(customer_id: UUID) -> frozenset[str]:
    """Return the ids of a customer's contacts whose data was erased.

    The log keeps its entries; its pages show neither the names nor what was changed (D19).
    """
    entries = Entry.objects.filter(customer_id=customer_id, verb="contact_erased")
    return frozenset(entries.values_list("object_pk", flat=True))
