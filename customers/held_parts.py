"""What is held about a contact, as the parts of a page (REG-59)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.templatetags.kontor import moment

TITLES: dict[str, Promise] = {
    "orders": _("Orders confirmed to this person"),
    "delivery_addresses": _("Orders with this person in the delivery address"),
    "confirmations": _("Confirmations"),
    "evidence": _("Evidence of answers"),
    "agreements": _("Agreements as PDF"),
    "problem_reports": _("Problem reports made"),
    "problem_reports_received": _("Problem reports received"),
    "service_reports_signed": _("Service reports signed"),
    "onboardings": _("Onboardings in progress"),
    "emails": _("E-mails to this person, or naming them"),
    "emails_received": _("E-mails received from this person"),
    "notifications": _("Notifications of your people"),
}
LABELS: dict[str, Promise] = {
    "address": _("Address"),
    "asked": _("Asked"),
    "asked_at": _("Address"),
    "decided": _("Accepted by"),
    "sent": _("Sent"),
    "answered": _("Answered"),
    "name": _("Name"),
    "email": _("Address"),
    "at": _("Time"),
    "ip_address": _("IP address"),
    "browser": _("Browser"),
    "made": _("Made"),
    "subject": _("Subject"),
    "to": _("To"),
    "from": _("From"),
    "written": _("Written"),
    "queued": _("Sent"),
    "received": _("Received"),
}


@dataclass(frozen=True)
class Row:
    """One object: what it is called, and its data."""

    first: str
    rest: list[str]


@dataclass(frozen=True)
class Part:
    """The objects of one kind."""

    key: str
    title: str
    rows: list[Row]


def _value(value: object) -> str:
    """Return a value in words: a moment as elsewhere."""
    text = str(value)
    try:
        return moment(datetime.fromisoformat(text)) if "T" in text and ":" in text else text
    except ValueError:
        return text


def _row(each: object) -> Row:
    if not isinstance(each, Mapping):
        return Row(str(each), [])
    (_first, first), *others = each.items()
    rest = [f"{LABELS[key]}: {_value(value)}" for key, value in others if key in LABELS and value]
    return Row(_value(first), rest)


def parts_of(held: Mapping[str, Any]) -> list[Part]:
    """Return the parts, empty ones too, in the order of the report."""
    return [
        Part(key, str(title), [_row(each) for each in held.get(key, [])])
        for key, title in TITLES.items()
    ]
