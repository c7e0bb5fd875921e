"""Notifications in words: one sentence for each verb, said when it is read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.formats import day
from portal.notices.models import Notice

# verb -> (sentence, icon). Facts of the notice fill the places.
VERBS: dict[str, tuple[Promise, str]] = {
    "assigned": (_("You are responsible for %(customer)s now."), "user-check"),
    "assigned_many": (_("You are responsible for %(n)s more customers now."), "user-check"),
    "unassigned": (_("You are no longer responsible for %(customer)s."), "user"),
    "unassigned_many": (_("You are no longer responsible for %(n)s customers."), "user"),
    "order_placed": (_("%(by)s placed order %(number)s for %(customer)s."), "shopping-bag"),
    "stands_in": (
        _("You stand in for %(person)s from %(start)s to %(end)s and see the customers meanwhile."),
        "calendar",
    ),
    "away_entered": (
        _(
            "%(person)s entered that you are away from %(start)s to %(end)s; "
            "%(substitute)s stands in."
        ),
        "calendar",
    ),
    "away_ended": (_("%(person)s entered that you are back."), "calendar"),
    "stands_in_no_more": (_("You no longer stand in for %(person)s."), "calendar"),
    "handed_over": (
        _(
            "%(person)s left. You took over %(customers)s customers, %(drafts)s drafts and "
            "%(orders)s orders."
        ),
        "users",
    ),
    "grant_see": (_("You may see %(customer)s now."), "key"),
    "grant_change": (_("You may see and change %(customer)s now."), "key"),
    "grant_taken": (_("The exception that let you see %(customer)s was taken away."), "key"),
}


def _read(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with days as the reader's language writes them."""
    days: dict[str, Any] = {
        name: day(date.fromisoformat(facts[name])) for name in ("start", "end") if name in facts
    }
    return {**facts, **days}


def text_of(notice: Notice) -> str:
    """The sentence in the language of whoever reads it."""
    pattern, _icon = VERBS.get(notice.verb, (notice.verb, ""))
    try:
        return str(pattern) % _read(notice.facts)
    except (KeyError, ValueError, TypeError):
        return str(pattern)


def icon_of(notice: Notice) -> str:
    """The icon beside the sentence."""
    return VERBS[notice.verb][1] if notice.verb in VERBS else "bell"
