"""What a person who leaves has in quotes, handed over in the same act (D18)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.core.errors import RuleError
from quotes.models import Quote, QuoteQuerySet

# Progressed and superseded ones are done, and keep the name they have.
OPEN = (
    Quote.State.DRAFT,
    Quote.State.SENT,
    Quote.State.CONFIRMED,
    Quote.State.DECLINED,
    Quote.State.EXPIRED,
)


def open_quotes(person: Membership) -> QuoteQuerySet:
    """The quotes that somebody else would have to go on with."""
    return Quote.objects.filter(created_by=person, state__in=OPEN)


def hand_over_quotes(person: Membership, *, to: Membership | None, at: datetime) -> int:
    """Give the person's open quotes to ``to``; answers how many. Evidence keeps who sent what.

    Raises RuleError when there are some and nobody to take them.
    """
    found = open_quotes(person)
    if to is None:
        if found.exists():
            raise RuleError(_("Choose who takes over."), field="successor")
        return 0
    return found.update(created_by=to, changed_at=at)
