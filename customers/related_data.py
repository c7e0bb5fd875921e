"""What other apps store about a customer and its contacts: counted, shown and erased.

The register does not import orders and quotes; each registers a :class:`RelatedData` here when it
starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.models import Contact, Customer


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to related data on a deactivation, a deletion or the erasure of a contact."""

    label: str
    count: int
    text: str


class RelatedData:
    """The data of one app about customers and contacts.

    Each method returns nothing unless it is overridden.
    """

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return what a deactivation affects (REG-16)."""
        return []

    def deactivate(self, customer: Customer, *, at: datetime) -> None:
        """Withdraw what can't be fulfilled while the customer is inactive, in the caller's
        transaction, and tell whom it concerns (REG-61)."""

    def against_deletion(self, customer: Customer) -> list[Effect]:
        """Return what forbids a deletion; with a count of 0 it is shown and forbids nothing."""
        return []

    def held_about(self, contact: Contact) -> dict[str, Any]:
        """Return what is stored about a contact, JSON-ready, by name (D19)."""
        return {}

    def after_erasure(self, contact: Contact) -> list[Effect]:
        """Return what stays after a contact's erasure, with the reason (D19)."""
        return []

    def on_erasure(self, contact: Contact) -> list[Effect]:
        """Return what a contact's erasure removes (REG-59)."""
        return []

    def take_off(self, contact: Contact, *, at: datetime) -> None:
        """Take who has left off what is not finished, in the caller's transaction (REG-58)."""

    def erase(self, contact: Contact, *, at: datetime) -> None:
        """Remove the contact wherever it is not needed, in the caller's transaction (D19)."""


_registered: list[RelatedData] = []


def register(data: RelatedData) -> None:
    """Register an app's data; a second time has no effect."""
    if all(type(each) is not type(data) for each in _registered):
        _registered.append(data)


def related_data() -> Iterator[RelatedData]:
    """Return everything that is registered, in the order of registration."""
    return iter(_registered)
