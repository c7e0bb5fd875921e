"""The check of evidence that runs every night, and who is told of its faults (CON-49)."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from portal.channel.models import StaffEvent
from portal.channel.telling import tell_staff
from portal.tenancy.context import require_partner
from quotes.services.evidence import problems, sha256_of

log = logging.getLogger(__name__)
SHOWN = 3


@transaction.atomic
def tell_faults(*, at: datetime) -> list[str]:
    """Check this partner's evidence; tell staff of what does not match, and return it.

    The same faults are told once a week while they last.
    """
    partner = require_partner()
    found = list(problems())
    if not found:
        return []
    log.error("evidence of %s does not match: %s", partner.slug, "; ".join(found[:50]))
    more = f" (+{len(found) - SHOWN})" if len(found) > SHOWN else ""
    tell_staff(
        StaffEvent.EVIDENCE,
        partner=partner,
        label="; ".join(found[:SHOWN]) + more,
        path=f"/admin/p/{partner.slug}/quotes/quote/",
        key=f"evidence-{partner.pk}-{at:%G-%V}-{sha256_of(found)[:16]}",
        at=at,
    )
    return found
