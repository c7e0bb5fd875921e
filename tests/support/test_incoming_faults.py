"""Mail that comes in and is damaged, too large, encrypted, or meets a fault: nothing is lost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers.models import Contact
from portal.files.models import Attachment
from portal.outbox.models import InboundEmail
from portal.outbox.receiving import handle, store, sweep
from portal.outbox.settling import dismiss
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from support.models import Comment, ProblemReport
from tests.conftest import NOW
from tests.portal.outbox.conftest import failing
from tests.support.test_incoming import LATER, PNG, address_of, come_in, written

State, Reason = InboundEmail.State, InboundEmail.Reason


@pytest.fixture(autouse=True)
def takes_mail(settings: Any) -> None:
    settings.REPLY_ADDRESS = "support@reply.kontor.example"


def test_a_crash_leaves_it_waiting_and_it_is_tried_again(
    report: ProblemReport, karin: Contact
) -> None:
    """OUT-33: stored first; the process may end right after."""
    to = address_of(report, karin.email)
    with in_public():
        row = store(written().as_bytes(), recipient=to, at=NOW)
    assert (row.state, row.reason) == (State.WAITING, Reason.FAILED)
    with in_public():
        handle(row, at=LATER)
        handle(row, at=LATER)
    row.refresh_from_db()
    assert row.state == State.HANDLED
    assert Comment.objects.count() == 1


def test_an_error_while_handling_loses_nothing(report: ProblemReport, karin: Contact) -> None:
    """OUT-33: the protection is that the row is stored before anything else."""
    to = address_of(report, karin.email)
    with failing('UPDATE "outbox_inboundemail"'):
        row = come_in(written(), to)
    assert (row.state, row.reason) == (State.WAITING, Reason.FAILED)
    assert not Comment.objects.exists()
    with in_public():
        assert sweep(at=LATER) == (1, 0)
    assert Comment.objects.get().text == "It works again."


def test_what_is_too_large_is_taken_in_part_and_says_so(
    report: ProblemReport, karin: Contact, nordlys: Partner, monkeypatch: Any
) -> None:
    """OUT-34: a mail of more than 25 MB; a file of more than 5 MB; an e-mail of 20 MB."""
    to = address_of(report, karin.email)
    message = written("See the film.", to=to)
    message.add_attachment(b"\0" * 20_000_000, maintype="video", subtype="mp4", filename="a.mp4")
    raw = message.as_bytes()
    assert len(raw) > 25 * 1024 * 1024
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    with in_public():
        call_command("receive_mail", stdout=io.StringIO())
    row = InboundEmail.objects.for_partner(nordlys).get()
    assert row.size == len(raw)
    assert Comment.objects.get().text == (
        "See the film.\n\nNot taken: a.mp4\n"
        "The e-mail was too large (26 MB): only its beginning was taken."
    )
    smaller = written("And this.", to=to)
    smaller.add_attachment(b"%PDF-" + b"0" * 14_000_000, maintype="application", subtype="pdf")
    assert come_in(smaller, to).state == State.HANDLED
    assert Comment.objects.filter(text="And this.\n\nNot taken: file.pdf").count() == 1


def test_a_long_text_is_kept_whole_as_a_file(report: ProblemReport, karin: Contact) -> None:
    come_in(written("word " * 10_000), address_of(report, karin.email))
    comment = Comment.objects.get()
    assert len(comment.text) < 20_000
    stored = Attachment.objects.about(comment).get()
    assert (stored.name, stored.size > 49_000) == ("message.txt", True)


def test_encrypted_and_empty_messages_wait(report: ProblemReport, karin: Contact) -> None:
    """OUT-34."""
    to = address_of(report, karin.email)
    closed = written("-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----")
    assert come_in(closed, to).reason == Reason.UNREADABLE
    assert come_in(written("> only a quote"), to).reason == Reason.EMPTY


def test_no_database_means_try_again(db: None, monkeypatch: Any) -> None:
    """OUT-33: the mail server keeps the message, because of the code 75."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"From: a\n\nb")))
    with in_public(), failing("INSERT"), pytest.raises(SystemExit) as ended:
        call_command("receive_mail", stderr=io.StringIO())
    assert ended.value.code == 75


def test_an_unreachable_database_means_try_again() -> None:
    """OUT-33: as a process, as the mail server starts it."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "receive_mail"],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "DATABASE_URL": "postgres://kontor@127.0.0.1:1/kontor"},
        input=b"From: a@b.example\n\nHello",
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 75, ended.stderr
    assert b"Not stored, try again" in ended.stderr


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 60), st.binary(max_size=20)), max_size=5
    )
)
def test_damaged_mail_is_always_one_row(
    report: ProblemReport, karin: Contact, cuts: list[tuple[int, int, bytes]]
) -> None:
    """OUT-34: each message that is stored ends as one row, with its comment or its raw bytes."""
    message = written("It works.", to=address_of(report, karin.email))
    message.add_attachment(PNG[:300], maintype="image", subtype="png", filename="a.png")
    raw = message.as_bytes()
    for place, length, put in cuts:
        raw = raw[:place] + put + raw[place + length :]
    row = come_in(raw)
    rows = InboundEmail.objects.across_partners().filter(digest=row.digest)
    assert rows.count() == 1
    if row.state == State.HANDLED:
        assert Comment.objects.filter(inbound_id=row.pk).count() == 1
    else:
        assert bytes(row.raw or b"") == raw
    assert row.reason != Reason.FAILED


def test_what_is_old_is_erased(report: ProblemReport, karin: Contact) -> None:
    """OUT-38: what waits is kept."""
    to = address_of(report, karin.email)
    machine = come_in(written("Away.", Precedence="bulk"), to)
    waiting = come_in(written("Hello.", sender="x@y.example"), to)
    away = come_in(written("Hello you.", sender="x@y.example"), to)
    dismiss(away.pk, by="Anna", at=LATER)
    with in_public():
        sweep(at=LATER + timedelta(days=29))
    for row in (machine, waiting, away):
        row.refresh_from_db()
        assert row.raw is not None
    with in_public():
        sweep(at=LATER + timedelta(days=31))
    for row in (machine, waiting, away):
        row.refresh_from_db()
    assert (machine.raw, away.raw, machine.text) == (None, None, "")
    assert waiting.raw is not None
