"""Entering a partner's context outside a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from django.utils import timezone

from portal.tenancy.connection import connection
from portal.tenancy.models import Partner


@contextmanager
def in_partner(partner: Partner) -> Iterator[Partner]:
    """Everything inside sees this partner only, in its time zone; what was before comes back."""
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
    """Everything inside sees the public schema only."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


def local_day(at: datetime) -> date:
    """The date of a moment in the zone that decides every date shown or due (D20)."""
    partner = current_partner()
    return at.astimezone(partner.tz if partner is not None else UTC).date()


def current_partner() -> Partner | None:
    """The partner whose context this is, or None in the public one."""
    tenant = connection.tenant
    return tenant if isinstance(tenant, Partner) else None


def require_partner() -> Partner:
    """Return the partner whose context this is.

    Raises RuntimeError in the public context: the caller belongs to a partner, and must not run
    for nobody.
    """
    partner = current_partner()
    if partner is None:
        raise RuntimeError("outside of any partner's context")
    return partner
