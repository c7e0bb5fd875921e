"""What channel sales did with a partner, as rows that stay."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import User
from portal.tenancy.models import Partner, PartnerEvent

Kind = PartnerEvent.Kind


def log_event(
    partner: Partner, kind: str, *, by: User | None, reason: str = "", at: datetime
) -> PartnerEvent:
    """Note what was done with a partner, in the caller's transaction."""
    return PartnerEvent.objects.create(
        partner_id=partner.pk,
        partner_name=partner.name,
        kind=kind,
        reason=" ".join(reason.split())[:500],
        user=by,
        at=at,
    )
