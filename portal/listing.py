"""One small helper for all lists: sorting by headings, paging, and links that keep the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, QueryDict

M = TypeVar("M", bound=models.Model)
PAGE_SIZE = 50


class Listing(Generic[M]):
    """A queryset sorted and cut as the address says.

    ``sorts`` maps the names that may stand in ``?sort=`` to the fields they sort by; anything
    else in the address falls back to ``default``. Sorting always sorts the full set.
    """

    def __init__(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[M],
        *,
        sorts: Mapping[str, tuple[Any, ...]],
        default: str,
        size: int = PAGE_SIZE,
    ) -> None:
        self._query = request.GET.copy()
        asked = request.GET.get("sort", "")
        self.sort = asked if asked.lstrip("-") in sorts else default
        fields = sorts[self.sort.lstrip("-")]
        down = self.sort.startswith("-")
        ordering = [self._direct(field, down) for field in fields]
        paginator = Paginator(queryset.order_by(*ordering, "pk"), size)
        self.page: Page[M] = paginator.get_page(request.GET.get("page"))
        self.total = paginator.count

    @staticmethod
    def _direct(field: Any, down: bool) -> Any:
        if isinstance(field, str):
            field = models.F(field)
        return field.desc(nulls_last=True) if down else field.asc(nulls_last=True)

    @property
    def rows(self) -> list[M]:
        """The rows of this page."""
        return list(self.page.object_list)

    def url_for(self, sort: str) -> str:
        """The address of the same list sorted by ``sort``, from its first page."""
        query: QueryDict = self._query.copy()
        query.pop("page", None)
        query["sort"] = sort
        return "?" + query.urlencode()

    @property
    def query(self) -> str:
        """The address' filters without the page, for the links of the pagination."""
        query: QueryDict = self._query.copy()
        query.pop("page", None)
        return query.urlencode()


def filter_tools(
    request: HttpRequest, filters: Sequence[tuple[str, str, Sequence[tuple[Any, Any]]]]
) -> dict[str, Any]:
    """What ``components/_search_tools.html`` needs: a menu for each filter, and a pill for each
    that is set, which takes it away.

    A filter is (name in the address, label, choices); the first choice is the one of no filter.
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
