"""Secrets of a message: a placeholder in the stored text, the value encrypted separately.

A placeholder contains the id of its message, so that text entered by a person can't be one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from portal.core.encryption import Unreadable, fernet

__all__ = ["Unreadable", "conceal", "decrypt", "encrypt", "mark", "reveal"]

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_HREF = re.compile(r"""\shref=("[^"]*"|'[^']*')""")


def _fernet() -> MultiFernet:
    return fernet([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], "portal.outbox secrets")


def mark(email_id: UUID, name: str) -> str:
    """Return the placeholder of a secret in the stored text."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not a name for a secret")
    return f"[[{name}:{email_id.hex}]]"


def encrypt(secrets: Mapping[str, str]) -> bytes:
    """Return the secrets encrypted for storage."""
    return _fernet().encrypt(json.dumps(dict(secrets)).encode())


def decrypt(stored: bytes | memoryview | None) -> dict[str, str]:
    """Return the secrets of a message that is still to be sent; raise Unreadable."""
    if stored is None:
        return {}
    try:
        found: dict[str, str] = json.loads(_fernet().decrypt(bytes(stored)))
    except InvalidToken as error:
        raise Unreadable from error
    return found


def reveal(text: str, email_id: UUID, secrets: Mapping[str, str], *, html: bool = False) -> str:
    """Return the text with the secrets filled in."""
    for name, value in secrets.items():
        text = text.replace(mark(email_id, name), escape(value) if html else value)
    return text


def conceal(
    text: str, email_id: UUID, words: str, *, html: bool = False, keep_links: bool = False
) -> str:
    """Return the text for people who may read the message but not use its secrets.

    In HTML all links are disabled, unless ``keep_links`` is set for the preview.
    """
    if html:
        text = text if keep_links else drop_links(text)
        words = escape(words)
    pattern = re.compile(r"\[\[[a-z][a-z0-9_]*:" + email_id.hex + r"\]\]")
    return pattern.sub(lambda _found: words, text)


def drop_links(html: str) -> str:
    """Return HTML whose links lead nowhere."""
    return _HREF.sub("", html)
