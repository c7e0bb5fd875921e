"""The tripwire: each row of a partner carries ``partner_id``, and it is checked on read and write.

Each partner's schema has a CHECK on ``partner_id`` in every table of ours, added after the schema
is cloned and after each migration. A row in the wrong schema can then neither be written (CHECK)
nor read (:func:`verify`).
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from portal.core.errors import TenantLeak
from portal.tenancy.connection import connection

CONSTRAINT = "tenant_guard"
M = TypeVar("M")


def current_partner_id() -> UUID:
    """Return the id of the partner whose schema the connection is in.

    Raise TenantLeak outside a partner's context: a tenant row needs a partner.
    """
    found = getattr(connection.tenant, "pk", None)
    if not isinstance(found, UUID):
        raise TenantLeak("no partner is chosen for this connection")
    return found


def verify(partner_id: object) -> None:
    """Raise TenantLeak unless ``partner_id`` is the connection's partner."""
    if partner_id != getattr(connection.tenant, "pk", None):
        raise TenantLeak(f"row of partner {partner_id} read as {connection.schema_name}")


def checked_instance(instance: M) -> M:
    """Return a row from the database; raise TenantLeak if it is another partner's.

    A row whose ``partner_id`` was not loaded is returned unchecked.
    """
    if "partner_id" in instance.__dict__:
        verify(instance.__dict__["partner_id"])
    return instance


def guard_schema(schema_name: str, partner_id: UUID) -> None:
    """Add the CHECK to each table of ``schema_name`` that has ``partner_id`` and lacks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'partner_id'
            WHERE n.nspname = %s AND c.relkind = 'r' AND NOT a.attisdropped
              AND NOT EXISTS (SELECT 1 FROM pg_constraint k
                              WHERE k.conrelid = c.oid AND k.conname = %s)
            """,
            [schema_name, CONSTRAINT],
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f'ALTER TABLE "{schema_name}"."{table}" '
                f"ADD CONSTRAINT {CONSTRAINT} CHECK (partner_id = '{partner_id}'::uuid)"
            )
