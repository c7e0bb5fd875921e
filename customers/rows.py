"""Rows of the customer list, formatted here so that the template only prints (G2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.badges import customer_state
from customers.columns import Column
from customers.models import Customer
from portal.core.list_columns import Names, cell_of, join_cells


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One row of the list; ``cells`` are the chosen columns as escaped HTML."""

    id: UUID
    name: str
    number: str
    active: bool
    cells: SafeString


def customer_address(customer_id: UUID) -> str:
    """Return the address of the customer's page.

    It equals ``reverse("customers:customer")``, which is too slow for fifty rows.
    """
    return f"/customers/{customer_id}/"


Cell = Callable[[Customer], str]


def _name_cell() -> Cell:
    own = f' <span class="k-tag is-accent">{escape(_("Own company"))}</span>'

    def cell(customer: Customer) -> str:
        number = escape(customer.number)
        sub = f"{number}, {escape(customer.city)}" if customer.city else number
        return (
            f'<th scope="row"><a class="k-strong" href="{customer_address(customer.pk)}">'
            f"{escape(customer.name)}</a>{own if customer.is_own_company else ''}"
            f'<span class="k-sub k-sm-only">{sub}</span></th>'
        )

    return cell


def _credit_cell(column: Column) -> Cell:
    label = escape(_("Credit used"))

    def cell(customer: Customer) -> str:
        percent = customer.credit_percent
        high = " is-high" if percent >= 80 else ""
        return (
            f'<td data-label="{label}"><span class="k-credit"><progress class="k-meter{high}" '
            f'value="{min(percent, 100)}" max="100" aria-label="{label}: {escape(customer.name)}">'
            f"</progress><span>{percent} %</span></span></td>"
        )

    return cell


def _state_cell(column: Column) -> Cell:
    def cell(customer: Customer) -> str:
        css, word = customer_state(customer)
        return f'<td class="k-corner"><span class="k-state {css}">{escape(word)}</span></td>'

    return cell


def _cell(column: Column, names: Names) -> Cell:
    if column.name == "name":
        return _name_cell()
    if column.name == "credit":
        return _credit_cell(column)
    return _state_cell(column) if column.name == "state" else cell_of(column, names)


def customer_rows(
    customers: Iterable[Customer], columns: Iterable[Column], names: Names
) -> list[CustomerRow]:
    """Return the rows without a query: what they show was loaded with the customers."""
    cells = [_cell(column, names) for column in columns]
    return [
        CustomerRow(
            id=customer.pk,
            name=customer.name,
            number=customer.number,
            active=customer.is_active,
            cells=join_cells(cells, customer),
        )
        for customer in customers
    ]
