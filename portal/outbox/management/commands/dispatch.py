"""`manage.py dispatch`: make documents and send e-mails without Celery, once or in a loop."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone

from portal.outbox.delivery import Dispatched, dispatch_due
from portal.outbox.issuing import render_due

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Makes documents and sends e-mails until nothing is due; repeats with --loop until SIGTERM."""

    help = (
        "Make the documents and send the e-mails that are due. "
        "Any number of these may run at the same time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="until nothing is due (the default)")
        how.add_argument("--loop", action="store_true", help="until SIGTERM or Ctrl-C")
        parser.add_argument(
            "--pause", type=float, default=2.0, help="seconds between looks of --loop (2)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._stop = threading.Event()
        if not options["loop"]:
            self.stdout.write(str(self._until_nothing_is_due()))
            return
        before = {
            number: signal.signal(number, lambda *_: self._stop.set())
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            while not self._stop.is_set():
                self._look()
                self._stop.wait(options["pause"])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _look(self) -> None:
        """Process what is due; log an unavailable database and carry on."""
        close_old_connections()
        try:
            self._until_nothing_is_due()
        except DatabaseError:
            log.exception("the database can't be reached")
            connection.close()

    def _until_nothing_is_due(self) -> Dispatched:
        total = Dispatched()
        # Documents first, because e-mails wait for them.
        render_due(at=timezone.now())
        while not self._stop.is_set():
            done = dispatch_due(at=timezone.now(), go_on=lambda: not self._stop.is_set())
            total.sent += done.sent
            total.delayed += done.delayed
            total.dead += done.dead
            if done.stopped or not (done.sent or done.delayed or done.dead):
                break
        return total
