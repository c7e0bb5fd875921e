"""Sending what is due, and the outcomes of a message."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as project
from django.core.management import call_command
from django.db import OperationalError, connection

from portal.outbox import delivery
from portal.outbox.delivery import BATCH_SECONDS, dispatch_due
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.outbox.services import send_again
from portal.outbox.tasks import dispatch
from portal.outbox.transports import Envelope, Unreachable, written
from portal.tenancy.context import current_partner, in_public
from portal.tenancy.models import Partner
from tests.portal.outbox.conftest import AT, MailServer, failing

Queue = Callable[..., OutboundEmail]
State = OutboundEmail.State
TO = "eva@havsbris.example"


def fresh(email: OutboundEmail) -> OutboundEmail:
    return OutboundEmail.objects.across_partners().get(pk=email.pk)


def test_dispatch_due_sends_and_marks(queue: Queue, mail_server: MailServer) -> None:
    """SM-EMAIL: QUEUED -> SENT."""
    email = queue(template="probe/link", context={}, secrets={"link": "https://x.example/s3cret"})
    done = dispatch_due(at=AT)
    assert (done.sent, done.delayed, done.dead, done.stopped) == (1, 0, 0, False)
    email = fresh(email)
    assert email.state == State.SENT
    assert email.sent_at is not None
    assert timedelta(0) <= email.sent_at - AT < timedelta(seconds=5)
    assert (email.attempts, email.last_error, email.last_status) == (1, "", None)
    assert "https://x.example/s3cret" in str(mail_server.received[0].get_body())
    assert dispatch_due(at=AT + timedelta(days=1)).sent == 0


def test_dispatch_due_erases_secrets_when_sent_only(queue: Queue, mail_server: MailServer) -> None:
    """OUT-04: a message that was given up keeps its link until a person decides."""
    mail_server.at_rcpt["no@havsbris.example"] = "550 5.1.1 No such mailbox"
    sent = queue(template="probe/link", context={}, secrets={"link": "x"})
    dead = queue(template="probe/link", context={}, secrets={"link": "x"}, to="no@havsbris.example")
    dispatch_due(at=AT)
    assert (fresh(sent).state, fresh(sent).secrets_encrypted) == (State.SENT, None)
    assert fresh(dead).state == State.DEAD
    assert decrypt(fresh(dead).secrets_encrypted) == {"link": "x"}
    mail_server.at_rcpt.clear()
    send_again(dead, at=AT)
    dispatch_due(at=AT)
    assert (fresh(dead).state, fresh(dead).secrets_encrypted) == (State.SENT, None)
    assert "Open x now" in str(mail_server.received[-1].get_body(("plain",)))


def test_dispatch_due_keeps_secrets_while_it_tries(queue: Queue, mail_server: MailServer) -> None:
    mail_server.at_rcpt[TO] = "451 Later"
    email = queue(template="probe/link", context={}, secrets={"link": "x"})
    dispatch_due(at=AT)
    assert decrypt(fresh(email).secrets_encrypted) == {"link": "x"}


def test_dispatch_due_waits_for_what_is_not_due(queue: Queue, mail_server: MailServer) -> None:
    queue(at=AT + timedelta(minutes=1))
    waiting = queue()
    waiting.state = State.WAITING
    waiting.save()
    assert dispatch_due(at=AT).sent == 0
    assert mail_server.received == []


def test_dispatch_due_oldest_first_at_most_limit(queue: Queue, mail_server: MailServer) -> None:
    for minutes in (3, 1, 2):
        queue(to=f"m{minutes}@havsbris.example", at=AT + timedelta(minutes=minutes))
    assert dispatch_due(at=AT + timedelta(hours=1), limit=2).sent == 2
    assert [str(message["To"]) for message in mail_server.received] == [
        "m1@havsbris.example",
        "m2@havsbris.example",
    ]


def test_dispatch_due_stops_when_told_to(queue: Queue, mail_server: MailServer) -> None:
    for _each in range(3):
        queue()
    answers = iter([True, True, False])
    assert dispatch_due(at=AT, go_on=lambda: next(answers)).sent == 2
    assert dispatch_due(at=AT, seconds=-1).sent == 0


@pytest.mark.parametrize("when", ["at_rcpt", "at_data"])
def test_4xx_is_tried_again_later(queue: Queue, mail_server: MailServer, when: str) -> None:
    """OUT-03: a temporary failure."""
    getattr(mail_server, when)[TO] = "451 4.7.1 Greylisted"
    email = queue()
    other = queue(to="olle@havsbris.example")
    done = dispatch_due(at=AT)
    assert (done.sent, done.delayed, done.stopped) == (1, 1, False)
    email = fresh(email)
    assert (email.state, email.attempts) == (State.QUEUED, 1)
    assert (email.last_status, email.last_error) == (451, "4.7.1 Greylisted")
    assert timedelta(seconds=24) <= email.next_try_at - AT <= timedelta(seconds=40)
    assert fresh(other).state == State.SENT

    getattr(mail_server, when).clear()
    assert dispatch_due(at=AT + timedelta(seconds=10)).sent == 0
    assert dispatch_due(at=AT + timedelta(seconds=60)).sent == 1
    assert fresh(email).state == State.SENT
    assert (fresh(email).last_status, fresh(email).last_error) == (None, "")


@pytest.mark.parametrize("when", ["at_rcpt", "at_data"])
def test_5xx_of_a_recipient_is_dead_at_once(
    queue: Queue, mail_server: MailServer, when: str
) -> None:
    """OUT-03: a permanent failure."""
    getattr(mail_server, when)[TO] = "550 5.1.1 No such mailbox"
    email, other = queue(), queue(to="olle@havsbris.example")
    done = dispatch_due(at=AT)
    assert (done.sent, done.dead) == (1, 1)
    email = fresh(email)
    assert (email.state, email.attempts) == (State.DEAD, 1)
    assert (email.last_status, email.last_error) == (550, "5.1.1 No such mailbox")
    assert email.dead_at is not None
    assert fresh(other).state == State.SENT


def test_5xx_of_the_sender_is_our_set_up_and_worth_waiting_for(
    queue: Queue, mail_server: MailServer
) -> None:
    mail_server.at_mail = "550 5.7.1 Sender not allowed"
    email = queue()
    dispatch_due(at=AT)
    assert (fresh(email).state, fresh(email).last_status) == (State.QUEUED, 550)


def test_a_dropped_connection_is_tried_again_and_holds_up_nobody(
    queue: Queue, mail_server: MailServer
) -> None:
    mail_server.at_data[TO] = "drop"
    email, other = queue(), queue(to="olle@havsbris.example")
    done = dispatch_due(at=AT)
    assert (done.sent, done.delayed, done.stopped) == (1, 1, False)
    assert (fresh(email).state, fresh(email).attempts) == (State.QUEUED, 1)
    assert fresh(other).state == State.SENT


def test_a_server_that_drops_every_message_ends_the_batch(
    queue: Queue, mail_server: MailServer
) -> None:
    for _each in range(5):
        queue()
    mail_server.at_data[TO] = "drop"
    done = dispatch_due(at=AT)
    assert (done.delayed, done.stopped) == (3, True)
    attempts = OutboundEmail.objects.across_partners().values_list("attempts", flat=True)
    assert sorted(attempts) == [0, 0, 1, 1, 1]


def test_no_server_costs_one_attempt_of_one_message(queue: Queue, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    first, *others = [queue(at=AT + timedelta(seconds=n)) for n in range(4)]
    done = dispatch_due(at=AT + timedelta(minutes=1))
    assert (done.sent, done.delayed, done.dead, done.stopped) == (0, 1, 0, True)
    first = fresh(first)
    assert (first.state, first.attempts) == (State.QUEUED, 1)
    assert "refused" in first.last_error
    assert first.next_try_at > AT + timedelta(minutes=1)
    assert [fresh(email).attempts for email in others] == [0, 0, 0]


def test_messages_wait_for_a_server_that_comes_back(
    queue: Queue, mail_server: MailServer, settings: Any
) -> None:
    """OUT-07: queued, then delivered."""
    there, settings.EMAIL_URL = settings.EMAIL_URL, "smtp://127.0.0.1:1"
    emails = [queue() for _each in range(3)]
    at = AT
    for _hours in range(5):
        dispatch_due(at=at)
        at += timedelta(hours=1)
    settings.EMAIL_URL = there
    assert dispatch_due(at=at).sent == 3
    assert {fresh(email).state for email in emails} == {State.SENT}


def test_tried_for_72_hours_and_then_given_up(queue: Queue, mail_server: MailServer) -> None:
    """OUT-03: after 72 hours it is given up."""
    mail_server.at_rcpt[TO] = "451 Later"
    email, at = queue(), AT
    while fresh(email).state == State.QUEUED:
        at = fresh(email).next_try_at
        assert at <= AT + timedelta(hours=72)
        dispatch_due(at=at)
    assert at == AT + timedelta(hours=72)
    email = fresh(email)
    assert (email.state, email.last_error, email.last_status) == (State.DEAD, "Later", 451)
    assert 130 < email.attempts < 200
    assert not OutboundEmail.objects.across_partners().filter(state=State.QUEUED).exists()


def test_72_hours_count_anew_after_send_again(queue: Queue, mail_server: MailServer) -> None:
    mail_server.at_rcpt[TO] = "451 Later"
    email = queue()
    later = AT + timedelta(days=9)
    OutboundEmail.objects.across_partners().update(queued_at=later, next_try_at=later)
    dispatch_due(at=later)
    assert fresh(email).state == State.QUEUED


def test_delay_doubles_to_half_an_hour_with_jitter() -> None:
    for attempts, seconds in ((1, 30), (2, 60), (3, 120), (6, 960), (7, 1800), (200, 1800)):
        waits = [delivery.delay(attempts).total_seconds() for _each in range(200)]
        assert seconds * 0.8 <= min(waits)
        assert max(waits) <= seconds * 1.2
        assert len(set(waits)) > 100


def test_a_poisoned_message_does_not_hold_up_the_others(
    queue: Queue, mail_server: MailServer
) -> None:
    poisoned = queue()
    OutboundEmail.objects.across_partners().filter(pk=poisoned.pk).update(
        subject="a\nBcc: b@c.example"
    )
    unreadable = queue(template="probe/link", context={}, secrets={"link": "x"})
    OutboundEmail.objects.across_partners().filter(pk=unreadable.pk).update(
        secrets_encrypted=b"of another key"
    )
    good = queue()
    done = dispatch_due(at=AT)
    assert (done.sent, done.dead) == (1, 2)
    assert fresh(poisoned).last_error == "The message can't be made: BadHeaderError"
    assert fresh(unreadable).last_error == "The link of this message can't be read."
    assert fresh(good).state == State.SENT


def test_the_servers_reply_is_stored_as_far_as_possible(
    queue: Queue, mail_server: MailServer
) -> None:
    mail_server.at_rcpt[TO] = "550 " + "n\x00o " * 300
    email = queue()
    dispatch_due(at=AT)
    assert fresh(email).last_error == ("no " * 300).strip()[:500]


def test_dispatch_due_takes_nothing_that_another_holds(
    queue: Queue, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OUT-02: the lock of the row decides who sends."""
    seen: list[str] = []
    whole = connection.execute_wrapper

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    queue()
    with whole(note):
        dispatch_due(at=AT)
    assert [sql for sql in seen if "FOR UPDATE SKIP LOCKED" in sql and "LIMIT 1" in sql]


