"""What an order that ends services was confirmed to end (ORD-50)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from orders.wording import lines_words
from portal.core.errors import RuleError
from portal.core.formats import day


@dataclass(frozen=True)
class Ending:
    """The services that end, each with the quantity that it ends with, and the day."""

    on: date | None
    services: frozenset[tuple[UUID | None, int]]


class EndingNotConfirmed(RuleError):
    """Refuse an ending unless just its services, quantities and day were confirmed (ORD-50)."""

    def __init__(self, order: Order, lines: Iterable[OrderLine]) -> None:
        text = _("Tick that these services end on %(day)s: %(services)s")
        details = {"day": day(order.start_date), "services": lines_words(order, lines)}
        super().__init__(text % details, field="ends")


def ending_of(order: Order, lines: Iterable[OrderLine] | None = None) -> Ending | None:
    """Return what an order ends as it is now, None for one that ends nothing."""
    if not order.ends_services:
        return None
    ended = order.lines.all() if lines is None else lines
    return Ending(order.start_date, frozenset((line.service_id, line.before) for line in ended))


def check_ending(order: Order, lines: Iterable[OrderLine], confirmed: Ending | None) -> None:
    """Raise EndingNotConfirmed unless ``confirmed`` is what the order ends now."""
    ended = list(lines)
    if ending_of(order, ended) not in (None, confirmed):
        raise EndingNotConfirmed(order, ended)
