"""The list of customers as a file: the same columns as on the page (REG-10)."""

from __future__ import annotations

from collections.abc import Iterable

from customers.columns import Column, Names, Value
from customers.models import Customer
from portal.tenancy.downloads import FileColumn

WIDE = frozenset({"name", "billing_email", "contact_email", "notes"})


def file_columns(columns: Iterable[Column], names: Names) -> list[FileColumn]:
    """Return the columns of the page as those of a file."""
    return [_file_column(column, names) for column in columns]


def _file_column(column: Column, names: Names) -> FileColumn:
    def value(customer: Customer) -> Value:
        return column.value(customer, names)

    return FileColumn(column.file_label, value, 32 if column.name in WIDE else 18)
