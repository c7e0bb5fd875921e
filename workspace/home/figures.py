"""Figures and pictures of the home page: orders over time and by state, quotes, credit (ONB-24).

Counts are bounded (SPEED-05) and come in one statement, those of the weeks in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from customers.models import Customer
from orders.models import Order
from orders.queries import IN_BAR, placed_by_week
from orders.states import CSS as ORDER_CSS
from portal.core.formats import day
from portal.core.listing import counts_up_to
from portal.core.templatetags.charts import Bar
from quotes.entries import age_labels
from quotes.models import Quote
from quotes.states import CSS as QUOTE_CSS
from support.models import ProblemReport
from support.queries import figures_of
from workspace.home.scope import Scope

SEVERITY_BARS = {"1": "is-bad", "2": "is-warn", "3": "is-placed", "4": "is-off"}
# The customers whose credit is listed, and up to how many orders of a week are counted.
CREDITS, IN_A_WEEK = 5, 1_000


class Counts:
    """Counts that several parts of the page ask for, made in one statement when first read."""

    def __init__(self) -> None:
        self._asked: list[QuerySet[Any]] = []
        self._found: list[int] | None = None

    def ask(self, queries: Sequence[QuerySet[Any]]) -> slice:
        """Add queries; return where their counts will be."""
        start = len(self._asked)
        self._asked += queries
        return slice(start, len(self._asked))

    def of(self, place: slice) -> list[int]:
        """Return the counts that were asked for."""
        if self._found is None:
            self._found = counts_up_to(self._asked)
        return self._found[place]


def _narrowed(address: str, scope: Scope) -> str:
    return address + scope.query


# A part of the bar: what it is of, how many, the class of its colour, and where these are listed.
Part = tuple[str, int, str, str]


def state_bars(counts: Sequence[int], scope: Scope) -> list[Part]:
    """Return the orders of each state; ``counts`` are those of ``in_each_state``."""
    url = reverse("orders:list")
    return [
        (
            str(Order.State(state).label),
            count,
            ORDER_CSS[state],
            _narrowed(f"{url}?state={state.value}", scope),
        )
        for state, count in zip(IN_BAR, counts, strict=True)
    ]


def _short(week: date) -> str:
    """Return a week's Monday as it is written below a column: 23/11, in the reader's order."""
    return day(week).rpartition(" ")[0]


def week_bars(scope: Scope) -> list[Bar]:
    """Return the orders placed in each of the last twelve weeks."""
    weeks = placed_by_week(scope.orders, now=scope.now, up_to=IN_A_WEEK)
    return [Bar(day(week), count, "is-flow", short=_short(week)) for week, count in weeks]


def age_bars(counts: Sequence[int]) -> list[Bar]:
    """Return the quotes waiting for a customer by age; ``counts`` are those of
    ``waiting_by_age``."""
    css = QUOTE_CSS[Quote.State.SENT]
    return [Bar(label, n, css) for label, n in zip(age_labels(), counts, strict=True)]


def onboarding_bars(
    states: Sequence[tuple[str, str, str, QuerySet[Any]]], counts: Sequence[int]
) -> list[Bar]:
    """Return the customers of each state of onboarding, with a link to them."""
    return [
        Bar(label, count, css, url=url)
        for (label, css, url, _rows), count in zip(states, counts, strict=True)
    ]


def credits_of(scope: Scope) -> list[Customer]:
    """Return the customers whose credit is nearly used up, or the active customer's own."""
    if not scope.person.may("view_prices"):
        return []
    if scope.customer is not None:
        return [scope.customer]
    visible = Customer.objects.visible_to(scope.person)
    fields = ("partner_id", "name", "number", "credit_limit", "credit_committed")
    return list(visible.near_limit().only(*fields)[:CREDITS])


def report_figures(scope: Scope) -> dict[str, Any]:
    """Return the figures of the open problem reports, for people who see reports (REG-33)."""
    if not scope.person.may("view_report"):
        return {}
    figures = figures_of(scope.reports, now=scope.now)
    url = reverse("support:list")
    labels = {
        value: str(label).partition(" – ")[0] for value, label in ProblemReport.Severity.choices
    }
    bars = [
        (
            labels[value],
            count,
            SEVERITY_BARS[value],
            _narrowed(f"{url}?severity={value}", scope),
        )
        for value, count in figures.by_severity.items()
    ]
    return {"reports": figures, "report_bar": bars}
