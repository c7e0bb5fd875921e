"""The notifications of the person who is signed in."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from portal.access import PartnerRequest, needs
from portal.listing import Listing
from portal.notices.models import Notice
from portal.notices.queries import notices_of
from portal.notices.sentences import icon_of, text_of
from portal.notices.services import mark_all_read, mark_read


@needs()
@require_safe
def notice_list(request: PartnerRequest) -> HttpResponse:
    """What I was told, the newest first."""
    mine = notices_of(request.membership)
    listing = Listing(request, mine, sorts={"when": ("created_at",)}, default="-when")
    rows = [(notice, text_of(notice), icon_of(notice)) for notice in listing.rows]
    return render(request, "notices/list.html", {"listing": listing, "rows": rows})


@needs()
@require_POST
def open_notice(request: PartnerRequest, notice_id: UUID) -> HttpResponse:
    """Read one, and go where it leads."""
    notice: Notice = get_object_or_404(notices_of(request.membership), pk=notice_id)
    mark_read(notice, at=timezone.now())
    return HttpResponseRedirect(notice.url) if notice.url else redirect("notices:list")


@needs()
@require_POST
def read_all(request: PartnerRequest) -> HttpResponse:
    """Mark all of mine as read."""
    mark_all_read(request.membership, at=timezone.now())
    return redirect("notices:list")
