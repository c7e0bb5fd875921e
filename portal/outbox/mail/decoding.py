"""Bytes and headers to text, where the charset is missing, wrong or unknown (OUT-34)."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from portal.core.text import without_invisible

LONGEST_HEADER = 4_000
# What PostgreSQL does not take, and what nobody can read; tabs and line ends stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Declared as Latin-1, written by Windows.
_WINDOWS = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"}


def clean(text: str) -> str:
    """Return text without line ends of other systems and characters that cannot be stored."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    text = _CONTROLS.sub("", text)
    return without_invisible(text.encode("utf-8", "replace").decode("utf-8"))


def decoded(content: bytes, charset: str = "") -> str:
    """Return bytes as text: by the declared charset, else UTF-8, else Windows' Latin-1."""
    named = charset.strip().strip("'\"").lower()
    for each in ("utf-8", named) if named in _WINDOWS else (named, "utf-8"):
        if not each or (each in _WINDOWS):
            continue
        try:
            return content.decode(each)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def charset_of(part: Message) -> str:
    """Return the charset that a part declares; empty without one."""
    try:
        return str(part.get_content_charset() or "")
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""


def payload(part: Message) -> bytes:
    """Return the bytes of a part, also where its transfer encoding is broken."""
    try:
        found = part.get_payload(decode=True)
    except (LookupError, ValueError, TypeError, AssertionError):
        found = None
    if isinstance(found, bytes):
        return found
    plain = part.get_payload()
    return plain.encode("utf-8", "surrogateescape") if isinstance(plain, str) else b""


def raw_header(message: Message, name: str) -> str:
    """Return a header as it was sent, at a bearable length."""
    # As it was sent: what ``get`` returns has lost the bytes that are no ASCII.
    found = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return _surrogates(str(next(found, "")))[:LONGEST_HEADER]


def _surrogates(text: str) -> str:
    """Return text whose bytes beyond ASCII, which no header may have, are read after all."""
    if text.isascii():
        return text
    return decoded(text.encode("utf-8", "surrogateescape"))


def header(message: Message, name: str) -> str:
    """Return a header in one line, decoded."""
    return " ".join(clean(_words(raw_header(message, name))).split())


def _words(text: str) -> str:
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError, TypeError):
        return text
    found = ""
    for content, charset in parts:
        found += decoded(content, charset or "") if isinstance(content, bytes) else content
    return found


def address_of(message: Message, name: str) -> tuple[str, str]:
    """Return the first address of a header, in small letters, and the name beside it."""
    for shown, address in getaddresses([raw_header(message, name)]):
        if "@" in address:
            found = " ".join(clean(_words(shown)).split())
            return "".join(clean(address).split()).lower()[:320], found[:200]
    return "", ""


def unflowed(part: Message, text: str) -> str:
    """Return text whose lines were wrapped by the program, put together (RFC 3676)."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joined = str(part.get_param("delsp", "")).lower() == "yes"
    lines: list[str] = []
    goes_on = False
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        mark = ">" * depth + (" " if depth else "")
        same = bool(lines) and lines[-1].startswith(mark) and _depth(lines[-1]) == depth
        if goes_on and same and bare != "-- ":
            lines[-1] += bare
        else:
            lines.append(mark + bare)
        goes_on = bare.endswith(" ") and bare != "-- "
        if goes_on and joined:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(">"))
