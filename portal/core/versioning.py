"""Optimistic locking by a version number that each change raises."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol


class _HasVersion(Protocol):
    version: Any
    changed_at: Any


class VersionedMixin:
    """Mixin for models with the fields ``version`` and ``changed_at`` (REG-35)."""

    def touch(self: _HasVersion, at: datetime) -> None:
        """Raise the version and set ``changed_at``; the caller saves both fields."""
        self.version += 1
        self.changed_at = at
