"""The change log in words: one sentence for each verb, one for each change of a field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.catalog.models import Family
from portal.history.models import Entry

# verb -> (sentence, tone). Facts of the entry fill the places.
VERBS: dict[str, tuple[Promise, str]] = {
    "customer_deactivated": (gettext_lazy("was deactivated."), "is-bad"),
    "customer_reactivated": (gettext_lazy("was reactivated."), "is-ok"),
    "file_added": (gettext_lazy("was added as a file."), "is-ok"),
    "file_deleted": (gettext_lazy("was deleted, a file."), "is-bad"),
    "personal_number_set": (gettext_lazy("The personal number was set."), ""),
    "personal_number_removed": (gettext_lazy("The personal number was removed."), ""),
    "personal_number_shown": (gettext_lazy("The end of the personal number was looked at."), ""),
    "customer_imported": (gettext_lazy("was imported from %(file)s."), "is-ok"),
    "customers_imported": (gettext_lazy("was imported: %(rows)s customers."), "is-ok"),
    "import_was_undone": (
        gettext_lazy("was undone: %(rows)s customers were removed."),
        "is-bad",
    ),
    "import_undone": (gettext_lazy("was removed: the import of %(file)s was undone."), "is-bad"),
    "customer_type_changed": (gettext_lazy("Type changed from %(old)s to %(new)s."), ""),
    "rate_plan_changed": (
        gettext_lazy("Rate plan changed from %(old)s to %(new)s; %(lines)s services."),
        "",
    ),
    "clearance_granted": (gettext_lazy("was cleared for %(family)s."), "is-ok"),
    "clearance_revoked": (gettext_lazy("is no longer cleared for %(family)s."), "is-bad"),
    "order_started": (gettext_lazy("was begun."), ""),
    "order_moved": (
        gettext_lazy("took the place of draft %(old_number)s for %(old_customer)s."),
        "",
    ),
    "order_recreated": (
        gettext_lazy("was re-created from %(old_number)s, ordered for %(old_customer)s."),
        "",
    ),
    "order_deleted": (gettext_lazy("was deleted as a draft."), "is-bad"),
    "order_submitted": (gettext_lazy("was placed."), "is-ok"),
    "order_returned": (gettext_lazy("came back for changes: %(reason)s"), "is-bad"),
    "order_accepted_by_vendor": (gettext_lazy("was accepted."), "is-ok"),
    "order_rejected_by_vendor": (gettext_lazy("was rejected: %(reason)s"), "is-bad"),
    "order_provisioning_by_vendor": (gettext_lazy("is being delivered."), ""),
    "order_failed_by_vendor": (gettext_lazy("could not be delivered: %(reason)s"), "is-bad"),
    "order_completed_by_vendor": (gettext_lazy("was completed."), "is-ok"),
    "order_cancelled": (gettext_lazy("was cancelled."), "is-bad"),
    "order_cancel_asked": (gettext_lazy("Channel Sales was asked to cancel it."), "is-bad"),
}


@dataclass(frozen=True)
class Line:
    """One line of a timeline; fits components/_timeline.html."""

    label: str
    text: str
    at: datetime
    by: str
    tone: str
    url: str = ""


def _field_label(model: str, field: str) -> str:
    try:
        name = apps.get_model(model)._meta.get_field(field).verbose_name
    except (LookupError, FieldDoesNotExist):
        return field
    text = str(name)
    return text[:1].upper() + text[1:]


def _value(raw: Any) -> str:
    text = str(raw)
    return "–" if text in ("None", "") else text[:120]


def _changes(entry: Entry) -> str:
    model = f"{entry.content_type.app_label}.{entry.content_type.model}"
    parts = []
    for field, values in (entry.changes or {}).items():
        if not isinstance(values, list) or len(values) != 2:
            continue
        parts.append(
            _("%(field)s changed from %(old)s to %(new)s")
            % {
                "field": _field_label(model, field),
                "old": _value(values[0]),
                "new": _value(values[1]),
            }
        )
    return "; ".join(parts) + "." if parts else ""


def _sentence(entry: Entry) -> tuple[str, str]:
    if entry.verb:
        pattern, tone = VERBS.get(entry.verb, (entry.verb, ""))
        facts = dict(entry.additional_data or {})
        if facts.get("family") in Family.values:
            facts["family"] = Family(facts["family"]).label
        try:
            return str(pattern) % facts, tone
        except (KeyError, ValueError):
            return str(pattern), tone
    if entry.action == Entry.Action.CREATE:
        return _("was added."), "is-ok"
    if entry.action == Entry.Action.DELETE:
        return _("was removed."), "is-bad"
    return _changes(entry), ""


def describe(entries: Iterable[Entry], *, subject_shown: bool = True) -> list[Line]:
    """Entries as sentences in the reader's language; those that say nothing are left out."""
    lines = []
    for entry in entries:
        text, tone = _sentence(entry)
        if not text:
            continue
        by = entry.actor_name or _("the system")
        if entry.by_staff:
            by = _("Channel Sales")
        label = entry.object_repr if subject_shown else ""
        if not label:
            text = text[:1].upper() + text[1:]
        lines.append(Line(label, text, entry.timestamp, by, tone))
    return lines
