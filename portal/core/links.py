"""Secrets of e-mailed links: 256 bits, of which only a hash is stored."""

from __future__ import annotations

import hashlib
import re
import secrets

# What new_secret returns; signs of a sentence or of a mail program may stand on both sides.
_SECRET = re.compile(r"[^A-Za-z0-9_-]*([A-Za-z0-9_-]{43})")


def new_secret() -> str:
    """Return a URL-safe secret of 256 bits."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """Return what is stored of a secret (SHA-256, 32 bytes)."""
    return hashlib.sha256(secret.encode()).digest()


def secret_in(address: str) -> str:
    """Return the secret in the last part of a link, without what a mail program stuck to it.

    A full stop, a bracket or a blank before or after the secret, or in place of the last slash, is
    cut off (OUT-20). An address without a secret is returned as it is: it will not be found.
    """
    found = _SECRET.match(address)
    return found[1] if found else address
