"""The change log in words: one sentence for each verb, one for each change of a field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.rights import Preset, Right
from portal.catalog.models import Family
from portal.core.formats import amount, day
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
    "quote_started": (gettext_lazy("was begun."), ""),
    "quote_revised": (gettext_lazy("was revised: version %(revision)s."), ""),
    "quote_superseded": (gettext_lazy("was superseded by %(new_number)s."), ""),
    "quote_deleted": (gettext_lazy("was deleted as a draft."), "is-bad"),
    "quote_progressed": (gettext_lazy("was progressed to %(orders)s."), "is-ok"),
    "quote_progressed_unconfirmed": (
        gettext_lazy("was progressed to %(orders)s without the customer's confirmation."),
        "is-bad",
    ),
    "quote_settings_changed": (gettext_lazy("changed: %(fields)s."), ""),
    "confirmation_sent": (gettext_lazy("went to %(addressee)s to be confirmed."), "is-ok"),
    "confirmation_reminded": (gettext_lazy("%(addressee)s was reminded."), ""),
    "confirmation_withdrawn": (
        gettext_lazy("The link that %(addressee)s had was withdrawn."),
        "is-bad",
    ),
    "confirmation_expired": (gettext_lazy("Nobody answered in time."), "is-bad"),
    "link_opened": (gettext_lazy("The link was opened (perhaps by a mail filter)."), ""),
    "confirmation_accepted": (gettext_lazy("%(name)s accepted the terms."), "is-ok"),
    "confirmation_declined": (gettext_lazy("was declined: %(reason)s"), "is-bad"),
    "order_cancel_asked": (gettext_lazy("Channel Sales was asked to cancel it."), "is-bad"),
    "person_assigned": (gettext_lazy("%(person)s is responsible now."), "is-ok"),
    "person_unassigned": (gettext_lazy("%(person)s is no longer responsible."), ""),
    "grant_given": (gettext_lazy("Exception for %(person)s: %(level)s."), "is-ok"),
    "grant_taken": (gettext_lazy("The exception for %(person)s was taken away."), ""),
    "contact_erased": (gettext_lazy("Personal data erased on request."), "is-bad"),
    "contact_exported": (gettext_lazy("Personal data exported on request."), ""),
    "person_invited": (gettext_lazy("was invited as %(role)s."), ""),
    "person_ended": (gettext_lazy("has no place here any more."), "is-bad"),
    "person_handed_over": (
        gettext_lazy(
            "handed over to %(successor)s: %(customers)s customers, %(drafts)s drafts, "
            "%(orders)s orders."
        ),
        "",
    ),
    "person_role_changed": (gettext_lazy("Role changed from %(old)s to %(new)s."), ""),
    "person_team_changed": (gettext_lazy("Team changed from %(old)s to %(new)s."), ""),
    "person_away": (gettext_lazy("is away from %(start)s to %(end)s; %(person)s stands in."), ""),
    "person_back": (gettext_lazy("is back; nobody stands in any more."), ""),
    "role_created": (gettext_lazy("Role made. May: %(added)s."), "is-ok"),
    "role_renamed": (gettext_lazy("Renamed from %(old)s to %(new)s."), ""),
    "role_changed": (gettext_lazy("May now: %(added)s. No longer: %(removed)s."), ""),
    "role_deleted": (gettext_lazy("Role deleted."), "is-bad"),
    "team_created": (gettext_lazy("Team made."), "is-ok"),
    "team_renamed": (gettext_lazy("Renamed from %(old)s to %(new)s."), ""),
    "team_deleted": (gettext_lazy("Team deleted."), "is-bad"),
}
LEVELS = {"see": gettext_lazy("may see it"), "change": gettext_lazy("may change it")}


@dataclass(frozen=True)
class Line:
    """One line of a timeline; fits components/_timeline.html."""

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
    """A stored amount as the reader writes amounts; what is none stays as it is."""
    try:
        return amount(Decimal(text))
    except InvalidOperation:
        return text[:120]


def shown_value(model: str, name: str, raw: Any) -> str:
    """A stored value as a reader knows it: a choice by its label, yes and no, a dash for none."""
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


# Fields that say what something costs: not for people without the right to see prices.
PRICES = frozenset({"monthly", "one_off"})


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


def _facts(entry: Entry) -> dict[str, Any]:
    """The facts of an act with codes in the reader's words."""
    facts = dict(entry.additional_data or {})
    if facts.get("family") in Family.values:
        facts["family"] = Family(facts["family"]).label
    if facts.get("level") in LEVELS:
        facts["level"] = LEVELS[facts["level"]]
    for name in ("added", "removed"):
        if isinstance(facts.get(name), list):
            labels = [str(Right(code).label) for code in facts[name] if code in Right.values]
            facts[name] = ", ".join(labels) or "–"
    if entry.verb.startswith("person_"):
        for name in facts.keys() & {"start", "end"}:
            facts[name] = day(date.fromisoformat(facts[name]))
        for name, value in facts.items():
            facts[name] = Preset(value).label if value in Preset.values else value or "–"
    return facts


def who(entry: Entry) -> str:
    """Who did it, as the partner's people are told."""
    if entry.by_staff:
        return _("Channel Sales")
    return entry.actor_name or _("the system")


def sentence(entry: Entry) -> tuple[str, str]:
    """What an entry says, and its tone."""
    if entry.verb:
        pattern, tone = VERBS.get(entry.verb, (entry.verb, ""))
        facts = _facts(entry)
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
        text, tone = sentence(entry)
        if not text:
            continue
        by = who(entry)
        label = entry.object_repr if subject_shown else ""
        if not label:
            text = text[:1].upper() + text[1:]
        lines.append(Line(label, text, entry.timestamp, by, tone))
    return lines
