"""`manage.py receive_mail`: take a message from standard input, as a mail server's pipe."""

from __future__ import annotations

import logging
import os
import sys
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError
from django.utils import timezone

from portal.outbox.receiving import FIRST_PART, LONGEST, receive

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Stores a message and handles it; ends with 75 (try again) only if it could not be stored."""

    help = "Read a message from standard input, store it, and hand it to what it answers."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recipient", default="", help="the address that it arrived at")

    def handle(self, *args: object, **options: object) -> None:
        raw, size = read_all(sys.stdin.buffer)
        if not raw:
            self.stdout.write("Nothing came in.")
            return
        try:
            row = receive(raw, recipient=str(options["recipient"]), size=size, at=timezone.now())
        except (DatabaseError, OSError) as error:
            log.exception("a message could not be stored")
            self.stderr.write(f"Not stored, try again: {error}")
            sys.exit(os.EX_TEMPFAIL)
        self.stdout.write(f"{row.pk}: {row.get_state_display()} {row.get_reason_display()}".strip())


def read_all(stream: BinaryIO) -> tuple[bytes, int]:
    """Return a message and its length; of one that is too long, the first part.

    It is read to its end in either case, so that the mail server's pipe does not break.
    """
    raw = stream.read(LONGEST + 1)
    size = len(raw)
    if size <= LONGEST:
        return raw, size
    while more := stream.read(FIRST_PART):
        size += len(more)
    return raw[:FIRST_PART], size
