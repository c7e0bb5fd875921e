"""Optimistic locking: a version that each change raises, so that a stale form is noticed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol


class _HasVersion(Protocol):
    version: Any
    changed_at: Any


class VersionedMixin:
    """A model with the fields ``version`` and ``changed_at`` (REG-35)."""

    def touch(self: _HasVersion, at: datetime) -> None:
        """Raise the version and note the moment; the caller saves both fields."""
        self.version += 1
        self.changed_at = at
