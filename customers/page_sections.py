"""Sections of the customer's page that other apps fill (REG-01, REG-12).

The register does not import orders and quotes; each registers its sections here when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise

from customers.http import CustomerRequest
from portal.accounts.models import Membership
from portal.core.listing import Sorted

M = TypeVar("M", bound=models.Model)
# Rows of each kind that are shown at first; all are shown on request (REG-14).
SHOWN = 10
PRICED = frozenset({"each", "monthly", "one_off"})


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page: a template, which gets ``context`` as ``section``.

    ``anchor`` is the id of its heading, ``label`` its entry in the menu of the page (REG-44).
    """

    template: str
    anchor: str
    label: str | Promise
    context: dict[str, Any] = field(default_factory=dict)


Builder = Callable[[CustomerRequest], Section | None]
_builders: list[tuple[int, Builder]] = []


def add_section(builder: Builder, *, position: int) -> None:
    """Add a section to every customer's page; a second time has no effect.

    ``builder`` returns the section of a request, or None to show nothing. Sections are shown in the
    order of ``position``, the lowest first.
    """
    if (position, builder) not in _builders:
        _builders.append((position, builder))
        _builders.sort(key=lambda each: each[0])


def sections_of(request: CustomerRequest) -> list[Section]:
    """Return the sections that this person sees of the request's customer."""
    built = (builder(request) for _position, builder in _builders)
    return [section for section in built if section is not None]


def shows_all(request: HttpRequest, name: str) -> bool:
    """Return whether all rows of the section ``name`` were asked for (REG-14)."""
    return name in request.GET.getlist("all")


def show_all_url(request: HttpRequest, name: str) -> str:
    """Return the address that shows all rows of ``name``, and the other lists as they are."""
    query = request.GET.copy()
    query.appendlist("all", name)
    return f"?{query.urlencode()}#c-{name}"


def sorts_for(person: Membership, sorts: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    """Return what the person may sort by: an order by price would tell the prices (D11)."""
    prices = person.may("view_prices")
    return {name: terms for name, terms in sorts.items() if prices or name not in PRICED}


class PageSorted(Sorted):
    """The order of one of several lists of the page, in a parameter of its own (REG-13).

    The links lead back to the list's heading, ``c-`` and its name.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        name: str,
        model: type[models.Model],
        sorts: Mapping[str, tuple[Any, ...]],
        default: str,
    ) -> None:
        parameter = f"{name}-by"
        super().__init__(request, model=model, sorts=sorts, default=default, parameter=parameter)
        self._anchor = f"c-{name}"

    def url_for(self, sort: str) -> str:
        """Return the address of the page with this list sorted by ``sort``."""
        return f"{super().url_for(sort)}#{self._anchor}"


class PageList(PageSorted, Generic[M]):
    """A list of the page: its first ten rows or all, and how many there are, in one statement."""

    def __init__(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[M],
        *,
        name: str,
        sorts: Mapping[str, tuple[Any, ...]],
        default: str,
    ) -> None:
        super().__init__(request, name=name, model=queryset.model, sorts=sorts, default=default)
        total = models.Window(models.Count("*"))
        found = queryset.annotate(list_total=total).order_by(*self.ordering)
        self.rows = list(found if shows_all(request, name) else found[:SHOWN])
        self.total: int = self.rows[0].__dict__["list_total"] if self.rows else 0
        has_more = self.total > len(self.rows)
        self.show_all_url = show_all_url(request, name) if has_more else ""
