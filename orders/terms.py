"""The agreed term of a service: until when, by when notice is due, and what renews (ORD-56)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.models import OrderLine, Service
from portal.core.formats import day as day_text
from portal.core.formats import term_words, with_currency

DAY = timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last of a month that is too short."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def end_of_term(start: date, months: int) -> date | None:
    """Return the last day of a term that starts on a day; None without a term."""
    return months_after(start, months) - DAY if months else None


@dataclass(frozen=True)
class Agreement:
    """The present term of a running service.

    ``ends_on`` is its last day. Notice is due on ``notice_by`` at the latest; without it the term
    renews for ``renewal_months``, or goes on without one if that is 0.
    """

    ends_on: date
    notice_by: date
    renewal_months: int

    def is_late(self, day: date) -> bool:
        """Return whether the notice for this term is no longer in time on a day."""
        return day > self.notice_by


def agreement_of(service: Service, *, today: date) -> Agreement | None:
    """Return the term that the service is in today, renewed as agreed; None if it has none."""
    end, product = service.term_ends_on, service.product
    if end is None:
        return None
    renewals = 0
    first = end + DAY
    while end < today:
        if product.renewal_months == 0:
            return None  # It goes on without a term.
        renewals += 1
        end = months_after(first, renewals * product.renewal_months) - DAY
    notice = months_after(end + DAY, -product.notice_months) - DAY
    return Agreement(end, notice, product.renewal_months)


def agreement_words(agreement: Agreement) -> str:
    """Return until when the term is, by when notice is due, and what happens without it."""
    dates = {
        "end": day_text(agreement.ends_on),
        "notice": day_text(agreement.notice_by),
        "months": term_words(agreement.renewal_months),
    }
    if agreement.renewal_months:
        words = _("Term until %(end)s. Without notice by %(notice)s it renews for %(months)s.")
    else:
        words = _("Term until %(end)s. Without notice by %(notice)s it goes on without a term.")
    return words % dates


def months_left(end: date, day: date) -> int:
    """Return how many months of a term, begun ones included, are left on a day."""
    if day > end:
        return 0
    months = 0
    while months_after(day, months) <= end:
        months += 1
    return months


def left_to_pay(service: Service, *, end: date, day: date) -> Decimal:
    """Return the monthly prices from a day to the end of the term, begun months whole."""
    return service.quantity * service.monthly * months_left(end, day)


def early_endings(lines: Iterable[OrderLine], *, day: date, prices: bool) -> list[str]:
    """Return what ending services on a day means for terms that run longer, a sentence each.

    The services must come with their products; ``prices`` adds what is left to pay (ORD-56).
    """
    found = []
    for line in lines:
        service = line.service
        agreed = agreement_of(service, today=day) if service is not None else None
        if service is None or agreed is None or agreed.ends_on <= day:
            continue
        details = {
            "service": service.title,
            "end": day_text(agreed.ends_on),
            "amount": with_currency(
                left_to_pay(service, end=agreed.ends_on, day=day), service.currency
            ),
        }
        words = (
            _(
                "%(service)s is agreed until %(end)s. If it ends before, up to %(amount)s of the "
                "agreed term may still be charged."
            )
            if prices
            else _(
                "%(service)s is agreed until %(end)s. If it ends before, the rest of the agreed "
                "term may still be charged."
            )
        )
        found.append(words % details)
    return found
