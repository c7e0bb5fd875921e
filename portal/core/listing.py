"""Sorting and paging of lists, with links that keep the rest of the query string.

A page deep in a list is found by the key of the row before it, not by counting rows off: its cost
does not depend on how deep it is (SPEED-07).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db import connection, models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Collate, Lower
from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portal.core.list_places import Place, beyond_all

M = TypeVar("M", bound=models.Model)
PAGE_SIZE = 50
# More than this on one page is what the export is for (REG-14).
SHOW_ALL = 1_000

# Above this, a list says "more than": counting a big list exactly costs more than its page.
COUNTED = 1_000
LAST_PAGE = 1_000_000
# What says which page of a list is meant; a link to another sort or filter leaves it out.
PLACE = ("page", "after", "before")
SALT = "portal.core.listing"


def _name(field: models.F) -> str:
    name: str = field.__dict__["name"]
    return name


def can_be_null(what: object, model: type[models.Model]) -> bool:
    """Return whether a sort expression can be NULL, as the model has it.

    Where it can't, the order has no NULLS LAST, which no index of ours could serve.
    """
    if isinstance(what, models.F):
        return _field_can_be_null(_name(what), model)
    if isinstance(what, Collate | Lower | CombinedExpression):
        return any(can_be_null(each, model) for each in what.get_source_expressions())
    return True


def _field_can_be_null(path: str, model: type[models.Model]) -> bool:
    at: Any = model
    for name in path.split("__"):
        try:
            field = at._meta.get_field(name)
        except FieldDoesNotExist:
            return name != "pk"
        if field.null:
            return True
        at = field.related_model
    return False


def without_place(query: QueryDict) -> QueryDict:
    """Return a copy of a query string that leads to the first page."""
    found: QueryDict = query.copy()
    for name in PLACE:
        found.pop(name, None)
    return found


class Sorted:
    """The sort order of a request, and addresses that keep the rest of the query string.

    ``sorts`` maps the names that may follow ``?sort=`` (or another ``parameter``) to what they sort
    by; anything else falls back to ``default``. Sorting always applies to the full set. All terms
    have one direction, the primary key at the end too, so that an index can be read in both.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        model: type[models.Model],
        sorts: Mapping[str, tuple[Any, ...]],
        default: str,
        parameter: str = "sort",
    ) -> None:
        self._query, self._parameter, self.sorts = request.GET, parameter, sorts
        asked = request.GET.get(parameter, "")
        self.sort = asked if asked.removeprefix("-") in sorts else default
        self.default_sort = default
        self.down = self.sort.startswith("-")
        fields = sorts[self.sort.removeprefix("-")]
        self.terms = [self._expression(field) for field in fields]
        self._null = [can_be_null(term, model) for term in self.terms]
        self.ordering = self._order(down=self.down)

    @staticmethod
    def _expression(what: object) -> Any:
        if isinstance(what, str):
            return models.F(what)
        return what() if callable(what) else what

    def _order(self, *, down: bool, back: bool = False) -> list[Any]:
        """Return the terms of the order; rows without a value come last, read backwards first."""
        terms: list[Any] = []
        for term, null in zip(self.terms, self._null, strict=True):
            where = {"nulls_first" if back else "nulls_last": True} if null else {}
            terms.append(term.desc(**where) if down else term.asc(**where))
        return [*terms, "-pk" if down else "pk"]

    def url_for(self, sort: str) -> str:
        """Return the address of the same list sorted by ``sort``, starting at its first page."""
        query = without_place(self._query)
        query[self._parameter] = sort
        return "?" + query.urlencode()

    @property
    def query(self) -> str:
        """Return the query string without the page, for the links of the pagination."""
        return without_place(self._query).urlencode()


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
        super().__init__(request, model=queryset.model, sorts=sorts, default=default)
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


def short_total(total: int, most: int = 0) -> str:
    """Return ``1,234``, or ``1,000+`` where it was not counted to the end.

    ``most`` is up to how many were counted, if that is not ``COUNTED``.
    """
    most = most or COUNTED
    shown = number_format(min(total, most), force_grouping=True)
    return shown if total <= most else f"{shown}+"


def counts_up_to(queries: Sequence[models.QuerySet[Any]], *, up_to: int | None = None) -> list[int]:
    """Count several queries in one statement, each up to one more than is counted (SPEED-05).

    A query with a limit of its own is counted up to that.
    """
    parts: list[str] = []
    values: list[Any] = []
    for place, query in enumerate(queries):
        bare = query if query.query.is_sliced else query.order_by()
        counted = bare.values("pk")[: COUNTED + 1].query
        if counted.is_empty():
            continue
        sql, params = counted.sql_with_params()
        parts.append(f"SELECT {place}, COUNT(*) FROM ({sql}) counted")  # noqa: S608  by the ORM
        values += params
    found: dict[int, int] = {}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            found = dict(cursor.fetchall())
    return [found.get(place, 0) for place in range(len(queries))]


def counts_between(
    query: models.QuerySet[Any], field: str, bounds: Sequence[dt.datetime], *, up_to: int
) -> list[int]:
    """Count a query's rows from each moment of ``bounds`` to the next, in one statement, each up to
    one more than ``up_to`` (SPEED-05); ``field`` is the moment that is compared."""
    found = query.order_by().values(field).query
    if found.is_empty():
        return [0] * (len(bounds) - 1)
    sql, params = found.sql_with_params()
    counted = f"""
        SELECT (SELECT COUNT(*) FROM (
                SELECT 1 FROM ({sql}) found
                 WHERE found.{field} >= w.begins AND found.{field} < w.ends LIMIT %s) counted)
          FROM unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY w(begins, ends, place)
         ORDER BY w.place
    """  # noqa: S608  by the ORM
    with connection.cursor() as cursor:
        cursor.execute(counted, [*params, up_to + 1, list(bounds[:-1]), list(bounds[1:])])
        return [count for (count,) in cursor.fetchall()]


