"""The columns of a list: heading, order, cell and what a file has, in one description (REG-11).

Cells are put together here, since templates are slow at fifty rows; each is escaped.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.core.formats import amount, day, plain_number

LONGEST_TEXT = 80
NUMBERS = re.compile(r"\b(?:[A-Z]-)?\d{4}-\d+\b")
R = TypeVar("R")
# The value of a cell: written to a file as it is, shown on a page as text.
Value = str | int | float | Decimal | dt.date | bool | None
# What is not on the row itself: names by id, looked up for all rows of a page at once.
Names = Mapping[Any, Any]
Cell = Callable[[R], str]


@dataclass(frozen=True)
class Detail(Generic[R]):
    """A second line in a cell; a file has it as a column of its own."""

    label: str | Promise
    value: Callable[[R, Names], Value]
    width: int = 18


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column of a list; ``value`` gets the row and the names."""

    name: str
    label: str | Promise
    value: Callable[[R, Names], Value]
    sort: tuple[Any, ...] = ()  # without one, the heading is no link
    standard: bool = False
    always: bool = False  # it heads the row, and can't be taken away
    css: str = "k-long"
    needs: Mapping[str, Any] = field(default_factory=dict)  # annotations of the rows
    unit: str = ""
    width: int = 18  # in a file
    detail: Detail[R] | None = None
    url: Callable[[R, Names], str] | None = None
    sign: Callable[[R], str] | None = None  # the colour of a state
    words: Callable[[R], str] | None = None  # what a page shows, where it is not the value
    numbers: bool = False  # the text names orders and quotes, whose numbers stay whole

    @property
    def file_label(self) -> str:
        """Return the heading in a file, with the unit, since the cells are bare numbers there."""
        return f"{self.label}, {self.unit}" if self.unit else str(self.label)


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """A row of a list; ``cells`` are the chosen columns as HTML."""

    id: UUID
    source: R
    cells: SafeString


C = TypeVar("C", bound=Column[Any])


def annotated(row: object, name: str) -> Any:
    """Return a value that the list's query added to the row."""
    return row.__dict__[name]


def chosen_columns(offered: Iterable[C], wanted: Sequence[str] | None) -> list[C]:
    """Return the columns that somebody sees: those they chose, or the standard ones.

    What heads a row is always among them; a name that is not offered any more is passed over.
    """
    if wanted is None:
        return [column for column in offered if column.standard or column.always]
    return [column for column in offered if column.always or column.name in wanted]


def choices_of(
    offered: Iterable[Column[Any]], shown: Iterable[Column[Any]]
) -> list[dict[str, Any]]:
    """Return what the menu of columns offers, with what is shown ticked."""
    names = {column.name for column in shown}
    return [
        {
            "name": each.name,
            "label": each.label,
            "on": each.name in names,
            "custom": getattr(each, "custom", None),
        }
        for each in offered
        if not each.always
    ]


def sorts_of(offered: Iterable[Column[Any]]) -> dict[str, tuple[Any, ...]]:
    """Return the orders that an address may ask for: one for each column, shown or not."""
    return {column.name: column.sort for column in offered if column.sort}


def needs_of(columns: Iterable[Column[Any]]) -> dict[str, Any]:
    """Return the annotations without which these columns have nothing to show."""
    return {name: make() for column in columns for name, make in column.needs.items()}


def rows_of(rows: Iterable[Any], columns: Sequence[Column[Any]], names: Names) -> list[Row[Any]]:
    """Return the rows without a query: what they show was loaded with them."""
    cells = [cell_of(column, names) for column in columns]
    return [Row(row.pk, row, join_cells(cells, row)) for row in rows]


def join_cells(cells: Iterable[Cell[Any]], row: object) -> SafeString:
    """Return the cells of a row; each is escaped where it is made."""
    return mark_safe("".join(cell(row) for cell in cells))  # noqa: S308


def whole_numbers(text: str) -> SafeString:
    """Return the text with its numbers of orders and quotes kept from breaking at a hyphen."""
    whole = NUMBERS.sub(r'<span class="k-nowrap">\g<0></span>', escape(text))
    return SafeString(whole)


def shown_words(value: Value) -> str:
    """Return a cell's value as text for people."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1].rstrip() + "…"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return amount(value)
    return day(value) if isinstance(value, dt.date) else plain_number(value)


def cell_of(column: Column[Any], names: Names) -> Cell[Any]:
    """Return what makes the cells of a column."""
    inner = _content(column, names)
    if column.always:
        return lambda row: f'<th scope="row">{inner(row)}</th>'
    # On a phone a row is shown as a card, in which each visible cell needs its label.
    quiet = "k-sm-hide" in column.css or "k-corner" in column.css
    label = "" if quiet else f' data-label="{escape(column.file_label)}"'
    start = f'<td class="{column.css}"{label}>' if column.css else f"<td{label}>"
    if column.sign is not None:
        sign = column.sign
        return lambda row: f'{start}<span class="k-state {sign(row)}">{inner(row)}</span></td>'
    return lambda row: f"{start}{inner(row)}</td>"


def _content(column: Column[Any], names: Names) -> Cell[Any]:
    """Return what stands within a cell: the value, as a link if it has one, and a second line."""
    value, words, url, detail = column.value, column.words, column.url, column.detail
    safe = whole_numbers if column.numbers else escape
    strong = ' class="k-strong k-nowrap"' if column.always and not column.css else ""

    def content(row: object) -> str:
        text = safe(words(row) if words is not None else shown_words(value(row, names)))
        address = url(row, names) if url is not None else ""
        first = f'<a{strong} href="{escape(address)}">{text}</a>' if address else text
        below = shown_words(detail.value(row, names)) if detail is not None else ""
        sub = f'<span class="k-sub">{escape(below)}</span>' if below else ""
        return f"<span>{first}{sub}</span>" if sub and not column.always else first + sub

    return content
