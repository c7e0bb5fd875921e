"""E-mails that come back (SM-EMAIL, OUT-29)."""

from __future__ import annotations

import io
from collections.abc import Callable
from email import message_from_bytes
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from portal.accounts.models import Membership
from portal.notices.messages import text_of
from portal.notices.models import Notice
from portal.outbox.bounces import envelope_sender, read_bounce, record_bounce
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import OutboundEmail
from portal.outbox.queries import listed
from portal.outbox.services import send_again
from portal.outbox.transports import build_envelope
from portal.tenancy.models import Partner
from tests.conftest import SignIn
from tests.portal.outbox.conftest import AT, MailServer

Queue = Callable[..., OutboundEmail]
State = OutboundEmail.State


@pytest.fixture(autouse=True)
def bounce_address(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@mail.kontor.example"


def report(
    email: OutboundEmail,
    *,
    action: str = "failed",
    said: str = "smtp; 550 5.1.1 <eva@havsbris.example>: User unknown",
    to: str | None = None,
) -> bytes:
    """Return what Postfix sends when the far server refuses a message that it had taken."""
    recipient = to or envelope_sender(email)
    return f"""Return-Path: <>
From: MAILER-DAEMON@far.example (Mail Delivery System)
To: {recipient}
Message-ID: <{"f" * 32}@far.example>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; far.example

Final-Recipient: rfc822; eva@havsbris.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: {said}

--b
Content-Type: text/rfc822-headers

Message-ID: {email.message_id}
Subject: {email.subject}

--b--
""".replace("\n", "\r\n").encode()


def sent(email: OutboundEmail) -> OutboundEmail:
    email.state, email.sent_at, email.secrets_encrypted = State.SENT, AT, None
    email.save()
    return email


def test_a_message_that_came_back_is_shown_and_its_sender_told(
    queue: Queue, nordlys: Partner, anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """OUT-29, SM-EMAIL: SENT -> BOUNCED."""
    email = sent(queue(reply_to=jonas.user.email))
    bounce = read_bounce(report(email))
    assert bounce is not None
    assert (bounce.email_id, bounce.status) == (email.pk, 550)
    assert record_bounce(bounce, at=AT) is not None
    email.refresh_from_db()
    assert email.state == State.BOUNCED
    assert list(listed(nordlys, state=State.DEAD)) == [email]
    notice = Notice.objects.get()
    assert notice.membership == jonas
    assert text_of(notice) == "The e-mail “News for Eva” did not reach eva@havsbris.example."
    client = sign_in(anna)
    for address in ("/outbox/?state=dead", f"/outbox/{email.pk}/"):
        page = client.get(address).content.decode()
        assert "There is no mailbox eva@havsbris.example." in page, address
        assert "Came back" in page, address
    assert record_bounce(bounce, at=AT) is None
    assert Notice.objects.count() == 1


def test_what_came_back_can_be_sent_again(queue: Queue) -> None:
    """SM-EMAIL: BOUNCED -> QUEUED."""
    email = sent(queue())
    bounce = read_bounce(report(email))
    assert bounce is not None
    record_bounce(bounce, at=AT)
    again = send_again(email, at=AT)
    assert (again.state, again.dead_at) == (State.QUEUED, None)


@pytest.mark.parametrize("to", ["bounces@mail.kontor.example", "postmaster@kontor.example"])
def test_the_message_that_came_back_names_itself(queue: Queue, to: str) -> None:
    """OUT-29: where the plus sign was lost on the way."""
    email = sent(queue())
    found = read_bounce(report(email, to=to))
    assert found is not None and found.email_id == email.pk


def test_delays_answers_and_rubbish_change_nothing(queue: Queue) -> None:
    """OUT-29."""
    email = sent(queue())
    assert read_bounce(report(email, action="delayed")) is None
    holiday = (
        f"From: eva@havsbris.example\r\nTo: {envelope_sender(email)}\r\n"
        "Auto-Submitted: auto-replied\r\nSubject: On holiday\r\n\r\nBack in July."
    )
    assert read_bounce(holiday.encode()) is None
    for rubbish in (b"", b"\xff\xfe\x00", b"Content-Type: message/delivery-status\r\n\r\n\x80"):
        assert read_bounce(rubbish) is None
    email.refresh_from_db()
    assert email.state == State.SENT


def test_what_a_server_says_is_kept_within_bounds(queue: Queue) -> None:
    """OUT-29: a report with a novel in it."""
    found = read_bounce(report(sent(queue()), said="smtp; 554 " + "very " * 5000))
    assert found is not None
    assert len(found.words) <= 1000
    assert found.status == 554


def test_only_what_was_sent_can_come_back(queue: Queue) -> None:
    """SM-EMAIL: an unknown identifier, or a message that waits to be sent again."""
    email = queue()
    bounce = read_bounce(report(email))
    assert bounce is not None
    assert record_bounce(bounce, at=AT) is None
    email.refresh_from_db()
    assert email.state == State.QUEUED
    email.pk = uuid4()
    unknown = read_bounce(report(email))
    assert unknown is not None and record_bounce(unknown, at=AT) is None


def test_each_message_has_an_envelope_sender_of_its_own(queue: Queue, settings: Any) -> None:
    """OUT-29; the reader sees the same sender as before."""
    email = queue()
    envelope = build_envelope(email, {}, at=AT)
    assert envelope.sender == f"bounces+{email.pk.hex}@mail.kontor.example"
    assert "bounces+" not in str(message_from_bytes(envelope.data)["From"])
    settings.BOUNCE_ADDRESS = ""
    assert build_envelope(email, {}, at=AT).sender == email.from_address


def test_the_sender_is_told_of_what_is_given_up(
    queue: Queue, mail_server: MailServer, jonas: Membership
) -> None:
    """OUT-29: as of what comes back."""
    queue(reply_to=jonas.user.email.upper())
    mail_server.at_rcpt["eva@havsbris.example"] = "550 5.1.1 unknown"
    dispatch_due(at=AT)
    assert Notice.objects.get().membership == jonas


def test_the_command_reads_a_report(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """OUT-29: as a mail server calls it; what it can't read is no error."""

    def run(raw: bytes) -> str:
        out = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        call_command("receive_bounce", stdout=out)
        return out.getvalue()

    email = sent(queue())
    assert "came back" in run(report(email))
    assert "nothing was changed" in run(report(email))
    assert "nothing was changed" in run(b"hello")
