"""Values of customers in custom fields, for pages and for the check of orders (REG-28)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customers.models import Customer, CustomField
from customers.services.custom import in_words, stored
from portal.accounts.models import Membership
from portal.core.formats import day, plain_number


@dataclass(frozen=True)
class Shown:
    """A custom field on a customer's page."""

    label: str
    value: str
    is_retired: bool


def shown(custom: CustomField, value: object) -> str:
    """Return a stored value in the reader's language."""
    if custom.kind == CustomField.Kind.DATE and isinstance(value, str):
        try:
            return day(dt.date.fromisoformat(value))
        except ValueError:
            return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return plain_number(value)
    return in_words(value)


def shown_values(customer: Customer, person: Membership) -> list[Shown]:
    """Return the custom fields of a customer's page, with their values.

    A retired field is shown only where it is filled in, one hidden from customer users only to the
    partner's people.
    """
    return [
        Shown(field.label, shown(field, field.of(customer.custom_values)), field.is_retired)
        for field in CustomField.objects.in_order()
        if not (field.is_retired and field.key not in customer.custom_values)
        and not (field.hidden_from_customers and person.customer_id is not None)
    ]


def missing_for(customer: Customer, family: str) -> list[CustomField]:
    """Return the fields that must be filled in before an order of this family can be placed."""
    needed = CustomField.objects.live().filter(families__contains=[family]).in_order()
    return [field for field in needed if field.key not in customer.custom_values]


def custom_differences(
    fields: Sequence[CustomField], mine: Mapping[str, Any], current: Customer
) -> list[tuple[str, str, str]]:
    """Return label, mine and theirs of each field that somebody else saved differently (REG-35)."""
    found = []
    for field in fields:
        new, old = stored(field, mine.get(field.key)), field.of(current.custom_values)
        if new != old:
            found.append((field.label, shown(field, new) or "–", shown(field, old) or "–"))
    return found
