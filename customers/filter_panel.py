"""The controls beside the search box of the list of customers, ready to print (REG-09)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from customers.finding import Asked, Filter
from customers.list_setup import ListSetup

# The filters with a menu of their own; all are in the panel.
MENUS = ("assigned", "type", "state")


def _address(data: QueryDict, *without: str, **values: str) -> str:
    query = data.copy()
    for name in ("page", *without):
        query.pop(name, None)
    for name, value in values.items():
        query[name] = value
    return "?" + query.urlencode()


def filter_panel(data: QueryDict, asked: Asked, setup: ListSetup) -> dict[str, Any]:
    """Return the template's context: menus, the panel's fields, and the filters that are set.

    Each filter that is set is a pill with a link that removes it.
    """
    # A filter that is set has its pill instead of its menu.
    on = {each.name for each in asked.set_filters()}
    menus = [each for each in asked.filters if each.name in MENUS and each.name not in on]
    return {
        "q": asked.text,
        "menus": [_menu(data, asked, each) for each in menus],
        "panel": [_field(asked, each) for each in asked.filters],
        "pills": list(_pills(data, asked)),
        "keep": [(name, value) for name, value in _kept(data, asked) if value],
    }


def _menu(data: QueryDict, asked: Asked, each: Filter) -> dict[str, Any]:
    now = asked.values.get(each.name, "")
    options = [
        {
            "label": label,
            "url": _address(data, each.name, **({each.name: value} if value else {})),
            "current": value == now,
        }
        for value, label in each.choices
    ]
    return {"label": each.label, "options": options}


def _pills(data: QueryDict, asked: Asked) -> Iterator[dict[str, str]]:
    for each in asked.set_filters():
        words = each.words(asked.values[each.name])
        yield {"label": each.label, "value": words, "url": _address(data, each.name)}


def _kept(data: QueryDict, asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield the names and values that the search form keeps: the filters and the order."""
    yield from asked.values.items()
    yield "sort", data.get("sort", "")


def _options(choices: list[tuple[str, str]], now: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SafeString(" selected") if value == now else "", label)
            for value, label in choices
        ),
    )


def _field(asked: Asked, each: Filter) -> dict[str, Any]:
    """Return a filter of the panel as label and control.

    Only the panel's fields are rendered, and without Django's forms: a page of fifty rows stays
    quick.
    """
    now, name = asked.values.get(each.name, ""), f"filter_{each.name}"
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
