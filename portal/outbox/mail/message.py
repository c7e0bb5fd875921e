"""A message that came in, read: who wrote what, with which files (OUT-34)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from portal.outbox.mail.automatic import why_automatic
from portal.outbox.mail.decoding import address_of, clean, header
from portal.outbox.mail.parts import Found, MailFile, collect
from portal.outbox.mail.quoting import split_quoted

__all__ = ["Mail", "MailFile", "read_mail"]

log = logging.getLogger(__name__)

LONGEST_TEXT = 2_000_000
_PICTURE = re.compile(r"\[cid:[^\]\n]{1,200}\]")
_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")
_ARMOUR = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:\w+: .*\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----.*?"
    r"-----END PGP SIGNATURE-----",
    re.S,
)


@dataclass(frozen=True)
class Mail:
    """What a message says; ``automatic`` tells by which sign a machine wrote it."""

    from_address: str = ""
    from_name: str = ""
    subject: str = ""
    message_id: str = ""
    text: str = ""
    quoted: str = ""
    whole: str = ""
    files: tuple[MailFile, ...] = ()
    # Names of what is kept out: containers, and what was not received.
    left_out: tuple[str, ...] = ()
    automatic: str = ""
    # How long it was, if only its first part was kept.
    cut_size: int = 0
    is_encrypted: bool = False
    is_broken: bool = False


def read_mail(raw: bytes) -> Mail:
    """Return what a message says. Never raise: what cannot be read is said to be broken."""
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
    except Exception:
        log.warning("a message cannot be parsed", exc_info=True)
        return Mail(is_broken=True)
    try:
        return _read(message)
    except Exception:
        log.warning("a message cannot be read", exc_info=True)
        return _headers_only(message)


def _headers_only(message: Message) -> Mail:
    try:
        address, name = address_of(message, "From")
        subject = header(message, "Subject")
        return Mail(from_address=address, from_name=name, subject=subject, is_broken=True)
    except Exception:
        return Mail(is_broken=True)


def _read(message: Message) -> Mail:
    found = Found()
    collect(message, found, 0)
    whole = clean(found.text())
    if len(whole) > LONGEST_TEXT:
        found.left_out.append("text")
        whole = whole[:LONGEST_TEXT]
    if "-----BEGIN PGP MESSAGE-----" in whole:
        found.is_encrypted = True
    # What Outlook writes where a picture was, and the blank lines around it.
    whole = _GAP.sub("\n\n", _PICTURE.sub("", whole))
    whole = _ARMOUR.sub(r"\1", whole).strip("\n")
    split = split_quoted(whole)
    address, name = address_of(message, "From")
    if not address:
        address, name = address_of(message, "Sender")
    return Mail(
        from_address=address,
        from_name=name,
        subject=header(message, "Subject")[:300],
        message_id=header(message, "Message-ID")[:500],
        text=split.text,
        quoted=split.quoted,
        whole=whole,
        files=tuple(found.files),
        left_out=tuple(found.left_out),
        automatic=why_automatic(message),
        is_encrypted=found.is_encrypted,
    )
