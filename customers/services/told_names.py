"""How many names that other partners hold one person is told of in an hour (INP-13, REG-57)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from django.core.cache import cache

from portal.core.limits import exceeded

NAME_REFUSALS_AN_HOUR = 20
HOUR = 3600


def may_be_told(user_id: UUID, name_keys: Iterable[str]) -> set[str]:
    """Return those of these names that the person may be told are in use; the others are not shown.

    Each counts like a refusal of the form. What they were told within the hour counts once, so that
    a corrected file can be checked again.
    """
    told: set[str] = set()
    for key in name_keys:
        known = f"told-name:{user_id}:{sha256(key.encode()).hexdigest()}"
        if cache.get(known) or not exceeded(
            "names", str(user_id), allowed=NAME_REFUSALS_AN_HOUR, seconds=HOUR
        ):
            cache.set(known, "1", HOUR)
            told.add(key)
        else:
            break
    return told
