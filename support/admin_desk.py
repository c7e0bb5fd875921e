"""What problem reports put on the desk of channel sales (CHAN-35)."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.channel.models import EscalatedReport
from portal.core.desk import MOST, Figure, add_figure, since


@add_figure(60)
def escalated(request: HttpRequest) -> Figure:
    """Return the escalated reports whose turn is channel sales'."""
    rows = EscalatedReport.objects.across_partners().filter(is_open=True).order_by("escalated_at")
    count, oldest = since(rows.values_list("escalated_at", flat=True)[: MOST + 1])
    url = "/admin/channel/escalatedreport/?is_open__exact=1"
    return Figure(_("Escalated reports"), count, url, oldest)
