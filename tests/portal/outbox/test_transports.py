"""What is sent over the network, and written to the folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from portal.outbox.models import OutboundEmail
from portal.outbox.rendering import one_line
from portal.outbox.transports import (
    Broken,
    Refused,
    Unreachable,
    build_envelope,
    file_name,
    open_transport,
    written,
)
from tests.portal.outbox.conftest import AT, MailServer

Queue = Callable[..., OutboundEmail]
TO = "eva@havsbris.example"


def parsed(email: OutboundEmail, secrets: dict[str, str] | None = None) -> EmailMessage:
    data = build_envelope(email, secrets or {}, at=AT).data
    return message_from_bytes(data, EmailMessage, policy=policy.default)


def words(part: Any) -> str:
    """Return the content of a part, with Unix line endings."""
    return str(part.get_content()).replace("\r\n", "\n")


def test_build_envelope_headers(queue: Queue, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "post@kontor.example"
    email = queue(language="sv")
    message = parsed(email)
    assert {name: str(value) for name, value in message.items()} == {
        "Content-Type": message["Content-Type"],
        "MIME-Version": "1.0",
        "Subject": "News for Eva",
        "From": "Nordlys Telekom AB <post@kontor.example>",
        "To": TO,
        "Reply-To": email.reply_to,
        "Message-ID": f"<{email.pk.hex}@kontor.example>",
        "Date": "Fri, 20 Nov 2026 08:30:00 +0000",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "sv",
    }


@pytest.mark.parametrize(
    "subject",
    [
        "Please review and approve: " + "a very long title of a proposal " * 5,
        "Bitte prüfen und zustimmen: " + "Änderung der Größe des Anschlusses für Görlitz " * 3,
        "確認してください: " + "東京の会議室とオフィスの電話の提案 " * 6,
        "x" * 200,
    ],
)
def test_a_long_subject_is_folded(queue: Queue, subject: str) -> None:
    """OUT-24, RFC 5322: lines of at most 78 signs, and the same subject when it is unfolded."""
    email = queue()
    email.subject = one_line(subject, 200)
    head, _blank, _body = build_envelope(email, {}, at=AT).data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        assert len(line) <= 78
    assert str(parsed(email)["Subject"]) == email.subject


def test_build_envelope_text_and_html_are_alternatives(queue: Queue) -> None:
    message = parsed(queue())
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), words(text)) == ("text/plain", "Hello Eva,\n\nbye\n")
    assert html.get_content_type() == "text/html"
    assert "Hello Eva" in words(html)


def test_build_envelope_puts_the_secrets_in(queue: Queue) -> None:
    link = "https://nordlys.example/?a=1&b=2"
    email = queue(template="probe/link", context={}, secrets={"link": link})
    text, html = (words(part) for part in parsed(email, {"link": link}).iter_parts())
    assert text == f"Open {link} now\n"
    assert '<a href="https://nordlys.example/?a=1&amp;b=2">Open</a>' in html


@pytest.mark.parametrize(
    "name", ["Brückner, IT GmbH", 'The "Best" Ltd', "Ö" * 60, "Nordlys <x@y.example>"]
)
def test_build_envelope_quotes_names(queue: Queue, nordlys: Any, name: str) -> None:
    nordlys.name = name
    raw = message_from_bytes(build_envelope(queue(), {}, at=AT).data)
    coded, address = parseaddr(raw["From"])
    assert str(make_header(decode_header(coded))) == name
    assert address == "kontor@kontor.example"


def test_build_envelope_with_an_international_domain(queue: Queue) -> None:
    envelope = build_envelope(queue(to="info@brückner.example"), {}, at=AT)
    assert envelope.recipient == "info@xn--brckner-o2a.example"


def test_build_envelope_refuses_a_header_that_would_be_two(queue: Queue) -> None:
    email = queue()
    email.subject = "a\nBcc: b@c.example"
    with pytest.raises(ValueError, match="Header values can't contain newlines"):
        build_envelope(email, {}, at=AT)


def test_smtp_hands_over(queue: Queue, mail_server: MailServer) -> None:
    email = queue()
    with open_transport() as transport:
        transport.send(build_envelope(email, {}, at=AT))
    (message,) = mail_server.received
    assert message["Message-ID"] == email.message_id
    assert mail_server.envelopes == [(email.from_address, [TO])]


def test_smtp_uses_one_connection_for_a_batch(queue: Queue, mail_server: MailServer) -> None:
    with open_transport() as transport:
        for _each in range(5):
            transport.send(build_envelope(queue(), {}, at=AT))
    assert len(mail_server.received) == 5
    assert mail_server.connections == 1


@pytest.mark.parametrize(
    ("answer", "status", "for_good"),
    [
        ("451 4.7.1 Greylisted, come back", 451, False),
        ("421 4.3.2 Closing", 421, False),
        ("550 5.1.1 No such mailbox", 550, True),
        ("552 5.2.2 Mailbox full", 552, True),
    ],
)
@pytest.mark.parametrize("when", ["at_rcpt", "at_data"])
def test_smtp_answers(
    queue: Queue, mail_server: MailServer, when: str, answer: str, status: int, for_good: bool
) -> None:
    getattr(mail_server, when)[TO] = answer
    with open_transport() as transport:
        with pytest.raises(Refused) as refusal:
            transport.send(build_envelope(queue(), {}, at=AT))
        transport.send(build_envelope(queue(to="next@havsbris.example"), {}, at=AT))
    assert (refusal.value.status, refusal.value.for_good) == (status, for_good)
    assert str(refusal.value) == answer[4:]
    assert len(mail_server.received) == 1


def test_smtp_a_refused_sender_is_our_matter(queue: Queue, mail_server: MailServer) -> None:
    mail_server.at_mail = "550 5.7.1 Sender not allowed"
    with open_transport() as transport, pytest.raises(Refused) as refusal:
        transport.send(build_envelope(queue(), {}, at=AT))
    assert (refusal.value.status, refusal.value.for_good) == (550, False)


def test_smtp_a_dropped_connection(queue: Queue, mail_server: MailServer) -> None:
    mail_server.at_data[TO] = "drop"
    with open_transport() as transport:
        with pytest.raises(Broken):
            transport.send(build_envelope(queue(), {}, at=AT))
        transport.send(build_envelope(queue(to="next@havsbris.example"), {}, at=AT))
    assert len(mail_server.received) == 1


def test_smtp_no_server(queue: Queue, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    with open_transport() as transport, pytest.raises(Unreachable, match="refused"):
        transport.send(build_envelope(queue(), {}, at=AT))


def test_smtp_submission_demands_starttls(
    queue: Queue, mail_server: MailServer, settings: Any
) -> None:
    settings.EMAIL_URL = f"submission://user:pw@127.0.0.1:{mail_server.port}"
    with open_transport() as transport, pytest.raises(Unreachable, match="STARTTLS"):
        transport.send(build_envelope(queue(), {}, at=AT))
    assert mail_server.received == []


def test_smtp_sign_in_that_is_not_offered(
    queue: Queue, mail_server: MailServer, settings: Any
) -> None:
    settings.EMAIL_URL = f"smtp://user:p%40w@127.0.0.1:{mail_server.port}"
    with open_transport() as transport, pytest.raises(Unreachable, match="AUTH"):
        transport.send(build_envelope(queue(), {}, at=AT))


def test_transport_refuses_another_scheme(settings: Any) -> None:
    settings.EMAIL_URL = "http://127.0.0.1/"
    with pytest.raises(ValueError, match="http:// is not one of"):
        open_transport()


def test_folder_writes_complete_files(queue: Queue, settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "new folder" / "mail"
    settings.EMAIL_URL = folder.as_uri()
    email = queue()
    with open_transport() as transport:
        transport.send(build_envelope(email, {}, at=AT))
    assert [path.name for path in folder.iterdir()] == [f"20261120T083000Z-{email.pk}.eml"]
    message = written(email)
    assert message is not None
    assert message["Message-ID"] == email.message_id
    assert written(queue()) is None


def test_folder_that_cannot_be_written(queue: Queue, settings: Any, tmp_path: Path) -> None:
    in_the_way = tmp_path / "mail"
    in_the_way.write_text("a file")
    settings.EMAIL_URL = in_the_way.as_uri()
    with open_transport() as transport, pytest.raises(Unreachable):
        transport.send(build_envelope(queue(), {}, at=AT))


def test_folder_leaves_nothing_half(
    queue: Queue, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    settings.EMAIL_URL = tmp_path.as_uri()
    monkeypatch.setattr(os, "fsync", full)
    with open_transport() as transport, pytest.raises(Unreachable, match="No space left"):
        transport.send(build_envelope(queue(), {}, at=AT))
    assert list(tmp_path.iterdir()) == []


def test_file_names_sort_by_time(queue: Queue) -> None:
    email = queue()
    assert file_name(email).startswith("20261120T083000Z-")
