"""Database sessions bound to the partner's host they were made on (ISO-07).

On another host the same cookie finds no session: the person is anonymous there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import models
from django.utils import timezone

from portal.accounts.models import Session
from portal.core.http import DATABASE_DOWN
from portal.tenancy.connection import connection
from portal.tenancy.models import Partner


def _host_partner() -> Any:
    tenant = connection.tenant
    return tenant.pk if isinstance(tenant, Partner) else None


def _fields() -> tuple[models.Field[Any, Any], ...]:
    return Session._meta.concrete_fields


@cache
def _session_sql() -> str:
    """Return the look-up of a session, which every page makes: not built by the ORM each time."""
    table = Session._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in _fields())
    return f"""
        SELECT {columns} FROM {table}
        WHERE session_key = %s AND expire_date > %s AND partner_id IS NOT DISTINCT FROM %s
    """  # noqa: S608  names of our own table and columns


class SessionStore(DatabaseStore):
    """Django's database store, with the partner of the host in every look-up."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.partner_id = _host_partner()

    def _get_session_from_db(self) -> Any:
        try:
            with connection.cursor() as cursor:
                key, at = self.session_key, timezone.now()
                cursor.execute(_session_sql(), [key, at, self.partner_id])
                row = cursor.fetchone()
        except ValueError:
            row = None
        if row is None:
            self._session_key = None
            return None
        return Session.from_db(connection.alias, [each.attname for each in _fields()], row)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.partner_id = self.partner_id
        return row

    def save(self, must_create: bool = False) -> None:
        """Save the session; a database that is lost meanwhile is no bad request (AVAIL-04).

        Django reports every error of an update as that of a session that was deleted. The
        database's own error is raised as it was, with its cause: a statement that was only
        cancelled, or waited for a lock, is answered otherwise than a server that is gone.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            if not isinstance(error.__context__, DATABASE_DOWN):
                raise
            lost = error.__context__
        else:
            return
        raise lost
