"""Hours and minutes as people write them: "1:30", "1,5", "90" (SUP-11)."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_HOURS_AND_MINUTES = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})(?:m|min)?)?", re.IGNORECASE)
_HOURS = re.compile(r"(\d{0,3}[.,]\d{1,2})(?:h)?|(\d{1,3})h", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,5})(?:m|min)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?:h)?", re.IGNORECASE)


def parse_duration(text: str) -> int:
    """Return the minutes of "1:30", "1,5", "1.5 h", "2 h", "1 h 30" or "90"; ValueError for others.

    A number without a sign is minutes, one with a decimal mark is hours.
    """
    bare = "".join(text.split())
    if not bare:
        return 0
    if found := _CLOCK.fullmatch(bare):
        return int(found[1]) * 60 + int(found[2])
    if found := _MINUTES.fullmatch(bare):
        return int(found[1])
    if found := _HOURS.fullmatch(bare):
        return round(float((found[1] or found[2]).replace(",", ".")) * 60)
    if (found := _HOURS_AND_MINUTES.fullmatch(bare)) and found[1]:
        return int(found[1]) * 60 + int(found[2] or 0)
    raise ValueError(text)


def clock(minutes: int) -> str:
    """Return minutes as they stand in a field: 1:30."""
    return f"{minutes // 60}:{minutes % 60:02}"


def duration_words(minutes: int) -> str:
    """Return minutes in words: 1 h 30 min; "" for none."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%s min") % rest
    return _("%(h)s h %(m)s min") % {"h": hours, "m": f"{rest:02}"}
