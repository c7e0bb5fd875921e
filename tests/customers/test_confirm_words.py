"""The end of a period, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from portal.core.templatetags.kontor import end


@pytest.mark.parametrize(
    ("value", "words"),
    [
        # Midnight in Stockholm is 23:00 of the day before in London.
        (datetime(2026, 12, 10, 23, 0, tzinfo=UTC), "10 Dec 2026"),
        (datetime(2026, 12, 10, 15, 30, tzinfo=UTC), "10 Dec 2026 16:30"),
        (None, ""),
    ],
)
def test_what_ends_at_midnight_ends_with_the_day_before(value: datetime | None, words: str) -> None:
    """CON-13: a link that works until midnight is shown to work until that day."""
    with timezone.override("Europe/Stockholm"), translation.override("en"):
        assert end(value).replace("\u00a0", " ") == words
