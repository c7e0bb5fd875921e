"""What orders put on the desk of channel sales (CHAN-35)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from portal.channel.models import SubmittedOrder
from portal.core.desk import MOST, Figure, add_figure, since

LIST = "/admin/channel/submittedorder/"


def _in_state(state: str) -> QuerySet[SubmittedOrder]:
    return SubmittedOrder.objects.across_partners().filter(state=state).order_by("submitted_at")


@add_figure(10)
def to_accept(request: HttpRequest) -> Figure:
    """Return the orders that wait for an answer."""
    rows = _in_state(Order.State.SUBMITTED).values_list("submitted_at", flat=True)
    count, oldest = since(rows[: MOST + 1])
    return Figure(_("Orders to accept"), count, f"{LIST}?state=submitted&o=6", oldest)


@add_figure(20)
def cancels(request: HttpRequest) -> Figure:
    """Return the orders whose cancellation was asked for."""
    rows = SubmittedOrder.objects.across_partners().filter(cancel_requested=True)
    moments = rows.order_by("changed_at").values_list("changed_at", flat=True)
    count, oldest = since(moments[: MOST + 1])
    url = f"{LIST}?cancel_requested__exact=1&o=6"
    return Figure(_("Cancels asked for"), count, url, oldest, urgent=True)


@add_figure(30)
def failed(request: HttpRequest) -> Figure:
    """Return the deliveries that failed and were neither tried again nor cancelled."""
    rows = _in_state(Order.State.FAILED).values_list("changed_at", flat=True)
    count, oldest = since(rows[: MOST + 1])
    return Figure(_("Failed deliveries"), count, f"{LIST}?state=failed", oldest, urgent=True)
