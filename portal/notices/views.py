"""Views about the notifications of the person who is signed in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import PartnerRequest, needs
from portal.core.http import form_data, get_or_post
from portal.core.listing import Listing
from portal.notices.forms import NoticeSettingsForm
from portal.notices.messages import KINDS, icon_of, text_of
from portal.notices.models import Notice
from portal.notices.queries import notices_of
from portal.notices.services import choose_notices, mark_all_read, mark_read, settings_of


@needs(customers=True)
@require_safe
def notice_list(request: PartnerRequest) -> HttpResponse:
    """Show the person's notifications, newest first."""
    mine = notices_of(request.membership)
    listing = Listing(request, mine, sorts={"when": ("created_at",)}, default="-when")
    rows = [(notice, text_of(notice), icon_of(notice)) for notice in listing.rows]
    return render(request, "notices/list.html", {"listing": listing, "rows": rows})


class NoticeRequest(PartnerRequest):
    """A request whose address names a notification of the person who is signed in."""

    notice: Notice


def load_notice(request: NoticeRequest, kwargs: dict[str, Any]) -> None:
    """Load the notification of the address for ``needs``; raise Http404 for another person's."""
    request.notice = get_object_or_404(notices_of(request.membership), pk=kwargs.pop("notice_id"))


@needs(load=load_notice, of="notice", customers=True)
@require_POST
def open_notice(request: NoticeRequest) -> HttpResponse:
    """Mark one as read and redirect to the page it is about."""
    notice = request.notice
    mark_read(notice, at=timezone.now())
    return HttpResponseRedirect(notice.url) if notice.url else redirect("notices:list")


@needs(customers=True)
@require_POST
def read_all(request: PartnerRequest) -> HttpResponse:
    """Mark all of the person's notifications as read."""
    mark_all_read(request.membership, at=timezone.now())
    return redirect("notices:list")


@needs(customers=True)
@get_or_post
def notice_settings(request: PartnerRequest) -> HttpResponse:
    """Choose how one wants to be told (NOTE-01)."""
    current = settings_of(request.membership)
    form = NoticeSettingsForm(
        form_data(request),
        initial={
            "shown": [kind for kind in KINDS if kind not in current.hidden],
            "mailed": current.mailed,
            "daily_digest": current.daily_digest,
        },
    )
    if request.method == "POST" and form.is_valid():
        choose_notices(request.membership, **form.cleaned_data)
        messages.success(request, _("Your choice was saved."))
        return redirect("notices:list")
    return render(request, "notices/settings.html", {"form": form})
