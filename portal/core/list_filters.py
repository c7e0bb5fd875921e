"""What stands beside the search box of a list: filters, read from the address and ready to print.

One reader and one panel for every list, so that a page and its export mean the same by an address
(REG-09, REG-10). A value that is not among the choices, or no longer, shows nothing and says so
(USE-14): the whole list would be taken for its answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.formats import sanitize_separators
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core.formats import day
from portal.core.listing import BigListing, Sorted, counts_up_to, short_total, without_place

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the address, its label, and what can be chosen or typed.

    ``kind`` is "choice" (from ``choices``, whose first stands for no filter), "suggest" (from
    ``choices`` or typed), "text", "number", "date" or "named": a text that ``find`` knows as
    (value, name), or not. ``former`` names values that are no longer among the choices.
    """

    name: str
    label: str
    kind: str
    choices: Choices = ()
    # "from" or "to", for the two ends of a range.
    end: str = ""
    former: Choices = ()
    find: Callable[[str], tuple[str, str] | None] | None = None
    menu: bool = False  # has a menu of its own beside the box; all are in the panel
    tabs: Choices = ()  # the choices that have a tab of their own

    def words(self, value: str) -> str:
        """Return what is said of a value that is set."""
        if self.kind == "date":
            return day(dt.date.fromisoformat(value))
        return str(dict([*self.former, *self.choices]).get(value, value))


F = TypeVar("F", bound=Filter)


@dataclass(frozen=True)
class Asked(Generic[F]):
    """What the address asks for: the search, and each filter that is set with its value.

    ``gone`` holds what can't be looked for: a value that nobody can choose any more, or no date.
    """

    text: str
    values: dict[str, str]
    filters: Sequence[F]
    gone: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    # Filters that are not offered any more at all: their names in the address.
    unknown: Sequence[str] = ()

    @property
    def is_set(self) -> bool:
        return bool(self.text or self.values or self.gone or self.unknown)

    @property
    def is_possible(self) -> bool:
        """Return whether there can be a row: not where a filter has no meaning (USE-14)."""
        return not self.gone and not self.unknown

    def pairs(self) -> list[tuple[str, str]]:
        """Return it as it stands in an address, in a fixed order."""
        found = [("q", self.text)] if self.text else []
        both = {**self.values, **self.gone}
        found += [(each.name, both[each.name]) for each in self.filters if each.name in both]
        return found + [(name, "gone") for name in self.unknown]

    def query(self, order: Sorted) -> str:
        """Return search, filters and order: what is saved and what an export is asked by."""
        sort = [] if order.sort == order.default_sort else [("sort", order.sort)]
        return urlencode([*self.pairs(), *sort])

    def set_filters(self) -> Iterator[F]:
        return (each for each in self.filters if each.name in self.values)

    def only(self, name: str) -> str:
        """Return the value of a filter where nothing else is asked for, else ""."""
        alone = not self.text and self.is_possible and list(self.values) == [name]
        return self.values[name] if alone else ""

    def words(self, each: Filter) -> str:
        """Return what is said of the value of a filter that is set."""
        return self.names.get(each.name) or each.words(self.values[each.name])

    @property
    def errors(self) -> list[str]:
        """Return why nothing is shown, a sentence for each filter that has no meaning."""
        by_name = {each.name: each for each in self.filters}
        return [
            *(_why(by_name[name], typed) for name, typed in self.gone.items()),
            *(_("A filter of this address is not there any more.") for _name in self.unknown),
        ]


def _why(each: Filter, typed: str) -> str:
    values = {"label": each.label, "typed": dict(each.former).get(typed, typed)}
    if each.kind in ("choice", "named"):
        return _("%(label)s: “%(typed)s” is not there, or not any more.") % values
    return _("%(label)s: “%(typed)s” can't be searched for.") % values


def typed_text(data: Mapping[str, str], name: str) -> str:
    """Return a parameter without needless blanks and null bytes, at most 200 characters of it."""
    return " ".join(data.get(name, "").replace("\x00", "").split())[:200]


def read_filters(data: Mapping[str, str], filters: Sequence[F]) -> Asked[F]:
    """Return what an address asks for."""
    values: dict[str, str] = {}
    gone: dict[str, str] = {}
    names: dict[str, str] = {}
    for each in filters:
        typed = typed_text(data, each.name)
        if not typed:
            continue
        try:
            values[each.name], names[each.name] = _read(each, typed)
        except ValueError:
            gone[each.name] = typed
    return Asked(typed_text(data, "q"), values, filters, gone, names)


def _read(each: Filter, typed: str) -> tuple[str, str]:
    """Return the value as addresses have it and its name, if it has one; ValueError for none."""
    if each.kind == "choice" and typed not in dict(each.choices):
        raise ValueError(typed)
    if each.kind == "named":
        found = each.find(typed) if each.find is not None else None
        if found is None:
            raise ValueError(typed)
        return found
    if each.kind == "date":
        date = dt.date.fromisoformat(typed)
        if not 1000 <= date.year <= 9000:
            raise ValueError(typed)  # the day after it, or its moment elsewhere, may not exist
        return date.isoformat(), ""
    if each.kind == "number":
        return _number(typed), ""
    return typed, ""


def _number(typed: str) -> str:
    try:
        number = Decimal(str(sanitize_separators(typed)))
    except InvalidOperation as error:
        raise ValueError(typed) from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValueError(typed)
    return f"{number:f}"


def _address(data: QueryDict, *without: str, **values: str) -> str:
    query = without_place(data)
    for name in without:
        query.pop(name, None)
    for name, value in values.items():
        query[name] = value
    return "?" + query.urlencode()


