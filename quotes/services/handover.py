"""Handing over the quotes of a person who leaves (D18)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.core.errors import RuleError
from quotes.models import Quote, QuoteQuerySet

# Progressed and superseded quotes are done and keep the name they have.
OPEN = (
    Quote.State.DRAFT,
    Quote.State.SENT,
    Quote.State.CONFIRMED,
    Quote.State.DECLINED,
    Quote.State.EXPIRED,
)


def open_quotes(person: Membership) -> QuoteQuerySet:
    """Return the quotes that somebody else would have to continue."""
    return Quote.objects.filter(created_by=person, state__in=OPEN)


def hand_over_quotes(person: Membership, *, to: Membership | None, at: datetime) -> int:
    """Give the person's open quotes to ``to``; return how many. Evidence keeps who sent what.

    Raise RuleError if there are any and ``to`` is None.
    """
    found = open_quotes(person)
    if to is None:
        if found.exists():
            raise RuleError(_("Choose who takes over."), field="successor")
        return 0
    return found.update(created_by=to, changed_at=at)
