"""Fetching mail from a mailbox, over a real connection to a small IMAP server."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError

from portal.outbox import mailbox, receiving
from portal.outbox.arriving import inbound_address
from portal.outbox.mailbox import fetch_mail, open_mailbox
from portal.outbox.models import InboundEmail
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from tests.portal.outbox.conftest import AT, failing


class Imap(socketserver.ThreadingTCPServer):
    """An IMAP server with one folder; what was seen is not offered again."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.messages: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.signed_in: list[bytes] = []
        self.folder = b""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"imap://mail%40box:pass%2Fword@127.0.0.1:{self.server_address[1]}/Support"


class Session(socketserver.StreamRequestHandler):
    """One connection: just the commands that are used."""

    server: Imap

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _space, command = line.strip().partition(b" ")
            self.answer(command)
            if command.upper() == b"LOGOUT":
                self.wfile.write(b"* BYE\r\n")
            self.wfile.write(tag + b" OK done\r\n")
            if command.upper() == b"LOGOUT":
                return

    def answer(self, command: bytes) -> None:
        words = command.upper()
        box = self.server
        if words == b"CAPABILITY":
            self.wfile.write(b"* CAPABILITY IMAP4REV1\r\n")
        elif words.startswith(b"LOGIN"):
            box.signed_in.append(command)
        elif words.startswith(b"SELECT"):
            box.folder = command.partition(b" ")[2]
            self.wfile.write(b"* %d EXISTS\r\n" % len(box.messages))
        elif words.startswith(b"UID SEARCH"):
            new = [b"%d" % uid for uid in sorted(box.messages) if uid not in box.seen]
            self.wfile.write(b"* SEARCH " + b" ".join(new) + b"\r\n")
        elif words.startswith(b"UID FETCH"):
            self.fetch(int(words.split()[2]), words)
        elif words.startswith(b"UID STORE"):
            box.seen.add(int(words.split()[2]))

    def fetch(self, uid: int, words: bytes) -> None:
        raw = self.server.messages[uid]
        if b"RFC822.SIZE" in words:
            self.wfile.write(b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, len(raw)))
            return
        assert b"BODY.PEEK" in words, "reading must not mark it as read"
        part = re.search(rb"<0\.(\d+)>", words)
        content = raw[: int(part[1])] if part else raw
        name = b"BODY[]<0>" if part else b"BODY[]"
        self.wfile.write(b"* 1 FETCH (UID %d %s {%d}\r\n" % (uid, name, len(content)))
        self.wfile.write(content + b")\r\n")


@pytest.fixture
def imap(settings: Any) -> Iterator[Imap]:
    server = Imap()
    settings.IMAP_URL = server.url
    settings.REPLY_ADDRESS = "support@reply.kontor.example"
    yield server
    server.shutdown()
    server.server_close()


def letter(to: str, text: str) -> bytes:
    return f"From: eva@else.example\r\nTo: {to}\r\nSubject: Hi\r\n\r\n{text}\r\n".encode()


def test_unread_mail_is_taken_and_marked_only_after_it_is_stored(
    nordlys: Partner, imap: Imap
) -> None:
    """OUT-33: what could not be stored is fetched again."""
    to = inbound_address(nordlys)
    imap.messages = {4: letter(to, "One"), 7: letter(to, "Two")}
    with in_public():
        with failing('INSERT INTO "outbox_inboundemail"'), pytest.raises(OperationalError):
            fetch_mail(at=AT)
        assert imap.seen == set()
        assert fetch_mail(at=AT) == 2
        assert imap.seen == {4, 7}
        assert fetch_mail(at=AT) == 0
    rows = InboundEmail.objects.for_partner(nordlys)
    assert sorted(row.text for row in rows) == ["One", "Two"]
    assert imap.signed_in[0] == b'LOGIN "mail@box" "pass/word"'
    assert imap.folder.strip(b'"') == b"Support"


def test_of_a_message_that_is_too_large_the_beginning_is_fetched(
    nordlys: Partner, imap: Imap, monkeypatch: Any
) -> None:
    """OUT-34."""
    monkeypatch.setattr(mailbox, "LONGEST", 500)
    monkeypatch.setattr(mailbox, "FIRST_PART", 400)
    imap.messages = {1: letter(inbound_address(nordlys), "x" * 5_000)}
    with in_public():
        assert fetch_mail(at=AT) == 1
    row = InboundEmail.objects.for_partner(nordlys).get()
    assert len(bytes(row.raw or b"")) == 400
    assert row.size == len(imap.messages[1])


def test_without_a_mailbox_nothing_is_done(settings: Any, db: None) -> None:
    settings.IMAP_URL = ""
    assert fetch_mail(at=AT) == 0
    with pytest.raises(ValueError, match="imaps"):
        open_mailbox("pop3://x")
    assert receiving.KEPT_DAYS == 30
