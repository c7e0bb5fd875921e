"""Dispatchers are killed with SIGKILL while they send: nothing is lost (OUT-05).

Real processes, a real mail server, committed rows. A killed dispatcher may have handed a message
over without having recorded it: that one is sent twice, with the same Message-ID.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from portal.outbox.models import OutboundEmail
from portal.outbox.services import queue_email
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner

ROOT = Path(__file__).resolve().parents[2]
MAILS = 500
KILLS = 40
DISPATCHERS = 3
SECONDS = 120

# Starts dispatchers quickly: imports the code once and forks a process for each line it gets, which
# then runs what `manage.py dispatch --loop` runs. Ends all of them when the test ends.
NURSERY = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connections
{patch}
connections.close_all()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
made = []
for _line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        call_command("dispatch", "--loop", "--pause", "0.05")
        os._exit(0)
    made.append(pid)
    print(pid, flush=True)
for pid in made:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
"""

# The protection removed: the row is marked and committed first, and sent afterwards.
MARKS_FIRST = """
from portal.outbox import delivery
from portal.outbox.models import OutboundEmail

def marks_first(way, *, at):
    mails = OutboundEmail.objects.across_partners()
    email = mails.filter(state="queued", next_try_at__lte=at).order_by("?").first()
    if email is None or not mails.filter(pk=email.pk, state="queued").update(state="sent"):
        return None
    email.state = "sent"
    return email, delivery._try(way, email, at=at)

delivery._dispatch_one = marks_first
"""


class Inbox:
    """A slow mail server, so that kills fall before and after it has accepted a message."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        self.begun = 0
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.begun += 1
        await asyncio.sleep(random.uniform(0, 0.01))
        content = envelope.content
        assert isinstance(content, bytes)
        self.received[str(message_from_bytes(content)["Message-ID"])] += 1
        await asyncio.sleep(random.uniform(0, 0.01))
        return "250 OK"


class Dispatchers:
    """Dispatcher processes, some of which are killed."""

    def __init__(self, email_url: str, patch: str = "") -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", NURSERY.format(patch=patch)],
            cwd=ROOT,
            env=_environment(email_url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._running: list[int] = []
        self.kills = 0
        threading.Thread(target=self._take_in, daemon=True).start()
        self._start(DISPATCHERS)

    def _start(self, number: int) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write("\n" * number)
        self._nursery.stdin.flush()

    def _take_in(self) -> None:
        assert self._nursery.stdout is not None
        for line in self._nursery.stdout:
            self._running.append(int(line))

    def kill_one(self) -> bool:
        """Send SIGKILL to one of them, if any runs; another is started in its place."""
        if not self._running:
            return False
        os.kill(self._running.pop(random.randrange(len(self._running))), signal.SIGKILL)
        self.kills += 1
        self._start(1)
        return True

    def end(self) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(timeout=30)


def _environment(email_url: str) -> dict[str, str]:
    """Return the environment of a process that uses this test's database."""
    database = connection.settings_dict
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    host = quote(database["HOST"] or "127.0.0.1", safe="")
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{quote(database['USER'])}{password}@{host}"
        f":{database['PORT'] or 5432}/{database['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": str(ROOT),
        "EMAIL_URL": email_url,
    }


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Commit for real, without a transaction around the test; delete everything afterwards."""
    with django_db_blocker.unblock(), in_public():
        yield
        OutboundEmail.objects.across_partners().delete()
        connection.close()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Start a mail server for this test."""
    server = Inbox()
    yield server
    server.stop()


def queue(count: int) -> set[str]:
    """Queue that many messages; return the Message-IDs that have to arrive."""
    now = timezone.now()
    made = OutboundEmail.objects.across_partners().bulk_create(
        OutboundEmail(
            partner=Partner.objects.get(slug="nordlys"),
            key=f"kill-{number}",
            template="probe",
            language="en",
            to_address=f"eva{number}@havsbris.example",
            from_address="kontor@kontor.example",
            from_name="Nordlys Telekom AB",
            subject=f"News {number}",
            text="Hello",
            html="<p>Hello</p>",
            message_id=f"<kill-{number}@kontor.example>",
            state=OutboundEmail.State.QUEUED,
            next_try_at=now,
            created_at=now,
            queued_at=now,
        )
        for number in range(count)
    )
    return {email.message_id for email in made}


