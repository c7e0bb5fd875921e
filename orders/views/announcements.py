"""What channel sales announced about prices (CHAN-43)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.access import PartnerRequest, needs
from portal.channel.announcing import announced_to, what_changes
from portal.channel.models import PriceAnnouncement


class AnnouncementRequest(PartnerRequest):
    """A request whose address names an announcement to the partner."""

    announcement: PriceAnnouncement


def load_announcement(request: AnnouncementRequest, kwargs: dict[str, Any]) -> None:
    """Load the announcement of the address; raise Http404 if it was to other partners."""
    announcement_id: UUID = kwargs.pop("announcement_id")
    known = announced_to(request.partner, announcement_id)
    if not known:
        raise Http404
    request.announcement = known[0]


@needs("view_prices", load=load_announcement, of="announcement")
@require_safe
def announcement(request: AnnouncementRequest) -> HttpResponse:
    """Show one announcement with the prices that change, and the others."""
    shown = request.announcement
    context = {
        "announcement": shown,
        "rows": list(what_changes(shown, currency=request.partner.currency)),
        "others": [each for each in announced_to(request.partner) if each.pk != shown.pk],
    }
    return render(request, "orders/announcement.html", context)
