"""What e-mail puts on the desk of channel sales (CHAN-35)."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core.desk import MOST, Figure, add_figure, since
from portal.outbox.models import OutboundEmail


@add_figure(70)
def not_delivered(request: HttpRequest) -> Figure:
    """Return the e-mails that did not arrive."""
    rows = OutboundEmail.objects.across_partners().filter(state__in=OutboundEmail.FAILED)
    moments = rows.order_by("dead_at").values_list("dead_at", flat=True)
    count, oldest = since(moments[: MOST + 1])
    url = f"/admin/outbox/outboundemail/?state__in={','.join(sorted(OutboundEmail.FAILED))}"
    return Figure(_("E-mails not delivered"), count, url, oldest)
