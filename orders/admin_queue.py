"""Channel sales' queue of orders: the oldest first, with what is overdue marked (CHAN-15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib import admin
from django.db import models
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from orders.models import Order
from portal.channel.models import SubmittedOrder

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

S = Order.State
# What channel sales has to do something with.
OPEN = (S.SUBMITTED, S.ACCEPTED, S.PROVISIONING, S.FAILED)
# Why an order is overdue, as its badge says it.
ANSWER, START = "answer", "start"
OVERDUE: dict[str, Promise] = {
    ANSWER: gettext_lazy("Answer overdue"),
    START: gettext_lazy("Start date passed"),
}


def a_working_day_before(at: datetime) -> datetime:
    """Return the moment one working day ago; Saturday and Sunday do not count."""
    if at.weekday() >= 5:
        friday = at - timedelta(days=at.weekday() - 4)
        at = friday.replace(hour=23, minute=59, second=59)
    before = at - timedelta(days=1)
    while before.weekday() >= 5:
        before -= timedelta(days=1)
    return before


def late_answer(at: datetime) -> Q:
    """Return the condition of an order that waits for an answer for more than a working day."""
    return Q(state=S.SUBMITTED, submitted_at__lt=a_working_day_before(at))


def late_start(at: datetime) -> Q:
    """Return the condition of an order that is not delivered and whose start date has passed."""
    return Q(state__in=OPEN, start_date__lt=at.date())


def with_overdue(
    rows: models.QuerySet[SubmittedOrder], at: datetime
) -> models.QuerySet[SubmittedOrder]:
    """Return the rows with ``overdue``: why an order is late, or ""."""
    why = Case(
        When(late_answer(at), then=Value(ANSWER)),
        When(late_start(at), then=Value(START)),
        default=Value(""),
    )
    return rows.annotate(overdue=why)


class QueueFilter(admin.SimpleListFilter):
    """What waits for channel sales, and what of it is overdue."""

    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, StrPromise]]:
        return [
            ("open", gettext_lazy("Open orders")),
            ("overdue", gettext_lazy("Overdue")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[SubmittedOrder]
    ) -> models.QuerySet[SubmittedOrder]:
        if self.value() == "open":
            return queryset.filter(state__in=OPEN)
        if self.value() == "overdue":
            at = timezone.localtime()
            return queryset.filter(late_answer(at) | late_start(at))
        return queryset


def order_of_list(request: HttpRequest) -> tuple[str, ...]:
    """Return how the list is sorted first: a queue by age, everything else the newest first."""
    is_queue = request.GET.get("queue") or request.GET.get("state") in OPEN
    oldest = is_queue or request.GET.get("cancel_requested__exact") == "1"
    return ("submitted_at", "pk") if oldest else ("-submitted_at", "pk")
