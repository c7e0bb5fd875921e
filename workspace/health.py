"""How the portal is, in figures with thresholds (AVAIL-09)."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.schema import partners_behind

# Beyond these somebody has to look.
OLDEST_MAIL_SECONDS = 600
OLDEST_DOCUMENT_SECONDS = 900
DEAD_MAILS_A_DAY = 20
FREE_DISK_PER_CENT = 10


@dataclass(frozen=True)
class Figure:
    """What is counted, what was seen, and what is expected."""

    name: str
    seen: int
    expected: str
    ok: bool


def _at_most(name: str, seen: int, limit: int) -> Figure:
    return Figure(name, seen, f"<= {limit}", seen <= limit)


def age(due: models.QuerySet[Any], at: datetime) -> int:
    """Return for how many seconds the oldest of what is due has waited."""
    moment = due.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    return max(0, int((at - moment).total_seconds())) if moment is not None else 0


def figures(at: datetime) -> list[Figure]:
    """Return every figure; the database has to answer for that."""
    mails = OutboundEmail.objects.across_partners()
    documents = Document.objects.across_partners()
    # Since when it is due: what waits for a busy mail server is not late.
    queued = mails.filter(state="queued", next_try_at__lte=at)
    pending = documents.filter(state="pending", next_try_at__lte=at)
    dead = mails.filter(state="dead", dead_at__gte=at - timedelta(days=1)).count()
    disk = shutil.disk_usage(settings.BASE_DIR)
    free = round(100 * disk.free / disk.total)
    return [
        _at_most(
            "oldest mail that is due, seconds",
            age(queued, at),
            OLDEST_MAIL_SECONDS,
        ),
        _at_most(
            "oldest document that is due, seconds",
            age(pending, at),
            OLDEST_DOCUMENT_SECONDS,
        ),
        _at_most("mails given up in a day", dead, DEAD_MAILS_A_DAY),
        _at_most("documents given up", documents.filter(state="dead").count(), 0),
        _at_most("partners behind on migrations", len(partners_behind()), 0),
        Figure(
            "free disk, per cent",
            free,
            f">= {FREE_DISK_PER_CENT}",
            free >= FREE_DISK_PER_CENT,
        ),
    ]


def report(at: datetime) -> dict[str, Any]:
    """Return the figures, and whether all are as expected."""
    found = figures(at)
    good = all(figure.ok for figure in found)
    return {"status": "ok" if good else "look", "figures": [asdict(each) for each in found]}
