"""``manage.py migrate``: the public schema, the template, then each partner that is behind."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate

from portal.tenancy.connection import connection
from portal.tenancy.schema import (
    create_schemas,
    migrate_partner,
    migrate_schema,
    partners_behind,
)


class Command(DjangoMigrate):
    """Migrates all schemas; the same command for a first start and for every deploy."""

    help = "Migrates the public schema, the template schema and every partner that is behind."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--only-public", action="store_true", help="leave the partners alone")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            # Of two deploys at once, the second waits and then finds nothing to do.
            cursor.execute("SELECT pg_advisory_lock(7301)")
        try:
            create_schemas()
            label = {k: options[k] for k in ("app_label", "migration_name") if options.get(k)}
            if options["only_public"] or label:
                migrate_schema("public", **label)
                return
            migrate_schema("public")
            migrate_schema(settings.TEMPLATE_SCHEMA)
            behind = partners_behind()
            for number, partner in enumerate(behind, 1):
                migrate_partner(partner)
                self.stdout.write(f"{partner.slug} ({number} of {len(behind)})")
        finally:
            connection.set_schema_to_public()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(7301)")
