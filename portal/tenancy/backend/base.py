"""A database backend that never runs a query in the wrong partner's schema.

django-tenants 4.0.1 ignores a failing ``SET search_path``; the next query then runs in whatever
schema that physical connection had before. Here a failing ``SET`` raises; the path is remembered
for the *physical* connection only, and forgotten whenever PostgreSQL may have reverted it: at each
rollback, savepoint rollback and error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from django.db.backends.postgresql.psycopg_any import is_psycopg3
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property
from django_tenants.postgresql_backend import base as library
from django_tenants.utils import quote_schema_name

from portal.tenancy.backend import driver

assert is_psycopg3, "the backend is written for psycopg 3"


class _ForgetfulErrorWrapper(DatabaseErrorWrapper):
    """Django's translation of errors, which also forgets the path after an error."""

    wrapper: DatabaseWrapper

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is not None:
            self.wrapper.forget_path()
        super().__exit__(exc_type, exc_value, traceback)


class DatabaseWrapper(library.DatabaseWrapper):
    """Raises if the path can't be set, and sends ``SET`` only if it differs."""

    # Connections that notice a frozen server (AVAIL-01).
    Database = driver

    _applied: tuple[Any, tuple[str, ...]] | None = None
    _without_path = False

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        return _ForgetfulErrorWrapper(self)

    def forget_path(self) -> None:
        """Make the next cursor send ``SET search_path`` again, whatever was sent before."""
        self._applied = None

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Choose the schema of all following statements.

        Unlike the library's, this keeps the content-type cache: content types are in the public
        schema alone, so they can't differ.
        """
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)

    def close(self) -> None:
        self.forget_path()
        super().close()

    def rollback(self) -> None:
        self.forget_path()
        super().rollback()

    def _rollback(self) -> None:
        self.forget_path()
        super()._rollback()
        self.forget_path()

    def _savepoint(self, sid: str) -> None:
        with self._pathless():
            super()._savepoint(sid)

    def _savepoint_commit(self, sid: str) -> None:
        with self._pathless():
            super()._savepoint_commit(sid)

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            with self._pathless():
                super()._savepoint_rollback(sid)
        finally:
            self.forget_path()

    @contextmanager
    def _pathless(self) -> Iterator[None]:
        """Send what names no table without setting the path first.

        In a broken transaction PostgreSQL refuses every other statement; and if the path's own
        failed between a rollback and its release, Django would hold the outer transaction broken.
        """
        self._without_path = True
        try:
            yield
        finally:
            self._without_path = False

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Set the physical connection's path to the current tenant's, or raise."""
        if self._without_path:
            return
        wanted = tuple(self._get_cursor_search_paths())
        if self._applied is not None and self._applied == (self.connection, wanted):
            return
        self.forget_path()
        statement = "SET search_path = " + ",".join(quote_schema_name(part) for part in wanted)
        if cursor is None:
            # A named (server-side) cursor carries only one statement.
            with self.connection.cursor() as plain, self.wrap_database_errors:
                plain.execute(statement)
        else:
            with self.wrap_database_errors:
                cursor.execute(statement)
        self._applied = (self.connection, wanted)
