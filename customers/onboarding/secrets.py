"""The secrets of an onboarding: encrypted where they are kept, and never shown again."""

from __future__ import annotations

import base64

from customers.models import Onboarding
from portal.core.encryption import encrypt

MOST = 200


def keep_secret(onboarding: Onboarding, step: str, field: str, text: str) -> None:
    """Encrypt a secret into the onboarding; the caller saves ``secrets``."""
    kept = base64.b64encode(encrypt(text.encode())).decode()
    onboarding.secrets = {**onboarding.secrets, f"{step}.{field}": kept}


def has_secret(onboarding: Onboarding, step: str, field: str) -> bool:
    """Return whether a secret was entered."""
    return f"{step}.{field}" in onboarding.secrets
