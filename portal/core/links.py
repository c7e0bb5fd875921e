"""Secrets of e-mailed links: 256 bits, of which only a hash is stored."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """Return a URL-safe secret of 256 bits."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """Return what is stored of a secret (SHA-256, 32 bytes)."""
    return hashlib.sha256(secret.encode()).digest()
