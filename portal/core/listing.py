"""Sorting and paging of lists, with links that keep the rest of the query string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from django import forms
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

M = TypeVar("M", bound=models.Model)
PAGE_SIZE = 50


# Above this, a list says "more than": counting a big list exactly costs more than its page.
COUNTED = 1_000
LAST_PAGE = 1_000_000


# The name, label and choices of a filter.
Filter = tuple[str, str, Sequence[Any]]


def never_null(expression: Any) -> Any:
    """Mark a sort expression as never NULL, so that an index can be read in both directions."""
    expression.never_null = True
    return expression


def direct(what: Any, *, down: bool) -> Any:
    """Return a term of an ORDER BY for a field's name or an expression; NULL comes last."""
    if isinstance(what, str):
        what = models.F(what)
    elif not hasattr(what, "resolve_expression"):
        what = what()
    last = None if getattr(what, "never_null", False) else True
    return what.desc(nulls_last=last) if down else what.asc(nulls_last=last)


class Sorted:
    """The sort order of a request, and addresses that keep the rest of the query string.

    ``sorts`` maps the names that may follow ``?sort=`` to what they sort by; anything else falls
    back to ``default``. Sorting always applies to the full set.
    """

    def __init__(
        self, request: HttpRequest, *, sorts: Mapping[str, tuple[Any, ...]], default: str
    ) -> None:
        self._query = request.GET.copy()
        asked = request.GET.get("sort", "")
        self.sort = asked if asked.removeprefix("-") in sorts else default
        down = self.sort.startswith("-")
        fields = sorts[self.sort.removeprefix("-")]
        self.ordering = [*(direct(field, down=down) for field in fields), "pk"]

    def url_for(self, sort: str) -> str:
        """Return the address of the same list sorted by ``sort``, starting at its first page."""
        query: QueryDict = self._query.copy()
        query.pop("page", None)
        query["sort"] = sort
        return "?" + query.urlencode()

    @property
    def query(self) -> str:
        """Return the query string without the page, for the links of the pagination."""
        query: QueryDict = self._query.copy()
        query.pop("page", None)
        return query.urlencode()


class Listing(Sorted, Generic[M]):
    """A queryset sorted and paged as the address says, with an exact count."""

    def __init__(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[M],
        *,
        sorts: Mapping[str, tuple[Any, ...]],
        default: str,
        size: int = PAGE_SIZE,
    ) -> None:
        super().__init__(request, sorts=sorts, default=default)
        paginator = Paginator(queryset.order_by(*self.ordering), size)
        self.page: Page[M] = paginator.get_page(request.GET.get("page"))
        self.total = paginator.count

    @property
    def rows(self) -> list[M]:
        """Return the rows of this page."""
        return list(self.page.object_list)


class _CountUpTo(models.Subquery):
    """A count of a query's rows, up to the query's own limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


class _Counted(Paginator[M]):
    """A paginator with a given count, which also knows whether there is a next page."""

    def __init__(self, size: int, total: int, at_least: int) -> None:
        super().__init__([], size)
        self._total, self._at_least = total, at_least

    @property
    def count(self) -> int:
        return self._total

    @property
    def num_pages(self) -> int:
        return max(-(-self._total // self.per_page), self._at_least, 1)

    @property
    def shown_total(self) -> str:
        """Return the total as text; beyond the limit it is not counted."""
        return total_in_words(self._total)


def total_in_words(total: int) -> str:
    """Return ``1,234``, or ``more than 1,000``."""
    if total <= COUNTED:
        return number_format(total, force_grouping=True)
    return _("more than %s") % number_format(COUNTED, force_grouping=True)


class _Shown(Page[M]):
    """A page that ends with its rows, since the count may stop earlier."""

    def end_index(self) -> int:
        return self.paginator.per_page * (self.number - 1) + len(self.object_list)


class BigListing(Sorted, Generic[M]):
    """A Listing for long lists: rows and count come in one statement, and the count is limited."""

    def __init__(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[M],
        *,
        counted: models.QuerySet[M],
        sorts: Mapping[str, tuple[Any, ...]],
        default: str,
        size: int = PAGE_SIZE,
    ) -> None:
        """Sort and page ``queryset``; ``counted`` is the same set without joins and annotations."""
        super().__init__(request, sorts=sorts, default=default)
        upto = _CountUpTo(counted.order_by().values("pk")[: COUNTED + 1])
        ordered = queryset.annotate(list_total=upto).order_by(*self.ordering)
        number = self._number(request.GET.get("page", ""))
        rows = list(ordered[(number - 1) * size : number * size + 1])
        if not rows and number > 1:
            # Beyond the end: show the last page that is counted.
            total = counted.order_by()[: COUNTED + 1].count()
            number = max(-(-min(total, COUNTED) // size), 1)
            rows = list(ordered[(number - 1) * size : number * size + 1])
        self.total: int = rows[0].__dict__["list_total"] if rows else 0
        self.rows = rows[:size]
        paginator: Any = _Counted(size, self.total, number + (len(rows) > size))
        self.page: Page[M] = _Shown(self.rows, number, paginator)

    @staticmethod
    def _number(raw: str) -> int:
        good = raw.isascii() and raw.isdigit() and len(raw) < 8
        return min(max(int(raw), 1), LAST_PAGE) if good else 1

    @property
    def is_counted(self) -> bool:
        return self.total <= COUNTED

    @property
    def total_words(self) -> str:
        return total_in_words(self.total)


def choices_of(form: forms.Form, names: Sequence[str]) -> list[Filter]:
    """Return name, label and choices of a filter form's choice fields, for :func:`filter_tools`."""
    fields = {name: form.fields[name] for name in names}
    return [
        (name, str(field.label), list(cast("Iterable[Any]", field.choices)))
        for name, field in fields.items()
        if isinstance(field, forms.ChoiceField)
    ]


def filter_tools(request: HttpRequest, filters: Sequence[Filter]) -> dict[str, Any]:
    """What ``components/_search_tools.html`` needs: a menu for each filter, and a pill for each
    that is set, which takes it away.

    There is a menu for each filter, and a pill for each that is set, which removes it. A filter is
    (name in the address, label, choices); the first choice means no filter.
    """
    menus: list[dict[str, Any]] = []
    pills: list[dict[str, str]] = []
    keep: list[tuple[str, str]] = []
    for name, label, choices in filters:
        now = request.GET.get(name, "")
        options = []
        for value, text in choices:
            query = request.GET.copy()
            query.pop("page", None)
            query.pop(name, None)
            if value:
                query[name] = str(value)
            url = "?" + query.urlencode()
            options.append({"label": str(text), "url": url, "current": str(value) == now})
            if value and str(value) == now:
                query.pop(name)
                pills.append({"label": label, "value": str(text), "url": "?" + query.urlencode()})
                keep.append((name, now))
        menus.append({"label": label, "options": options})
    if request.GET.get("sort"):
        keep.append(("sort", request.GET["sort"]))
    return {"menus": menus, "pills": pills, "keep": keep}
