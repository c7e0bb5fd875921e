"""``manage.py backup_partner SLUG FILE``: everything of one partner as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.tenancy.backups.writing import write_backup
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner


class Command(BaseCommand):
    """Writes a partner's schema and its rows of the public schema, with checksums (CHAN-26)."""

    help = "Writes everything of one partner into a file that restore_partner reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the partner's short name")
        parser.add_argument("file", help="a new file, for example nordlys.zip")

    def handle(self, *args: Any, **options: Any) -> None:
        with in_public():
            partner = Partner._default_manager.filter(slug=options["slug"]).first()
        if partner is None:
            raise CommandError(f"There is no partner {options['slug']}.")
        path = Path(options["file"])
        unfinished = path.with_name(path.name + ".unfinished")
        try:
            with unfinished.open("xb") as file:
                unfinished.chmod(0o600)
                manifest = write_backup(partner, file, at=timezone.now())
            if path.exists():
                raise CommandError(f"{path} exists. Nothing was written.")
            unfinished.rename(path)
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        rows = sum(part.rows for part in manifest.parts)
        self.stdout.write(f"{partner.name}: {rows} rows of {len(manifest.parts)} tables in {path}")
