"""Registrations on the desk of channel sales (CHAN-35)."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.channel.models import RegistrationRow
from portal.core.desk import MOST, Figure, add_figure, since


@add_figure(40)
def registrations(request: HttpRequest) -> Figure:
    """Return the registrations to decide."""
    rows = RegistrationRow.objects.across_partners().filter(is_open=True).order_by("submitted_at")
    count, oldest = since(rows.values_list("submitted_at", flat=True)[: MOST + 1])
    url = "/admin/channel/registrationrow/?is_open__exact=1"
    return Figure(_("Registrations to decide"), count, url, oldest)