class _Shown(Page[M]):
    """A page that ends with its rows, since the count may stop earlier.

    ``next_key`` and ``previous_key`` are added to the links of the pages beside it; pages after
    ``last_by_number`` are reached by them alone.
    """

    next_key = previous_key = ""
    last_by_number = 0

    def end_index(self) -> int:
        return self.paginator.per_page * (self.number - 1) + len(self.object_list)


class BigListing(Sorted, Generic[M]):
    """A Listing for long lists: rows and count come in one statement, the count is limited, and
    the pages beyond it are reached one by one, each by the key of the row beside it."""

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
        super().__init__(request, model=queryset.model, sorts=sorts, default=default)
        upto = _CountUpTo(counted.order_by().values("pk")[: COUNTED + 1])
        self._size = size
        self._keys = [_Key(term) for term in self.terms]
        read = {f"list_key_{i}": key.term for i, key in enumerate(self._keys) if not key.attribute}
        self._queryset = queryset.annotate(list_total=upto, **read)
        number, rows, more = self._fetch(request.GET)
        if not rows and number > 1:
            # Beyond the end: show the last page that is counted.
            total = counted.order_by()[: COUNTED + 1].count()
            number, rows, more = self._at(max(-(-min(total, COUNTED) // size), 1))
        self.total: int = rows[0].__dict__["list_total"] if rows else 0
        self.rows = rows
        paginator: Any = _Counted(size, self.total, number + more)
        page: _Shown[M] = _Shown(rows, number, paginator)
        if rows:
            page.last_by_number = self._last_by_number
            page.next_key = f"&after={self._key_of(rows[-1])}" if more else ""
            page.previous_key = f"&before={self._key_of(rows[0])}" if number > 1 else ""
        self.page: Page[M] = page

    def _fetch(self, asked: QueryDict) -> tuple[int, list[M], bool]:
        number = self._number(asked.get("page", ""))
        for name in ("after", "before"):
            values = self._values(asked.get(name, ""))
            if values is not None and number > 1:
                rows, more = self._beside(values, back=name == "before")
                if rows:
                    return number, rows, more
                number = 1 if name == "before" else number
        return self._at(min(number, self._last_by_number))

    @property
    def _last_by_number(self) -> int:
        return COUNTED // self._size + 1

    def _at(self, number: int) -> tuple[int, list[M], bool]:
        """Return a page by its number, by counting the rows before it off."""
        size = self._size
        ordered = self._queryset.order_by(*self.ordering)
        rows = list(ordered[(number - 1) * size : number * size + 1])
        return number, rows[:size], len(rows) > size

    def _beside(self, values: list[Any], *, back: bool) -> tuple[list[M], bool]:
        """Return the rows after the one with these values, or those before it."""
        down = self.down != back
        aliases = {f"list_at_{i}": key.term for i, key in enumerate(self._keys)}
        keyed = self._queryset.alias(**aliases)
        places = [
            Place(name, keyed.query.annotations[name].output_field, value, null)
            for name, value, null in zip(aliases, values, self._null, strict=False)
        ]
        places.append(Place("pk", self._queryset.model._meta.pk, values[-1], null=False))
        found = keyed.filter(beyond_all(places, down=down, back=back))
        rows = list(found.order_by(*self._order(down=down, back=back))[: self._size + 1])
        if back:
            # Fewer than a page are there: the first page has them and what follows.
            return (rows[: self._size][::-1], True) if len(rows) >= self._size else ([], False)
        return rows[: self._size], len(rows) > self._size

    def _key_of(self, row: M) -> str:
        found = [row.__dict__[key.attribute or f"list_key_{i}"] for i, key in enumerate(self._keys)]
        return signing.dumps([self.sort, *(_plain(each) for each in (*found, row.pk))], salt=SALT)

    def _values(self, key: str) -> list[Any] | None:
        """Return the values of a key that was made for this sort; None for anything else."""
        if not key:
            return None
        try:
            sort, *values = signing.loads(key, salt=SALT)
        except (signing.BadSignature, ValueError):
            return None
        return values if sort == self.sort and len(values) == len(self._keys) + 1 else None

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

    @property
    def show_all_url(self) -> str:
        """Return the address of all rows on one page while they fit there (REG-14), else ""."""
        if not (self.is_counted and self._size < self.total <= SHOW_ALL):
            return ""
        query = without_place(self._query)
        query["all"] = "1"
        return "?" + query.urlencode()


class _Key:
    """A term of the order, and the attribute of the row that has its value, if one has."""

    def __init__(self, term: Any) -> None:
        self.term = term
        inner = term.get_source_expressions()[0] if isinstance(term, Collate) else term
        name = _name(inner) if isinstance(inner, models.F) else ""
        self.attribute = "" if "__" in name else name


def _plain(value: object) -> object:
    """Return a value as JSON has it, without losing a microsecond or a cent."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return (
        value if value is None or isinstance(value, bool | int | float | str | list) else str(value)
    )


def page_size(query: QueryDict) -> int:
    """Return how many rows a page has: all that fit where "Show all" was pressed (REG-14)."""
    return SHOW_ALL if query.get("all") == "1" else PAGE_SIZE
