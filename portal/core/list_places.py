"""Where a row stands in the order of a list, and which rows come after it (SPEED-07)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.functions import Cast


class _Compared(models.Func):
    """Two expressions compared by the database's own order, not by a field's lookups."""

    conditional = True
    template = "(%(expressions)s)"

    def __init__(self, *expressions: object, sign: str) -> None:
        super().__init__(*expressions, output_field=models.BooleanField())
        self.arg_joiner = f" {sign} "


class _Null(models.Func):
    """Whether an expression has no value."""

    conditional = True
    template = "(%(expressions)s IS NULL)"

    def __init__(self, expression: object) -> None:
        super().__init__(expression, output_field=models.BooleanField())


class Place:
    """A row's value of one term of the order, and the rows beside it."""

    def __init__(self, name: str, field: models.Field[Any, Any], value: object, null: bool) -> None:
        self._term, self._null, self._is_none = models.F(name), null, value is None
        self._value: Any = models.Value(value, output_field=field)
        if isinstance(value, list):
            self._value = Cast(self._value, field)

    def _compared(self, sign: str) -> models.Q:
        return models.Q(_Compared(self._term, self._value, sign=sign))

    def same(self) -> models.Q:
        return models.Q(_Null(self._term)) if self._is_none else self._compared("=")

    def beyond(self, *, down: bool, back: bool, or_same: bool = False) -> models.Q | None:
        """Return which rows come after this one, NULL last (``back``: first); None for none."""
        if self._is_none:
            if back:
                return None if or_same else ~models.Q(_Null(self._term))
            return self.same() if or_same else None
        found = self._compared(("<" if down else ">") + ("=" if or_same else ""))
        return found | models.Q(_Null(self._term)) if self._null and not back else found


def beyond_all(places: Sequence[Place], *, down: bool, back: bool) -> models.Q:
    """Return the condition for the rows that come after these values in the order of the names."""
    # The first alone bounds the part of an index that is read.
    within = places[0].beyond(down=down, back=back, or_same=True)
    same, found = models.Q(), models.Q(pk__in=[])
    for place in places:
        after = place.beyond(down=down, back=back)
        if after is not None:
            found |= same & after
        same &= place.same()
    return found if within is None else within & found
