"""``manage.py restore_partner FILE``: one partner as it was when its backup was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.tenancy.backups.manifest import BackupRefused
from portal.tenancy.backups.restoring import restore_backup


class Command(BaseCommand):
    """Restores a partner in one transaction, and no other partner's rows (CHAN-26)."""

    help = "Restores one partner from a file of backup_partner, or changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a file of backup_partner")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="overwrite the partner if it is there: what came after the backup is lost",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with Path(options["file"]).open("rb") as file:
                partner = restore_backup(file, replace=options["replace"])
        except OSError as error:
            raise CommandError(f"{options['file']} can't be read: {error.strerror}.") from error
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{partner.name} is restored: {partner.url()}")
