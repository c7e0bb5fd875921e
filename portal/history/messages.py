"""Messages of the change log: one for each verb, registered by its app, and for field changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.core.formats import amount
from portal.history.models import Entry


@dataclass(frozen=True, slots=True)
class Message:
    """The message of a verb.

    ``text`` is a whole sentence that says what it is about (REG-43). It has placeholders for the
    entry's details, which ``present`` prepares: codes as labels, dates in the reader's format.
    """

    text: Promise
    tone: str = ""
    present: Callable[[dict[str, Any]], dict[str, Any]] | None = None


_messages: dict[str, Message] = {}


def register_messages(messages: Mapping[str, Message]) -> None:
    """Add an app's messages by verb. Raise ValueError for a verb that is registered already."""
    for verb, message in messages.items():
        if _messages.setdefault(verb, message) is not message:
            raise ValueError(f"two messages for {verb}")


@dataclass(frozen=True)
class Line:
    """A line of a timeline, in the format of components/_timeline.html."""

    label: str
    text: str
    at: datetime
    by: str
    tone: str
    url: str = ""


def field_label(model: str, field: str) -> str:
    try:
        found = apps.get_model(model)._meta.get_field(field)
    except (LookupError, FieldDoesNotExist):
        return field
    text = str(getattr(found, "verbose_name", field))
    return text[:1].upper() + text[1:]


def _amount(text: str) -> str:
    """Return a stored amount in the reader's format; any other text unchanged."""
    try:
        return amount(Decimal(text))
    except InvalidOperation:
        return text[:120]


def shown_value(model: str, name: str, raw: object) -> str:
    """Return a stored value for readers: a choice's label, yes or no, a dash for none."""
    text = str(raw)
    if text in ("None", ""):
        return "–"
    try:
        field = apps.get_model(model)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return text[:120]
    if isinstance(field, models.BooleanField):
        return _("yes") if text == "True" else _("no")
    if isinstance(field, models.DecimalField) and field.decimal_places == 2:
        return _amount(text)
    choices = dict(getattr(field, "flatchoices", None) or [])
    return str(choices.get(text, text))[:120]


# Fields with prices: not shown to people without the right to see prices.
PRICES = frozenset({"monthly", "one_off", "credit_limit", "credit_committed"})


def _changes(entry: Entry) -> str:
    model = f"{entry.content_type.app_label}.{entry.content_type.model}"
    parts = []
    for field, values in (entry.changes or {}).items():
        if not isinstance(values, list) or len(values) != 2:
            continue
        parts.append(
            _("%(field)s changed from %(old)s to %(new)s")
            % {
                "field": field_label(model, field),
                "old": shown_value(model, field, values[0]),
                "new": shown_value(model, field, values[1]),
            }
        )
    return "; ".join(parts) + "." if parts else ""


def who(entry: Entry) -> str:
    """Return who did it, as shown to the partner's people."""
    if entry.by_staff:
        return _("Channel Sales")
    return entry.actor_name or _("the system")


def _said(entry: Entry) -> tuple[str, str]:
    message = _messages.get(entry.verb)
    if message is None:
        return entry.verb, ""
    details = dict(entry.additional_data or {})
    try:
        presented = message.present(details) if message.present is not None else details
        return str(message.text) % presented, message.tone
    except (KeyError, ValueError):
        return str(message.text), message.tone


def kind_of(entry: Entry) -> str:
    """Return what kind of thing an entry is about, in the reader's language: "Contact"."""
    model = entry.content_type.model_class()
    name = str(model._meta.verbose_name) if model is not None else entry.content_type.model
    return name[:1].upper() + name[1:]


def sentence(entry: Entry) -> tuple[str, str]:
    """Return the message of an entry, and its tone. It says what kind of thing it is about, but for
    changes of fields, which name the fields (REG-43)."""
    if entry.verb:
        return _said(entry)
    if entry.action == Entry.Action.CREATE:
        return _("%(kind)s added.") % {"kind": kind_of(entry)}, "is-ok"
    if entry.action == Entry.Action.DELETE:
        return _("%(kind)s removed.") % {"kind": kind_of(entry)}, "is-bad"
    return _changes(entry), ""


def describe(entries: Iterable[Entry], *, subject_shown: bool = True) -> list[Line]:
    """Return the entries as messages in the reader's language, without those that have none."""
    lines = []
    for entry in entries:
        text, tone = sentence(entry)
        if not text:
            continue
        label = entry.object_repr if subject_shown else ""
        if label and not entry.verb and entry.action == Entry.Action.UPDATE:
            # A contact may be called as its customer is.
            text = _("%(kind)s: %(changes)s") % {"kind": kind_of(entry), "changes": text}
        lines.append(Line(label, text, entry.timestamp, who(entry), tone))
    return lines
