"""Encryption of stored data, so that a copy of the database alone does not reveal it.

The keys are derived from those in the settings, a different one for each purpose.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

# Personal numbers, and the files of imports that contain them.
PERSONAL = "portal personal data"


class Unreadable(Exception):
    """Encrypted data that can't be read, because the key has changed."""


@lru_cache(maxsize=64)
def _key(secret: bytes, purpose: str) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(secret)))


def fernet(secrets: Sequence[str | bytes], purpose: str) -> MultiFernet:
    """Return a cipher that encrypts with the first secret and decrypts with any of them."""
    return MultiFernet([_key(force_bytes(secret), purpose) for secret in secrets])


def _personal() -> MultiFernet:
    own = [settings.DATA_KEY] if settings.DATA_KEY else []
    return fernet([*own, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], PERSONAL)


def encrypt(content: bytes) -> bytes:
    """Return personal data encrypted for storage."""
    return _personal().encrypt(content)


def decrypt(stored: bytes | memoryview) -> bytes:
    """Return personal data in clear; raise Unreadable if no key fits."""
    try:
        return _personal().decrypt(bytes(stored))
    except InvalidToken as error:
        raise Unreadable from error
