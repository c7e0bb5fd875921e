"""What a password has to be, and how it is stored (docs/asvs.md)."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from portal.accounts.models import User

ANNA = User(email="anna.bergstrom@nordlys.example", name="Anna Bergström")


@pytest.mark.parametrize(
    "password",
    ["elevenchars", "startfinding", "123456789012345", "anna.bergstrom", "Anna Bergström"],
)
def test_a_weak_password_is_refused(password: str) -> None:
    """RIGHTS-01: too short, common, only digits, or who it is of."""
    with pytest.raises(ValidationError):
        validate_password(password, ANNA)


@pytest.mark.parametrize(
    "password", ["only small letters here", secrets.token_urlsafe(96), "三人行必有我师焉择其善者"]
)
def test_any_other_password_is_taken(password: str) -> None:
    """RIGHTS-01: no rule of composition, and a long one is one, too."""
    validate_password(password, ANNA)


def test_passwords_are_hashed_slowly(settings: Any) -> None:
    """RIGHTS-01: outside the tests the first way is PBKDF2 with many rounds."""
    ways = [name for name in settings.PASSWORD_HASHERS if "MD5" not in name]
    assert import_string(ways[0]) is PBKDF2PasswordHasher
    assert PBKDF2PasswordHasher.iterations >= 600_000