def test_dispatch_due_leaves_the_partners_context_as_it_was(
    queue: Queue, mail_server: MailServer, nordlys: Partner
) -> None:
    queue()
    dispatch_due(at=AT)
    assert current_partner() == nordlys


def test_dispatch_due_into_the_folder(queue: Queue, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_URL = tmp_path.as_uri()
    email = queue()
    assert dispatch_due(at=AT).sent == 1
    message = written(email)
    assert message is not None
    assert message["To"] == TO


def test_the_task_sends_what_is_due(queue: Queue, mail_server: MailServer) -> None:
    queue()
    with in_public():
        dispatch()
    assert len(mail_server.received) == 1


@pytest.mark.parametrize("arguments", [[], ["--once"]])
def test_the_command_sends_until_nothing_is_due(
    queue: Queue, mail_server: MailServer, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """OUT-02: without Celery."""
    mail_server.at_rcpt["no@havsbris.example"] = "550 No"
    mail_server.at_rcpt["later@havsbris.example"] = "450 Later"
    for to in (TO, "no@havsbris.example", "later@havsbris.example"):
        queue(to=to)
    with time_machine.travel(AT, tick=False):
        call_command("dispatch", *arguments)
    assert capsys.readouterr().out == "1 sent, 1 delayed, 1 given up\n"


def test_a_transport_that_fails_in_a_new_way_is_one_messages_trouble(
    queue: Queue, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.outbox.transports import SmtpTransport

    def send(_self: SmtpTransport, envelope: Envelope) -> None:
        if "no@" in envelope.recipient:
            raise UnicodeEncodeError("ascii", "ä", 0, 1, "no")
        raise Unreachable("gone", status=421)

    monkeypatch.setattr(SmtpTransport, "send", send)
    bad, good = queue(to="no@havsbris.example"), queue()
    done = dispatch_due(at=AT)
    assert (fresh(bad).state, fresh(good).state) == (State.DEAD, State.QUEUED)
    assert (fresh(good).last_status, done.stopped) == (421, True)


class DripServer:
    """A mail server that answers the end of a message with one byte every now and then."""

    def __init__(self, *, at_once: bool = False) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._at_once = at_once
        self._end = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._end.set()
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                caller, _address = self._listener.accept()
                threading.Thread(target=self._talk, args=(caller,), daemon=True).start()

    def _talk(self, caller: socket.socket) -> None:
        with suppress(OSError), caller, caller.makefile("rb") as lines:
            if self._at_once:
                self._drip(caller)
            caller.sendall(b"220 drip\r\n")
            for line in lines:
                if line.startswith(b"DATA"):
                    caller.sendall(b"354 go on\r\n")
                elif line == b".\r\n":
                    self._drip(caller)
                elif b":" not in line or line[:4] in (b"MAIL", b"RCPT"):
                    caller.sendall(b"250 OK\r\n")

    def _drip(self, caller: socket.socket) -> None:
        while not self._end.wait(0.1):
            caller.sendall(b"2")


@pytest.mark.parametrize("at_once", [False, True], ids=["after DATA", "at the greeting"])
def test_one_message_has_an_upper_bound(queue: Queue, settings: Any, at_once: bool) -> None:
    """OUT-40: a server that drips one byte after another is left; the message and link stay."""
    server = DripServer(at_once=at_once)
    settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
    settings.EMAIL_TIMEOUT = 5
    settings.EMAIL_MESSAGE_SECONDS = settings.EMAIL_RECEIPT_SECONDS = 0.4
    email = queue(template="probe/link", context={}, secrets={"link": "x"})
    started = time.monotonic()
    done = dispatch_due(at=AT)
    server.stop()
    assert time.monotonic() - started < 4 and done.delayed == 1
    assert fresh(email).state == State.QUEUED
    assert decrypt(fresh(email).secrets_encrypted) == {"link": "x"}


def test_a_server_that_takes_its_time_gets_a_message_once(
    queue: Queue, mail_server: MailServer, settings: Any
) -> None:
    """OUT-40: what was handed over is waited for longer, and the next message as long as ever."""
    settings.EMAIL_TIMEOUT = settings.EMAIL_MESSAGE_SECONDS = 0.5
    settings.EMAIL_RECEIPT_SECONDS = 10
    mail_server.slow = 1.0
    first, second = queue(), queue(at=AT + timedelta(hours=1))
    assert dispatch_due(at=AT).sent == 1 and fresh(first).state == State.SENT
    assert len(mail_server.received) == 1
    settings.EMAIL_RECEIPT_SECONDS = 0.5
    assert dispatch_due(at=AT + timedelta(hours=1)).delayed == 1
    assert fresh(second).state == State.QUEUED


def test_the_bound_of_a_message_is_below_the_limit_of_a_task() -> None:
    """OUT-40: a batch that begins its last message in time ends before Celery ends the task."""
    message = project.EMAIL_MESSAGE_SECONDS + project.EMAIL_RECEIPT_SECONDS
    longest = BATCH_SECONDS + message + project.EMAIL_TIMEOUT
    assert longest < project.CELERY_TASK_SOFT_TIME_LIMIT < project.CELERY_TASK_TIME_LIMIT


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded, MemoryError, RuntimeError])
def test_what_is_not_the_messages_fault_is_tried_again(
    error: type[Exception], queue: Queue, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OUT-40: Celery's limit in the middle of a message, and what nobody has thought of."""
    from portal.outbox.transports import SmtpTransport

    def send(_self: SmtpTransport, _envelope: Envelope) -> None:
        raise error

    monkeypatch.setattr(SmtpTransport, "send", send)
    email = queue(template="probe/link", context={}, secrets={"link": "x"})
    done = dispatch_due(at=AT)
    assert (done.delayed, done.dead) == (1, 0)
    assert done.stopped is (error is SoftTimeLimitExceeded)
    assert decrypt(fresh(email).secrets_encrypted) == {"link": "x"}


def test_a_lost_database_is_not_the_messages_fault(queue: Queue, mail_server: MailServer) -> None:
    """OUT-40: its error undoes the attempt, and the message is as it was."""
    email = queue()
    with failing("UPDATE"), pytest.raises(OperationalError):
        dispatch_due(at=AT)
    assert (fresh(email).state, fresh(email).attempts) == (State.QUEUED, 0)
