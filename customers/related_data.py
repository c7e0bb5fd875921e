"""What other apps keep of a customer and its contacts: counted, shown and erased through here.

The register knows nothing of orders and quotes; each registers its own :class:`RelatedData` when
it starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.models import Contact, Customer


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of something when its customer is deactivated, deleted or a contact erased."""

    label: str
    count: int
    text: str


class RelatedData:
    """One app's data of customers and contacts. Each method returns nothing unless overridden."""

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return what a deactivation affects (REG-16)."""
        return []

    def against_deletion(self, customer: Customer) -> list[Effect]:
        """Return what forbids the deletion; a count of 0 forbids nothing and is shown."""
        return []

    def held_about(self, contact: Contact) -> dict[str, Any]:
        """Return what is kept about a contact, JSON-ready, by name (D19)."""
        return {}

    def after_erasure(self, contact: Contact) -> list[Effect]:
        """Return what stays after a contact's erasure, and why (D19)."""
        return []

    def erase(self, contact: Contact, *, at: datetime) -> None:
        """Take the contact out of what can do without it, in the caller's transaction (D19)."""


_registered: list[RelatedData] = []


def register(data: RelatedData) -> None:
    """Add an app's data; the second time does nothing."""
    if all(type(each) is not type(data) for each in _registered):
        _registered.append(data)


def related_data() -> Iterator[RelatedData]:
    """Return all that is registered, in the order of registration."""
    return iter(_registered)
