"""Entering a partner's context outside a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from portal.tenancy.connection import connection
from portal.tenancy.models import Partner


@contextmanager
def in_partner(partner: Partner) -> Iterator[Partner]:
    """Run the block in this partner's schema and time zone, then restore what was before."""
    before = connection.tenant
    zone = timezone.get_current_timezone()
    connection.set_tenant(partner)
    timezone.activate(partner.tz)
    try:
        yield partner
    finally:
        timezone.activate(zone)
        connection.set_tenant(before)


@contextmanager
def in_public() -> Iterator[None]:
    """Run the block in the public schema, then restore what was before."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


def local_day(at: datetime) -> date:
    """Return the date of a moment in the zone that decides every date shown or due (D20)."""
    partner = current_partner()
    return at.astimezone(partner.tz if partner is not None else UTC).date()


def day_begins(day: date) -> datetime:
    """Return the moment at which a date begins in the same zone."""
    partner = current_partner()
    return datetime.combine(day, time.min, tzinfo=partner.tz if partner is not None else UTC)


def within_days(field: str, first: str = "", last: str = "") -> Q:
    """Return the condition that a moment is on one of the days from ``first`` to ``last``.

    Both are ISO dates in the same zone and included; an empty one sets no bound.
    """
    found = Q()
    if first:
        found &= Q(**{f"{field}__gte": day_begins(date.fromisoformat(first))})
    if last:
        after = date.fromisoformat(last) + timedelta(days=1)
        found &= Q(**{f"{field}__lt": day_begins(after)})
    return found


def current_partner() -> Partner | None:
    """Return the partner of this context, or None in the public one."""
    tenant = connection.tenant
    return tenant if isinstance(tenant, Partner) else None


def require_partner() -> Partner:
    """Return the partner of this context.

    Raise RuntimeError in the public context, since the caller's work belongs to a partner.
    """
    partner = current_partner()
    if partner is None:
        raise RuntimeError("outside of any partner's context")
    return partner
