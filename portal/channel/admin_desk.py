"""The charts on the desk of channel sales: orders per day, the busiest partners (CHAN-35)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.channel.models import NameQuestion, SubmittedOrder
from portal.core.desk import MOST, Figure, add_figure, add_part, since
from portal.core.formats import day
from portal.core.templatetags.charts import Bar

LIST = "/admin/channel/submittedorder/"
DAYS = 14
BUSIEST = 5


@add_part
def charts(request: HttpRequest) -> dict[str, object]:
    """Return the bars of the last fourteen days, by the vendor's clock."""
    zone = ZoneInfo(settings.VENDOR_TIME_ZONE)
    today = timezone.now().astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    begins = datetime.combine(first, time.min, tzinfo=zone)
    rows = SubmittedOrder.objects.across_partners().filter(submitted_at__gte=begins)
    return {
        "days": _days(rows, first, zone),
        "busiest": _busiest(rows, begins),
        "day_count": DAYS,
    }


@add_figure(50)
def names(request: HttpRequest) -> Figure:
    """Return the questions about names that nobody has answered."""
    rows = NameQuestion.objects.across_partners().filter(is_open=True).order_by("asked_at")
    count, oldest = since(rows.values_list("asked_at", flat=True)[: MOST + 1])
    url = "/admin/channel/namequestion/?is_open__exact=1"
    return Figure(_("Questions about names"), count, url, oldest)


def _days(rows: QuerySet[SubmittedOrder], first: date, zone: ZoneInfo) -> list[Bar]:
    counted = (
        rows.annotate(day=TruncDate("submitted_at", tzinfo=zone))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    found = dict(counted.order_by("day"))
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [
        Bar(day(each), found.get(each, 0), "is-flow", short=day(each).rpartition(" ")[0])
        for each in days
    ]


def _busiest(rows: QuerySet[SubmittedOrder], begins: datetime) -> list[Bar]:
    counted = rows.values_list("partner_id", "partner__name").annotate(count=Count("pk"))
    return [
        Bar(
            name,
            count,
            "is-flow",
            url=f"{LIST}?{urlencode({'partner__id__exact': pk, 'submitted_at__gte': begins})}",
        )
        for pk, name, count in counted.order_by("-count", "partner__name")[:BUSIEST]
    ]
