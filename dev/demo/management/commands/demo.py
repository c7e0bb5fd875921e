"""``manage.py demo``: load the demo data into an empty portal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dev.demo.load import load


class Command(BaseCommand):
    """Loads the demo data; a second run changes nothing."""

    help = "Loads three partners with customers and orders, when there is no partner yet."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.EMBEDDED or settings.TESTING):
            raise CommandError(
                "The demo's password is known to everybody: it is loaded in the embedded run only."
            )
        if load():
            self.stdout.write("The demo data is loaded.")
