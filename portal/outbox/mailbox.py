"""A mailbox that mail is fetched from by IMAP (IMAP_URL, OUT-33)."""

from __future__ import annotations

import logging
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags

from portal.outbox.receiving import FIRST_PART, LONGEST, receive

log = logging.getLogger(__name__)

TIMEOUT = 30
MOST = 200


def open_mailbox(url: str) -> BaseMailBox:
    """Return the signed-in mailbox of `imaps://user:password@host:port/folder`.

    Raise ValueError for another scheme, OSError or an error of imap_tools if it can't be opened.
    """
    parts = urlsplit(url)
    kinds = {"imaps": (MailBox, 993), "imap": (MailBoxUnencrypted, 143)}
    if parts.scheme not in kinds:
        raise ValueError(f"IMAP_URL: {parts.scheme}:// is not one of imaps, imap")
    kind, port = kinds[parts.scheme]
    box: BaseMailBox = kind(parts.hostname or "", parts.port or port, timeout=TIMEOUT)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return box.login(unquote(parts.username or ""), unquote(parts.password or ""), folder)


def fetch_mail(*, at: datetime) -> int:
    """Take what is unread in the mailbox; return how many messages were stored.

    A message is marked as read only after it is stored. One that cannot be stored stays unread and
    is fetched again. Two may fetch at the same time: the same message is one row.
    """
    stored = 0
    if not settings.IMAP_URL:
        return stored
    with open_mailbox(settings.IMAP_URL) as box:
        for uid in box.uids(AND(seen=False))[:MOST]:
            raw, size = _raw(box, uid)
            if raw:
                receive(raw, size=size, at=at)
                box.flag(uid, MailMessageFlags.SEEN, True)
                stored += 1
    return stored


def _raw(box: BaseMailBox, uid: str) -> tuple[bytes, int]:
    """Return the bytes of a message and its length; of one that is too long, the first part."""
    size = _size(box, uid)
    part = f"BODY.PEEK[]<0.{FIRST_PART}>" if size > LONGEST else "BODY.PEEK[]"
    _status, answer = box.client.uid("fetch", uid, f"({part})")
    found = next((each[1] for each in answer if isinstance(each, tuple)), b"")
    return bytes(found), max(size, len(found))


def _size(box: BaseMailBox, uid: str) -> int:
    """Return how long the server says that a message is."""
    _status, answer = box.client.uid("fetch", uid, "(RFC822.SIZE)")
    words = b" ".join(each for each in answer if isinstance(each, bytes)).upper()
    digits = words.partition(b"RFC822.SIZE")[2].strip().partition(b" ")[0].strip(b")")
    return int(digits) if digits.isdigit() else 0