def filter_panel(data: QueryDict, asked: Asked[Any]) -> dict[str, Any]:
    """Return menus and the panel's fields; a pill for each filter that is set, which takes it
    away."""
    # A filter that is set has its pill instead of its menu.
    shown = {**asked.values, **asked.gone}
    menus = [each for each in asked.filters if each.menu and each.name not in shown]
    return {
        "q": asked.text,
        "menus": [_menu(data, each) for each in menus],
        "panel": [_field(asked, each) for each in asked.filters],
        "pills": list(_pills(data, asked)),
        "keep": [(name, value) for name, value in _kept(data, asked) if value],
        # What the panel does not ask for itself.
        "keep_beside": [
            (name, value)
            for name, value in [("q", asked.text), *_kept(data, asked)]
            if value and name not in {each.name for each in asked.filters}
        ],
        "errors": asked.errors,
    }


def _menu(data: QueryDict, each: Filter) -> dict[str, Any]:
    options = [
        {
            "label": label,
            "url": _address(data, each.name, **({each.name: value} if value else {})),
            "current": not value,
        }
        for value, label in each.choices
    ]
    return {"label": each.label, "options": options}


def _pills(data: QueryDict, asked: Asked[Any]) -> Iterator[dict[str, str]]:
    for each in asked.set_filters():
        if asked.values[each.name] in dict(each.tabs):
            continue
        yield {
            "label": each.label,
            "value": asked.words(each),
            "url": _address(data, each.name),
        }
    for each in asked.filters:
        if each.name in asked.gone:
            typed = asked.gone[each.name]
            value = dict(each.former).get(typed, typed)
            yield {"label": each.label, "value": value, "url": _address(data, each.name)}
    for name in asked.unknown:
        yield {"label": _("Filter"), "value": _("not there any more"), "url": _address(data, name)}


def _kept(data: QueryDict, asked: Asked[Any]) -> Iterable[tuple[str, str]]:
    """Return what the search box takes along."""
    return [*((name, value) for name, value in asked.pairs() if name != "q"), _sort(data)]


def _sort(data: QueryDict) -> tuple[str, str]:
    return "sort", data.get("sort", "")


def _options(choices: Choices, now: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SafeString(" selected") if value == now else "", label)
            for value, label in choices
        ),
    )


def _field(asked: Asked[Any], each: Filter) -> dict[str, Any]:
    """Return a label and its control; of the panel alone, so that a page of fifty rows stays
    quick."""
    now = asked.values.get(each.name, asked.gone.get(each.name, ""))
    name = f"filter_{each.name}"
    if each.kind == "choice":
        control = format_html(
            '<select class="form-select" id="{}" name="{}">{}</select>',
            name,
            each.name,
            _options(each.choices, now),
        )
        return {"id": name, "label": each.label, "control": control}
    kind = {"date": "date", "number": "text"}.get(each.kind, "text")
    more: SafeString | str = SafeString(' inputmode="decimal"') if each.kind == "number" else ""
    suggested: SafeString | str = ""
    if each.kind == "suggest":
        more = format_html(' list="{}_list"', name)
        values = format_html_join(
            "", '<option value="{}">', ((value,) for value, _ in each.choices)
        )
        suggested = format_html('<datalist id="{}_list">{}</datalist>', name, values)
    control = format_html(
        '<input class="form-control" id="{}" name="{}" type="{}" value="{}" maxlength="200"{}>{}',
        name,
        each.name,
        kind,
        now,
        more,
        suggested,
    )
    return {"id": name, "label": each.label, "control": control}


def refuse_export(request: HttpRequest, asked: Asked[Any], url: str) -> HttpResponse:
    """Lead back to the list with the reason why there is no file (USE-14)."""
    for error in asked.errors:
        messages.error(request, _("There is no file. %s") % error)
    return redirect(f"{url}?{urlencode(asked.pairs())}")


def list_context(asked: Asked[Any], listing: BigListing[Any], data: QueryDict) -> dict[str, Any]:
    """Return what the parts of a list's page in ``components/`` need."""
    return {
        "listing": listing,
        "page": listing.page,
        "query": listing.query,
        "show_all_url": listing.show_all_url,
        "is_filtered": asked.is_set,
        "settings_query": asked.query(listing),
        **filter_panel(data, asked),
    }


def counts_of_tabs(
    asked: Asked[Any], all_rows: models.QuerySet[Any], name: str
) -> list[int] | None:
    """Return how many rows there are, of all and of each choice of the filter that the tabs set.

    Each is counted up to the limit, all in one statement. None where more is asked for: the counts
    would be of something else, and a search is not made anew for each tab.
    """
    if asked.text or asked.gone or any(each.name != name for each in asked.set_filters()):
        return None
    (tabbed,) = (each for each in asked.filters if each.name == name)
    each_value = (value for value, _label in tabbed.tabs)
    return counts_up_to([all_rows, *(all_rows.filter(**{name: value}) for value in each_value)])


def tabs_of(
    data: QueryDict, asked: Asked[Any], name: str, counts: list[int] | None
) -> list[dict[str, Any]]:
    """Return the tabs of a list: all, then a tab for each value of one filter."""
    (tabbed,) = (each for each in asked.filters if each.name == name)
    now = asked.values.get(name, asked.gone.get(name, ""))
    choices = [("", _("All")), *tabbed.tabs]
    return [
        {
            "label": label,
            "url": _address(data, name, **({name: value} if value else {})),
            "current": value == now,
            "count": short_total(counts[place]) if counts is not None else None,
        }
        for place, (value, label) in enumerate(choices)
    ]
