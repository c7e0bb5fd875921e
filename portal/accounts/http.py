"""Requests whose address names a person of the partner."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from portal.access import PartnerRequest
from portal.accounts.models import Membership


class MemberRequest(PartnerRequest):
    """A request whose address names a person of this partner."""

    member: Membership


def load_member(request: Any, kwargs: dict[str, Any]) -> None:
    """Loader for ``needs``: the person of the address, or 404."""
    member = (
        Membership.objects.for_partner(request.partner)
        .select_related("user", "role")
        .filter(pk=kwargs.pop("member_id"))
        .first()
    )
    if member is None:
        raise Http404
    request.member = member
