"""No library is older than the fix of a weakness that is known and that could matter here.

The lock has newer ones than these; the table keeps anybody from going back behind them, by a pin
or by what another package asks for.
"""

from __future__ import annotations

import pyexpat
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from django.conf import settings
from packaging.version import Version

LOCK = Path(settings.BASE_DIR) / "requirements" / "base.txt"
# The first version without the weakness, and one that it was announced by.
MINIMUM = {
    "aiohttp": ("3.12.14", "CVE-2025-53643"),
    "brotli": ("1.0.9", "CVE-2020-8927"),
    "celery": ("5.2.2", "CVE-2021-23727"),
    "certifi": ("2024.7.4", "CVE-2024-39689"),
    "cryptography": ("46.0.6", "CVE-2026-34073"),
    "django": ("5.2.13", "CVE-2026-3902"),
    "django-allauth": ("65.14.1", "CVE-2026-27982"),
    "dnspython": ("2.6.1", "CVE-2023-29483"),
    "fonttools": ("4.60.2", "CVE-2025-66034"),
    "gunicorn": ("22.0.0", "CVE-2024-1135"),
    "idna": ("3.7", "CVE-2024-3651"),
    "lxml": ("4.9.1", "CVE-2022-2309"),
    "openpyxl": ("2.4.2", "CVE-2017-5992"),
    "pillow": ("13.0.0", "CVE-2026-96639"),
    "redis": ("4.5.4", "CVE-2023-28859"),
    "requests": ("2.32.4", "CVE-2024-47081"),
    "sqlparse": ("0.5.0", "CVE-2024-4340"),
    "urllib3": ("2.6.0", "CVE-2025-66418"),
    "weasyprint": ("70.0", "CVE-2026-55073"),
}
# Without protection against entities that name entities, a workbook of a few bytes fills the
# memory (CVE-2013-0340). Long tokens (CVE-2023-52425, expat 2.6.0) are bounded by the portal
# itself, since an older expat comes with Python: tests/customers/test_import_bombs.py.
EXPAT = "2.4.1"


def locked() -> dict[str, list[Version]]:
    """Return the versions of each library in the lock, which has one for each platform."""
    found: dict[str, list[Version]] = {}
    for name, number in re.findall(r"^([\w.-]+)==([\w.]+)", LOCK.read_text(), re.MULTILINE):
        found.setdefault(name.lower(), []).append(Version(number))
    return found


def too_old(found: dict[str, list[Version]]) -> list[str]:
    """Return what is older than its minimum, with the advisory."""
    return [
        f"{name} {each} is older than {minimum}: {advisory}"
        for name, (minimum, advisory) in MINIMUM.items()
        for each in found.get(name, [])
        if each < Version(minimum)
    ]


def test_nothing_in_the_lock_is_older_than_its_fix() -> None:
    """INP-24: every library of the table is in the lock, and not older."""
    found = locked()
    assert len(found) > 50
    assert set(MINIMUM) <= set(found)
    assert too_old(found) == []


@pytest.mark.parametrize("name", sorted(MINIMUM))
def test_nothing_installed_is_older_than_its_fix(name: str) -> None:
    """INP-24: what the tests run on is what the lock says, or newer."""
    assert too_old({name: [Version(version(name))]}) == []


def test_an_old_library_is_noticed() -> None:
    """INP-24: the test of the test: one that is just too old, with its advisory."""
    assert too_old({"pillow": [Version("12.3.0")]}) == [
        "pillow 12.3.0 is older than 13.0.0: CVE-2026-96639"
    ]


def test_pythons_own_parser_stops_entities() -> None:
    """INP-24: expat comes with Python, and not with the lock."""
    assert Version(pyexpat.EXPAT_VERSION.removeprefix("expat_")) >= Version(EXPAT)
