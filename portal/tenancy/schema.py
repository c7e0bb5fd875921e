"""Creating and migrating the schemas of partners.

A new partner's schema is made by replaying the SQL of the template schema (G6), not by running the
migrations again. A deploy finds the partners that are behind with one query (G7).
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from portal.tenancy.connection import connection
from portal.tenancy.guard import guard_schema
from portal.tenancy.models import Partner

_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY c.relname"""
_SEQUENCES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind = 'S' AND NOT EXISTS (
        SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
    ORDER BY c.relname"""
_CONSTRAINTS = """
    SELECT t.relname, k.conname, pg_get_constraintdef(k.oid), k.contype
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = %s AND k.contype IN ('p', 'u', 'f', 'x')
    ORDER BY CASE k.contype WHEN 'f' THEN 1 ELSE 0 END, t.relname, k.conname"""
_INDEXES = """
    SELECT pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = %s AND NOT EXISTS (
        SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY i.indexrelid"""
_TRIGGERS = """
    SELECT pg_get_triggerdef(g.oid)
    FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = %s AND NOT g.tgisinternal ORDER BY t.relname, g.tgname"""


def tenant_fingerprint() -> str:
    """Return a hash of all migrations of the tenant apps: equal means nothing to migrate."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    labels = {label.rsplit(".", 1)[-1] for label in settings.TENANT_APPS}
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations if app in labels)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def migrate_schema(schema_name: str, stdout: Any = None, **options: Any) -> None:
    """Run Django's own migrate in one schema (``public``, the template, or a partner's)."""
    connection.set_schema(schema_name, include_public=False)
    MigrationRecorder(connection).ensure_schema()
    connection.set_schema(schema_name)
    try:
        command = DjangoMigrate(stdout=stdout) if stdout else DjangoMigrate()
        command.requires_system_checks = []
        arguments: dict[str, Any] = {
            "app_label": None,
            "migration_name": None,
            "interactive": False,
            "database": "default",
            "fake": False,
            "fake_initial": False,
            "plan": False,
            "run_syncdb": False,
            "check_unapplied": False,
            "prune": False,
            "verbosity": 0,
            "force_color": False,
            "no_color": True,
            "skip_checks": True,
            "traceback": False,
            "settings": None,
            "pythonpath": None,
            "stdout": None,
            "stderr": None,
        }
        command.execute(**{**arguments, **options})
    finally:
        connection.set_schema_to_public()


def create_schemas() -> None:
    """Create the schemas that belong to no partner: the template and the one for extensions."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{settings.TEMPLATE_SCHEMA}"')
        cursor.execute("CREATE SCHEMA IF NOT EXISTS extensions")
        for name in ("pg_trgm", "unaccent"):
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE EXTENSION {name} SCHEMA extensions")


def _rows_of(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [settings.TEMPLATE_SCHEMA])
        return list(cursor.fetchall())


def tables_sql(schema_name: str) -> str:
    """Return the SQL of a schema with the template's tables, without what guards their rows."""
    template = settings.TEMPLATE_SCHEMA
    parts = [f'CREATE SCHEMA "{schema_name}"']
    for (name,) in _rows_of(_SEQUENCES):
        parts.append(f'CREATE SEQUENCE "{schema_name}"."{name}"')
    for (name,) in _rows_of(_TABLES):
        parts.append(
            f'CREATE TABLE "{schema_name}"."{name}" (LIKE "{template}"."{name}" '
            "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY INCLUDING GENERATED "
            "INCLUDING STORAGE)"
        )
    return ";\n".join(parts) + ";"


def guards_sql(schema_name: str) -> str:
    """Return the SQL of the keys, indexes and triggers of the template for ``tables_sql``."""

    def here(sql: str) -> str:
        return sql.replace(f"{settings.TEMPLATE_SCHEMA}.", f'"{schema_name}".')

    parts = [
        f'ALTER TABLE "{schema_name}"."{table}" ADD CONSTRAINT "{name}" {here(definition)}'
        for table, name, definition, _kind in _rows_of(_CONSTRAINTS)
    ]
    parts += [here(row[0]) for row in _rows_of(_INDEXES)]
    parts += [here(row[0]) for row in _rows_of(_TRIGGERS)]
    return ";\n".join(parts) + ";"


def template_sql(schema_name: str) -> str:
    """Return the SQL that makes ``schema_name`` equal to the template schema, keeping all names."""
    template = settings.TEMPLATE_SCHEMA
    applied = (
        f'INSERT INTO "{schema_name}".django_migrations (app, name, applied) '  # noqa: S608
        f'SELECT app, name, applied FROM "{template}".django_migrations ORDER BY id;'
    )
    return "\n".join([tables_sql(schema_name), guards_sql(schema_name), applied])


@transaction.atomic
def create_schema(schema_name: str, partner_id: UUID) -> None:
    """Create a partner's schema with its tripwire, inside the caller's transaction."""
    sql = template_sql(schema_name)
    with connection.cursor() as cursor:
        cursor.execute(sql)
    guard_schema(schema_name, partner_id)


def partners_behind() -> list[Partner]:
    """Return the partners whose schema lacks a migration: one query for any number of partners."""
    return list(Partner.objects.exclude(migrated_to=tenant_fingerprint()).order_by("created_at"))


def migrate_partner(partner: Partner) -> None:
    """Migrate one partner's schema and update its tripwire."""
    migrate_schema(partner.schema_name)
    guard_schema(partner.schema_name, partner.pk)
    Partner.objects.filter(pk=partner.pk).update(migrated_to=tenant_fingerprint())
