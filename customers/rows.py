"""Rows of the customer list, formatted here so that the template only prints (QUALITY G2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from customers.models import Customer


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer as the list shows her."""

    id: UUID
    name: str
    number: str
    town: str
    type: str
    plan: str
    credit: int
    credit_shown: int
    credit_high: bool
    state: str
    state_css: str
    own: bool
    active: bool


def customer_state(customer: Customer) -> tuple[str, str]:
    """(css, word) of where a customer stands."""
    if not customer.is_active:
        return "is-off", _("Inactive")
    if customer.lifecycle == Customer.Lifecycle.PROSPECT:
        return "", _("Prospect")
    return "is-ok", _("Customer")


def customer_rows(customers: Iterable[Customer]) -> list[CustomerRow]:
    """The rows, without a query of their own: the rate plan came with the customers."""
    types = {value: str(label) for value, label in Customer.Type.choices}
    rows = []
    for customer in customers:
        css, word = customer_state(customer)
        percent = customer.credit_percent
        rows.append(
            CustomerRow(
                id=customer.pk,
                name=customer.name,
                number=customer.number,
                town=customer.city,
                type=types[customer.type],
                plan=customer.rate_plan.name,
                credit=percent,
                credit_shown=min(percent, 100),
                credit_high=percent >= 80,
                state=word,
                state_css=css,
                own=customer.is_own_company,
                active=customer.is_active,
            )
        )
    return rows
