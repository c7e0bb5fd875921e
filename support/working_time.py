"""The partner's working hours: when something has to be done by, and how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from support.models import SupportSettings

# Longer than any time to acknowledge: a partner without working days has none.
LONGEST_DAYS = 400


def _hours(
    settings: SupportSettings, first: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the working hours of each day from ``first`` on, as moments."""
    for ahead in range(LONGEST_DAYS):
        day = first + timedelta(days=ahead)
        if day.isoweekday() in settings.days:
            yield (
                datetime.combine(day, settings.opens_at, zone),
                datetime.combine(day, settings.closes_at, zone),
            )


def _real(later: datetime, earlier: datetime) -> timedelta:
    """Return the time that passes between two moments, across a change of the clocks too."""
    return timedelta(seconds=later.timestamp() - earlier.timestamp())


def after_working_minutes(
    start: datetime, minutes: int, *, settings: SupportSettings, zone: ZoneInfo
) -> datetime | None:
    """Return the moment ``minutes`` of working time after ``start``; None without working days.

    A moment outside the working hours counts as the beginning of the next ones.
    """
    left = timedelta(minutes=minutes)
    local = start.astimezone(zone)
    for opens, closes in _hours(settings, local.date(), zone):
        begins = max(opens, local)
        if begins >= closes:
            continue
        here = _real(closes, begins)
        if left <= here:
            return datetime.fromtimestamp(begins.timestamp() + left.total_seconds(), tz=zone)
        left -= here
    return None


def working_minutes(
    start: datetime, end: datetime, *, settings: SupportSettings, zone: ZoneInfo
) -> int:
    """Return how many whole minutes of working time lie between two moments."""
    total = timedelta()
    local, last = start.astimezone(zone), end.astimezone(zone)
    for opens, closes in _hours(settings, local.date(), zone):
        if opens >= last:
            break
        begins, ends = max(opens, local), min(closes, last)
        if begins < ends:
            total += _real(ends, begins)
    return int(total.total_seconds() // 60)
