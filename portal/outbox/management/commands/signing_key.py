"""The key that signs documents: show the current one, or create a new one."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.outbox.signing import current_key, new_key


class Command(BaseCommand):
    help = "Show the certificate that signs documents; --new makes a key and uses it from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="make a new key")

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        key = new_key(at=now) if options["new"] else current_key(at=now)
        self.stdout.write(f"In use since {key.created_at:%Y-%m-%d %H:%M} UTC:")
        self.stdout.write(key.certificate)