def still_queued() -> int:
    return OutboundEmail.objects.across_partners().filter(state="queued").count()


def bring_forward() -> None:
    """Make delayed messages due, which would otherwise wait half a minute."""
    now = timezone.now()
    waiting = OutboundEmail.objects.across_partners().filter(state="queued", next_try_at__gt=now)
    waiting.update(next_try_at=now)


def kill_while_sending(dispatchers: Dispatchers, inbox: Inbox) -> None:
    """Kill at random points, each some messages after the one before, until all is sent."""
    deadline = time.monotonic() + SECONDS
    next_kill = random.randint(1, 10)
    next_look = 0.0
    while time.monotonic() < deadline:
        if dispatchers.kills < KILLS and inbox.begun >= next_kill:
            time.sleep(random.uniform(0, 0.01))
            if dispatchers.kill_one():
                next_kill = inbox.begun + random.randint(1, 15)
        elif time.monotonic() >= next_look:
            if not still_queued():
                return
            bring_forward()
            next_look = time.monotonic() + 0.1
        time.sleep(0.001)
    pytest.fail(f"{still_queued()} are still queued")


def test_kill_9_loses_nothing(committed: None, inbox: Inbox) -> None:
    """OUT-05: 500 e-mails, dispatchers killed throughout: 0 lost, duplicates <= kills, same id."""
    expected = queue(MAILS)
    dispatchers = Dispatchers(inbox.url)
    try:
        kill_while_sending(dispatchers, inbox)
    finally:
        dispatchers.end()
    assert set(inbox.received) == expected
    duplicates = inbox.received.total() - MAILS
    assert dispatchers.kills >= KILLS / 2
    assert duplicates <= dispatchers.kills
    assert OutboundEmail.objects.across_partners().filter(state="sent").count() == MAILS
    print(f"{MAILS} mails, {dispatchers.kills} kills, 0 lost, {duplicates} twice")  # noqa: T201


def test_kill_9_loses_mail_when_it_is_marked_before_it_is_sent(
    committed: None, inbox: Inbox
) -> None:
    """OUT-05, negative control: without the lock and the single commit, messages are lost."""
    expected = queue(MAILS)
    dispatchers = Dispatchers(inbox.url, MARKS_FIRST)
    try:
        kill_while_sending(dispatchers, inbox)
    finally:
        dispatchers.end()
    assert set(inbox.received) < expected


def test_sigterm_lets_a_dispatcher_finish_its_message(committed: None, inbox: Inbox) -> None:
    """As at every deploy: nothing is sent twice."""
    queue(30)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "dispatch", "--loop"],
        cwd=ROOT,
        env=_environment(inbox.url),
    )
    try:
        deadline = time.monotonic() + 60
        while inbox.begun < 3:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.terminate()
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
    sent = OutboundEmail.objects.across_partners().filter(state="sent")
    assert {email.message_id for email in sent} == set(inbox.received)
    assert 3 <= inbox.received.total() < 30


def test_the_same_key_from_ten_at_once_is_one_mail(committed: None) -> None:
    """The first insert has the key; the others wait for it and get the same row."""
    partner = Partner.objects.get(slug="nordlys")
    barrier = threading.Barrier(10)
    found: list[object] = []

    def act() -> None:
        try:
            with in_partner(partner), transaction.atomic():
                barrier.wait()
                email = queue_email(
                    to="eva@havsbris.example",
                    template="accounts/email/account_notice",
                    context={"what": "x", "name": "Eva", "when": timezone.now(), "url": "/"},
                    language="en",
                    key="once",
                )
                time.sleep(0.05)
                found.append(email.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    (row,) = OutboundEmail.objects.across_partners()
    assert set(found) == {row.pk}
