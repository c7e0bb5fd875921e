"""Groups above the order list that other apps fill: what waits elsewhere to become an order.

Orders know nothing of quotes; quotes register a reader here when they start (CON-26).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One row of a group: company, date, totals, state."""

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
    """A heading with its rows, the newest first. Where there are further ones, ``more_url`` leads
    to them and ``total`` is 0: nobody counts them for a heading."""

    title: str
    rows: Sequence[GroupRow]
    total: int
    more_url: str = ""


Reader = Callable[[Membership], Group | None]
_readers: list[Reader] = []


def show_group(reader: Reader) -> None:
    """Show what ``reader`` answers above the order list; None is nothing."""
    if reader not in _readers:
        _readers.append(reader)


def groups_for(person: Membership) -> list[Group]:
    """The groups that have rows for this person."""
    return [group for reader in _readers if (group := reader(person)) is not None]
