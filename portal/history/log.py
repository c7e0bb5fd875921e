"""The change log as a table, page by page: who, when, what, field, old, new (REG-15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.listing import BigListing
from portal.history.messages import PRICES, field_label, kind_of, sentence, shown_value, who
from portal.history.models import Entry
from portal.history.queries import erased_of

# The name of a settings row, of which a partner has only one.
NAMELESS = "settings"


@dataclass(frozen=True)
class LogRow:
    """One entry as a table row: a message, or the fields that changed."""

    at: datetime
    by: str
    what: str
    kind: str
    text: str
    changes: list[tuple[str, str, str]]


def _name(entry: Entry, kind: str) -> str:
    """Return what the entry is about; settings have only the name of their kind."""
    return kind if entry.object_repr == NAMELESS else entry.object_repr


def _is_a_field(entry: Entry, name: str) -> bool:
    """Return whether people fill in this field; ids and references from other rows are left out."""
    model = entry.content_type.model_class()
    fields = model._meta.concrete_fields if model is not None else []
    names = {field.name for field in fields if field.editable}
    return name in names - {"customer"}


def _changes(entry: Entry, *, prices: bool) -> list[tuple[str, str, str]]:
    model = f"{entry.content_type.app_label}.{entry.content_type.model}"
    rows = []
    for name, values in (entry.changes or {}).items():
        if isinstance(values, list) and len(values) == 2 and _is_a_field(entry, name):
            if name in PRICES and not prices:
                continue
            old, new = (shown_value(model, name, value) for value in values)
            if old != new:
                rows.append((field_label(model, name), old, new))
    return rows


def log_rows(
    entries: Iterable[Entry], erased: frozenset[str] = frozenset(), *, prices: bool = True
) -> list[LogRow]:
    """Return the entries as rows in the reader's language.

    An entry with a verb has a message and no fields. ``erased`` holds the ids of people whose data
    was erased: their names and values are not shown (D19).
    """
    rows = []
    for entry in entries:
        if entry.object_pk in erased:
            rows.append(_without_person(entry))
            continue
        changes = [] if entry.verb else _changes(entry, prices=prices)
        text = ""
        if entry.verb or entry.action != Entry.Action.UPDATE:
            text = sentence(entry)[0]
        if text or changes:
            kind = kind_of(entry)
            name = _name(entry, kind)
            rows.append(LogRow(entry.timestamp, who(entry), name, kind, text, changes))
    return rows


def _without_person(entry: Entry) -> LogRow:
    text = sentence(entry)[0] if entry.verb else _("The data of this entry was erased.")
    return LogRow(entry.timestamp, who(entry), _("Erased contact"), kind_of(entry), text, [])


def _page(
    request: HttpRequest,
    entries: models.QuerySet[Entry],
    erased: frozenset[str] = frozenset(),
    *,
    prices: bool = True,
) -> dict[str, Any]:
    listing = BigListing(
        request,
        entries.select_related("content_type"),
        counted=entries,
        sorts={"when": ("timestamp",), "who": ("actor_name", "timestamp")},
        default="-when",
    )
    return {"listing": listing, "rows": log_rows(listing.rows, erased, prices=prices)}


def log_of_customer(request: HttpRequest, customer_id: UUID, *, prices: bool) -> dict[str, Any]:
    """Return the log of a customer and everything that belongs to it, for ``components/_log.html``.

    ``prices`` is False for people who may not see them.
    """
    entries = Entry.objects.filter(customer_id=customer_id)
    return _page(request, entries, erased_of(customer_id), prices=prices)


def log_of_object(request: HttpRequest, subject: models.Model) -> dict[str, Any]:
    """Return the log of one object."""
    return _page(request, Entry.objects.filter(object_pk=str(subject.pk)))


def log_of_app(request: HttpRequest, app_label: str) -> dict[str, Any]:
    """Return the log of an app's objects that belong to no customer."""
    entries = Entry.objects.filter(content_type__app_label=app_label, customer_id=None)
    return _page(request, entries)


def changed_meanwhile(subject: models.Model, *, at: datetime) -> str:
    """Return who saved an object since a form was filled from it, and how long ago (REG-35)."""
    entries = Entry.objects.filter(object_pk=str(subject.pk))
    if getattr(subject, "customer_of_log", lambda: None)() == subject.pk:
        # A customer's domains are edited in the customer's form.
        entries = Entry.objects.filter(
            customer_id=subject.pk,
            content_type__app_label="customers",
            content_type__model__in=["customer", "customerdomain"],
        )
    entry = entries.order_by("-timestamp", "-id").first()
    user = who(entry) if entry is not None else _("Somebody")
    minutes = int((at - entry.timestamp).total_seconds() // 60) if entry is not None else 0
    if minutes < 60:
        ago = ngettext("%(n)s minute", "%(n)s minutes", max(1, minutes)) % {"n": max(1, minutes)}
    else:
        ago = timesince(entry.timestamp, at, depth=1) if entry is not None else ""
    return _("%(user)s changed this %(minutes)s ago. Review the differences.") % {
        "user": user,
        "minutes": ago,
    }
