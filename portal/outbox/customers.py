"""Whom messages are for: the customers' app, which stands above this one, tells their names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal.accounts.models import Membership
from portal.core.list_filters import Filter


@dataclass(frozen=True, slots=True)
class Named:
    """A customer as a row of the list shows it."""

    name: str
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class Customers:
    """What the list of messages asks of the customers' app."""

    named: Callable[[Membership, Collection[UUID]], Mapping[UUID, Named]]
    filter: Callable[[Membership], Filter]
    columns: Callable[[Membership], Sequence[str] | None]


_known: list[Customers] = []


def register(customers: Customers) -> None:
    """Register the reader, once at startup."""
    _known[:] = [customers]


def names_of(person: Membership, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return the customers that the person may see, by id, in one statement."""
    return _known[0].named(person, ids) if _known and ids else {}


def customer_filters(person: Membership) -> list[Filter]:
    """Return the filter by one customer."""
    return [each.filter(person) for each in _known]


def chosen_columns(person: Membership) -> Sequence[str] | None:
    """Return the columns that a person chose for the list of messages; None for the standard."""
    return _known[0].columns(person) if _known else None
