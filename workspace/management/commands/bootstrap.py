"""``manage.py bootstrap``: what a new portal needs before its first partner, from a file."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from portal.core.errors import RuleError
from workspace.bootstrap import bootstrap


class Command(BaseCommand):
    """Makes what the file names and is not there yet; may be run again."""

    help = (
        "Makes the first member of Channel Sales, rate plans, products with prices, terms and "
        "business types from a TOML file like deploy/bootstrap.example.toml."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="for example bootstrap.toml")

    def handle(self, *args: object, **options: object) -> None:
        file = str(options["file"])
        try:
            text = Path(file).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} can't be read: {error}") from error
        try:
            with translation.override("en"):
                done = bootstrap(text, at=timezone.now())
        except RuleError as error:
            raise CommandError(f"{file}: {error} Nothing was made.") from error
        for name in sorted({*done.made, *done.kept}):
            made, kept = done.made.get(name, 0), done.kept.get(name, 0)
            self.stdout.write(f"{name}: {made} made, {kept} there already")
        if done.link:
            self.stdout.write(f"Set the password of the first person here: {done.link}")
