"""Looking up the partner of a host name, cached for half a minute in each process."""

from __future__ import annotations

import copy
import threading
import time

from django.db import models

from portal.tenancy.models import Domain, Partner

SECONDS = 30.0
_lock = threading.Lock()
_known: dict[str, tuple[float, Partner | None]] = {}


def partner_of_host(host: str) -> Partner | None:
    """Return the partner of a host name, suspended or not.

    None for an unknown host, and for one that is not verified (CHAN-22).

    Each call returns a copy, so that changes to it don't affect the next request.
    """
    now = time.monotonic()
    hit = _known.get(host)
    if hit is not None and hit[0] > now:
        return copy.copy(hit[1])
    hosts = Domain.objects.select_related("tenant").filter(state=Domain.State.VERIFIED)
    domain = hosts.filter(domain=host).first()
    partner: Partner | None = domain.tenant if domain is not None else None
    with _lock:
        if len(_known) > 10_000:
            _known.clear()
        _known[host] = (now + SECONDS, partner)
    return copy.copy(partner)


def suspended() -> models.QuerySet[Partner]:
    """Return the suspended partners, whose mails, documents and tasks wait (CHAN-21)."""
    found: models.QuerySet[Partner] = Partner._default_manager.filter(is_active=False)
    return found


def forget_hosts() -> None:
    """Empty the cache, after a partner or a host was changed in this process."""
    with _lock:
        _known.clear()
