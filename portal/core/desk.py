"""What waits for channel sales on the front page of the admin: each app adds its figures (CHAN-35).

A figure takes one statement that reads a limited number of rows, and links to the list it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

# More are not counted.
MOST = 99


@dataclass(frozen=True)
class Figure:
    """How many of something wait, since when the oldest does, and where they are listed.

    ``count`` is one more than ``MOST`` if there are more.
    """

    label: str | Promise
    count: int
    url: str
    oldest: datetime | None = None
    urgent: bool = False

    @property
    def shown(self) -> str:
        """Return the count as it is written."""
        return f"{MOST}+" if self.count > MOST else str(self.count)

    @property
    def age(self) -> str:
        """Return how long the oldest has waited, as a phrase; empty without one."""
        if self.oldest is None:
            return ""
        return _("oldest: %(age)s") % {"age": timesince(self.oldest, depth=1)}


Counts = Callable[[HttpRequest], Figure]
Part = Callable[[HttpRequest], dict[str, object]]
_figures: dict[int, Counts] = {}
_parts: list[Part] = []


def add_figure(position: int) -> Callable[[Counts], Counts]:
    """Register a figure at a position of the desk. Raise ValueError for one that is taken."""

    def register(figure: Counts) -> Counts:
        if _figures.setdefault(position, figure) is not figure:
            raise ValueError(f"two figures at {position}")
        return figure

    return register


def add_part(part: Part) -> Part:
    """Register a function whose result the desk's template has in its context."""
    _parts.append(part)
    return part


def since(moments: Iterable[datetime | None]) -> tuple[int, datetime | None]:
    """Return how many moments there are, and the oldest."""
    found = list(moments)
    return len(found), min((moment for moment in found if moment is not None), default=None)


def desk(request: HttpRequest) -> dict[str, object]:
    """Return the context of the desk: figures in their order, and the other parts."""
    figures = [_figures[position](request) for position in sorted(_figures)]
    context: dict[str, object] = {
        "figures": figures,
        "is_clear": not any(figure.count for figure in figures),
    }
    for part in _parts:
        context |= part(request)
    return context
