"""Names in the own register that are the same, or look as if they were (REG-38, REG-41)."""

from __future__ import annotations

from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.finding import look_key
from portal.core.sorting import search_key

SHOWN = 3


def look_alikes(name: str, *, person: Membership, before: Customer | None = None) -> list[Customer]:
    """Return customers whose name differs only by accents, punctuation or legal form.

    None where the name of ``before`` keeps its look; the same name is refused elsewhere.
    """
    look = look_key(name)
    if not look or (before is not None and before.look_key == look):
        return []
    seen = Customer.objects.visible_to(person).filter(look_key=look)
    return list(seen.exclude(name_key=search_key(name)).order_by("sort_key", "pk")[:SHOWN])


def own_holder(name: str, *, person: Membership) -> Customer | None:
    """Return the customer of this name, if it is the partner's own and seen."""
    return Customer.objects.visible_to(person).filter(name_key=search_key(name)).first()
