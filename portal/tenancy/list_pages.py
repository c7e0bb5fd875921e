"""A list as a page and as a file, from one description: what is asked for, rows and columns.

Orders, quotes and e-mails are lists of this kind: whatever the page shows, the file has (REG-10).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.list_columns import (
    Column,
    Names,
    choices_of,
    chosen_columns,
    needs_of,
    rows_of,
    sorts_of,
)
from portal.core.list_filters import (
    Asked,
    Filter,
    counts_of_tabs,
    list_context,
    refuse_export,
    tabs_of,
)
from portal.core.listing import BigListing, Sorted, page_size
from portal.tenancy.context import within_days
from portal.tenancy.downloads import download, file_columns
from portal.tenancy.models import Partner

M = TypeVar("M", bound=models.Model)
Q = TypeVar("Q", bound=models.QuerySet[Any])
Choices = Iterable[tuple[str, str]]


def state_filter(states: type[models.TextChoices], tabs: Sequence[models.TextChoices]) -> Filter:
    """Return the filter by state, of which some have a tab."""
    choices = [("", _("Any state")), *((each.value, str(each.label)) for each in states)]
    with_tab = [(each.value, str(each.label)) for each in tabs]
    return Filter("state", _("State"), "choice", choices, tabs=with_tab)


def written_filters() -> list[Filter]:
    """Return the filters by the day on which something was written."""
    return [
        Filter("from", _("Written from"), "date", end="from"),
        Filter("to", _("Written until"), "date", end="to"),
    ]


def narrowed(found: Q, asked: Asked[Filter], *names: str) -> Q:
    """Return what the filters of all lists leave: the choices in ``names``, customer and days.

    A filter whose value has no meaning leaves nothing (USE-14).
    """
    if not asked.is_possible:
        return found.none()
    values = asked.values
    chosen = {name: values[name] for name in names if name in values}
    if "customer" in values:
        chosen["customer_id"] = values["customer"]
    days = within_days("created_at", values.get("from", ""), values.get("to", ""))
    return found.filter(days, **chosen)


def _nothing(rows: Iterable[Any]) -> Names:
    return {}


@dataclass(frozen=True)
class ListOf(Generic[M]):
    """A list as an address asks for it.

    ``found`` are the rows that match, ``fields`` all that any column reads of them, ``beside``
    looks up for the rows of a page what they don't hold.
    """

    name: str  # in names of files, and of what is saved for the list
    title: str
    page: str
    default: str
    asked: Asked[Filter]
    found: models.QuerySet[M]
    offered: Sequence[Column[M]]
    wanted: Sequence[str] | None
    fields: Sequence[str]
    joins: Sequence[str] = ()
    beside: Callable[[Iterable[Any]], Names] = _nothing
    tabbed: str = "state"  # the filter whose choices are tabs

    @property
    def columns(self) -> list[Column[M]]:
        return chosen_columns(self.offered, self.wanted)

    @property
    def sorts(self) -> Mapping[str, tuple[Any, ...]]:
        return sorts_of(self.offered)

    def _shown(self, found: models.QuerySet[M]) -> models.QuerySet[M]:
        """Return the rows with all that is shown of them, in one statement."""
        joined = found.select_related(*self.joins) if self.joins else found
        shown: models.QuerySet[M] = joined.only(*self.fields).annotate(**needs_of(self.columns))
        return shown

    def context(
        self, request: HttpRequest, found: models.QuerySet[M], all_rows: models.QuerySet[Any]
    ) -> dict[str, Any]:
        """Return what the templates of a list need of a page of ``found``; the tabs count
        ``all_rows``."""
        counts = counts_of_tabs(self.asked, all_rows, self.tabbed)
        listing = BigListing(
            request,
            self._shown(found),
            counted=found,
            sorts=self.sorts,
            default=self.default,
            size=page_size(request.GET),
        )
        return {
            **list_context(self.asked, listing, request.GET),
            "rows": rows_of(listing.rows, self.columns, self.beside(listing.rows)),
            "columns": self.columns,
            "offered": choices_of(self.offered, self.columns),
            "tabs": tabs_of(request.GET, self.asked, self.tabbed, counts),
            "all_total": counts[0] if counts else listing.total,
        }

    def file(self, request: HttpRequest, partner: Partner, at: dt.datetime) -> HttpResponseBase:
        """Return the rows of all pages with the columns shown, or the reason why there is none."""
        if not self.asked.is_possible:
            return refuse_export(request, self.asked, reverse(self.page))
        names: dict[Any, Any] = {}

        def look_up(rows: Sequence[M]) -> None:
            names.clear()
            names.update(self.beside(rows))

        order = Sorted(request, model=self.found.model, sorts=self.sorts, default=self.default)
        return download(
            self._shown(self.found).order_by(*order.ordering),
            file_columns(self.columns, names),
            kind=request.GET.get("format", ""),
            name=self.name,
            title=self.title,
            partner=partner,
            at=at,
            look_up=look_up,
        )
