"""Separate physical connections, and what can be observed or done below Django."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from portal.tenancy.backend.base import DatabaseWrapper
from portal.tenancy.connection import connection
from portal.tenancy.models import Partner

OWN = "SELECT partner_id FROM customers_customer WHERE is_own_company"


@contextmanager
def own_connection() -> Iterator[DatabaseWrapper]:
    """Open a second connection to the tests' database, in autocommit, outside the transaction."""
    other: DatabaseWrapper = connection.copy()
    try:
        yield other
    finally:
        other.close()


class Spy:
    """A recorder of a physical connection's statements, which can make one of them fail."""

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        wrapper.ensure_connection()
        self.statements: list[str] = []
        self.fail_on: str | None = None
        self.failed = 0
        spy = self
        factory: Any = wrapper.connection.cursor_factory

        class Cursor(factory):
            def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
                spy.note(str(query))
                return super().execute(query, *args, **kwargs)

        wrapper.connection.cursor_factory = Cursor

    def note(self, statement: str) -> None:
        self.statements.append(statement)
        if self.fail_on is not None and statement.startswith(self.fail_on):
            self.failed += 1
            raise psycopg.errors.QueryCanceled("canceling statement due to user request")

    @property
    def sets(self) -> int:
        """Return how often the path was sent."""
        return sum(1 for each in self.statements if each.startswith("SET search_path"))


def ask(wrapper: DatabaseWrapper, sql: str = "SHOW search_path") -> Any:
    """Return the first value of the first row."""
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0]


def whose(wrapper: DatabaseWrapper) -> UUID:
    """Return the partner whose own-company row this connection reads."""
    found: UUID = ask(wrapper, OWN)
    return found


def path_of(partner: Partner | None) -> str:
    """Return PostgreSQL's path in a partner's context, or in the public one."""
    return f"{partner.schema_name}, public, extensions" if partner else "public, extensions"
