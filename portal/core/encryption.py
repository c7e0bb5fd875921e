"""What is stored so that a copy of the database alone gives nothing away: encrypted with keys that
are derived from the settings', a different one for each purpose."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

# Personal numbers and files with them.
PERSONAL = "portal personal data"


class Unreadable(Exception):
    """What was encrypted can't be read: the key is another one by now."""


@lru_cache(maxsize=64)
def _key(secret: bytes, purpose: str) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(secret)))


def fernet(secrets: Sequence[str | bytes], purpose: str) -> MultiFernet:
    """Encrypts with the first secret and reads with all of them."""
    return MultiFernet([_key(force_bytes(secret), purpose) for secret in secrets])


def _personal() -> MultiFernet:
    own = [settings.DATA_KEY] if settings.DATA_KEY else []
    return fernet([*own, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], PERSONAL)


def encrypt(content: bytes) -> bytes:
    """Personal data as they are stored."""
    return _personal().encrypt(content)


def decrypt(stored: bytes | memoryview) -> bytes:
    """Personal data in clear; raises Unreadable."""
    try:
        return _personal().decrypt(bytes(stored))
    except InvalidToken as error:
        raise Unreadable from error
