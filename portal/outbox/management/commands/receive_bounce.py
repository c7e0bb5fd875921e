"""`manage.py receive_bounce`: take a message that came back from standard input."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.outbox.bounces import LONGEST, read_bounce, record_bounce


class Command(BaseCommand):
    """Notes that an e-mail came back; says what it did, and never fails for what it can't read."""

    help = "Read a mail server's report from standard input and mark the e-mail it is about."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recipient", default="", help="the address that it arrived at")

    def handle(self, *args: Any, **options: Any) -> None:
        bounce = read_bounce(sys.stdin.buffer.read(LONGEST), recipient=options["recipient"])
        if bounce is None:
            self.stdout.write("No report of a failure: nothing was changed.")
            return
        email = record_bounce(bounce, at=timezone.now())
        if email is None:
            self.stdout.write("No sent e-mail has this identifier: nothing was changed.")
        else:
            self.stdout.write(f"{email.message_id} to {email.to_address} came back.")
