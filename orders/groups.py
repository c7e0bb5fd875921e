"""Groups above the order list that other apps fill, of what is to become an order.

This app does not know quotes; quotes registers a reader here at startup (CON-26).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A row of a group: company, date, totals, state."""

    url: str
    number: str
    customer: str
    customer_number: str
    date: str
    one_off: str
    monthly: str
    state: str
    css: str


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with its rows, newest first.

    If there are more rows, ``more_url`` leads to them and ``total`` is 0, since they are not
    counted.
    """

    title: str
    rows: Sequence[GroupRow]
    total: int
    more_url: str = ""


Reader = Callable[[Membership], Group | None]
_readers: list[Reader] = []


def show_group(reader: Reader) -> None:
    """Register a reader, which returns a group to show above the order list, or None."""
    if reader not in _readers:
        _readers.append(reader)


def groups_for(person: Membership) -> list[Group]:
    """Return the groups that have rows for this person."""
    return [group for reader in _readers if (group := reader(person)) is not None]
