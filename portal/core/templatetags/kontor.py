"""Tags and filters of the design system. Built in for every template: no `{% load %}` needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet
from django.template import Context
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.finding import Wanted
from portal.core.form_rendering import KontorBoundField
from portal.core.formats import amount
from portal.core.formats import day as day_words
from portal.core.list_columns import whole_numbers
from portal.core.listing import short_total as counted_total

register = template.Library()


class Listing(Protocol):
    """What a sortable list offers to its headings."""

    sorts: Mapping[str, Any]
    sort: str

    def url_for(self, sort: str) -> str:
        """Return the query string of the same list in another order, with its question mark."""


# Icons and badges


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: str = "") -> SafeString:
    """Render an icon of the sprite: `{% icon "check" %}`, small `{% icon "check" "s" %}`.

    Cached in the process for each name, since a page shows some thirty icons.
    """
    css = f"icon icon-{size}" if size else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        css,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def nav_link(item: Mapping[str, object]) -> SafeString:
    """Render an item of a menu: a page has thirty, which took a fifth of its time as templates."""
    count: str = ""
    if item.get("count"):
        label = item.get("count_label")
        hidden = format_html('<span class="visually-hidden"> {}</span>', label) if label else ""
        css = "k-count k-count-bad" if item.get("count_bad") else "k-count"
        count = format_html(' <span class="{}">{}{}</span>', css, item["count"], hidden)
    mark = icon(str(item["icon"])) if item.get("icon") else ""
    link = '<a href="{}" aria-current="page">{} {}{}</a>'
    if not item.get("current"):
        link = '<a href="{}">{} {}{}</a>'
    return format_html(link, item["url"], mark, item["label"], count)


@register.simple_tag
def state(css: str, label: object) -> SafeString:
    """Render a state as a dot and a word. css is "", is-placed, is-asked, is-taken, is-live, is-ok,
    is-warn, is-bad or is-off."""
    return format_html('<span class="{}">{}</span>', f"k-state {css}".strip(), label)


@register.simple_tag
def tag(css: str, label: object) -> SafeString:
    """Render a tag: css is "", is-accent, is-ok, is-warn or is-bad."""
    return format_html('<span class="{}">{}</span>', f"k-tag {css}".strip(), label)


@register.simple_tag
def marked(wanted: Wanted, text: str) -> SafeString:
    """Render a text with the letters that a search found inside <mark> (REG-36)."""
    parts = (
        (format_html("<mark>{}</mark>", piece) if is_hit else piece,)
        for piece, is_hit in wanted.pieces(text)
    )
    return format_html_join("", "{}", parts)


@register.inclusion_tag("components/_meter.html")
def meter(percent: int | Decimal, label: str) -> dict[str, object]:
    """Show how much of something is used: a bar and the figure. Amber from 80 per cent."""
    whole = int(percent)
    return {"percent": whole, "shown": min(max(whole, 0), 100), "label": label, "high": whole >= 80}


# Blocks


@register.simple_block_tag
def note(content: str, css: str = "") -> SafeString:
    """Render a note beside the content: `{% note "is-warn" %}text{% endnote %}`."""
    name = {"is-warn": "alert-triangle", "is-bad": "alert-circle", "is-ok": "circle-check"}
    return format_html(
        '<div class="{}">{}<div>{}</div></div>',
        f"k-note {css}".strip(),
        icon(name.get(css, "info-circle")),
        SafeString(content.strip()),
    )


@register.simple_block_tag(takes_context=True)
def dialog(
    context: Context,
    content: str,
    id: str,
    title: object,
    action: str = "",
    submit: object = "",
    danger: bool = False,
    cancel: object = "",
    name: str = "",
    value: str = "",
) -> str:
    """Render a dialog that asks before an action, opened by an element with `data-dialog="<id>"`.

    The content goes between the title and the buttons, inside the form that posts to `action`, so
    it may hold fields. Without scripts the opener is a link to a page that asks the same.
    """
    return render_to_string(
        "components/_dialog.html",
        {
            "id": id,
            "title": title,
            "body": SafeString(content),
            "action": action,
            "submit": submit,
            "danger": danger,
            "cancel": cancel,
            "name": name,
            "value": value,
            "csrf_token": context.get("csrf_token"),
        },
    )


# Forms


@register.simple_tag
def field(bound: KontorBoundField, width: str = "") -> SafeString:
    """Render a field with label, hint and errors; width is f-2, f-3, f-4 or f-6 of six columns."""
    bound.width = width
    return SafeString(bound.as_field_group())


class FormError(NamedTuple):
    """A line of the error summary: the message, and the id of the field it is about."""

    text: str
    anchor: str


@register.simple_tag
def collect_errors(*parts: BaseForm | BaseFormSet[Any] | str | None) -> list[FormError]:
    """Return every error of the forms and formsets, those without a field first."""
    general: list[FormError] = []
    by_field: list[tuple[str, FormError]] = []
    for form in _forms(parts):
        if isinstance(form, BaseFormSet):
            general += [FormError(str(text), "") for text in form.non_form_errors()]
            continue
        general += [FormError(str(text), "") for text in form.non_field_errors()]
        for bound in form:
            anchor = "" if bound.is_hidden else getattr(bound, "anchor", bound.auto_id)
            by_field += [(str(bound.label), FormError(str(text), anchor)) for text in bound.errors]
    texts = [error.text for _label, error in by_field]
    # A message that does not name its field gets the field's label.
    bare = {text for text in texts if texts.count(text) > 1} | {_("This field is required.")}
    return general + [
        FormError(f"{label}: {error.text}", error.anchor) if error.text in bare else error
        for label, error in by_field
    ]


def _forms(
    parts: Iterable[BaseForm | BaseFormSet[Any] | str | None],
) -> Iterable[BaseForm | BaseFormSet[Any]]:
    for part in parts:
        if isinstance(part, BaseFormSet):
            yield part
            yield from part.forms
        elif isinstance(part, BaseForm):
            yield part


@register.filter
def with_field(errors: Sequence[FormError]) -> int:
    """Return how many of the errors belong to a field."""
    return len({error.anchor for error in errors if error.anchor})


# Lists


@register.simple_tag
def sort_header(listing: Listing, name: str, label: object, css: str = "") -> SafeString:
    """Render a heading, a link if the column sorts: `{% sort_header listing "name" label %}`."""
    css_class = format_html(' class="{}"', css) if css else ""
    if name not in listing.sorts:
        return format_html('<th scope="col"{}>{}</th>', css_class, label)
    now = listing.sort
    if now == name:
        aria, sign, target = SafeString(' aria-sort="ascending"'), "arrow-up", f"-{name}"
    elif now == f"-{name}":
        aria, sign, target = SafeString(' aria-sort="descending"'), "arrow-down", name
    else:
        aria, sign, target = SafeString(""), "selector", name
    return format_html(
        '<th scope="col"{}{}><a class="k-sort" href="{}">{}{}</a></th>',
        css_class,
        aria,
        listing.url_for(target),
        label,
        icon(sign),
    )


@register.filter
def page_numbers(page: Page[Any]) -> list[int | None]:
    """Return the numbers to show for a page; None where some are left out."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    # Pages deep in a long list are reached from the one beside them.
    last = getattr(page, "last_by_number", None) or page.paginator.num_pages
    return [
        number if isinstance(number, int) else None
        for number in shown
        if not isinstance(number, int) or number <= last or number == page.number
    ]


register.filter("whole_numbers", whole_numbers)


@register.filter
def short_total(count: int, most: int = 0) -> str:
    """Return a count that may have stopped at the limit: 1,234, or 1,000+."""
    return counted_total(count, most)


# Figures and dates


@register.filter
def money(value: Decimal | int | None) -> str:
    """Return an amount with two decimals in the reader's language: 1,234.00, without a currency."""
    if value is None or value == "":
        return ""
    return amount(Decimal(value))


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """Return a date with a short month (1 Dec 2026), in the time zone if it is a moment."""
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return day_words(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Return a date and time in the current (the partner's) time zone: 1 Dec 2026 14:05."""
    if not value:
        return ""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{day(value)} {value:%H:%M}"


@register.filter
def in_text(value: dt.datetime | None) -> str:
    """Return a moment as a sentence has it: in Swedish "26 nov. 2026 kl. 14.20" (TERM-02)."""
    if not value:
        return ""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    language = (get_language() or "en")[:2]
    return f"{day(value)} {value.strftime(IN_TEXT.get(language, '%H:%M'))}"


@register.filter
def end(value: dt.datetime | None) -> str:
    """Return when something ends; for a moment at midnight, the day before without a time."""
    if value and timezone.is_aware(value):
        value = timezone.localtime(value)
    if value and value.time() == dt.time.min:
        return day_words(value - dt.timedelta(days=1))
    return moment(value)


# How a sentence writes the time of day, where that is not as a table does.
IN_TEXT = {"sv": "kl. %H.%M"}


@register.filter
def slug(text: object) -> str:
    """Return the text as a part of an element's id."""
    return slugify(str(text)) or "part"


# Bars drawn on the server: widths are attributes, so that no inline style is needed


class Segment(NamedTuple):
    """A rectangle of a bar that is 1000 units wide."""

    x: str
    width: str
    css: str
    label: str
    value: object
    url: str


def _segments(parts: Sequence[tuple[str, Decimal | int, str, str]], gap: int) -> list[Segment]:
    shown = [part for part in parts if part[1] > 0]
    total = sum((Decimal(part[1]) for part in shown), Decimal(0))
    room = 1000 - gap * max(len(shown) - 1, 0)
    found: list[Segment] = []
    x = Decimal(0)
    for label, value, css, url in shown:
        width = room * Decimal(value) / total
        found.append(Segment(f"{x:.1f}", f"{width:.1f}", css, label, value, url))
        x += width + gap
    return found


@register.inclusion_tag("components/_bar.html")
def bar(parts: Sequence[tuple[str, int, str, str]], label: str) -> dict[str, object]:
    """Show counts as a bar with a legend.

    A part is (label, count, css, url); css is that of a state.
    """
    return {"segments": _segments(parts, 3), "parts": parts, "label": label}


@register.inclusion_tag("components/_credit.html")
def credit(
    limit: Decimal, used: Decimal, currency: str, order: Decimal | None = None
) -> dict[str, object]:
    """Show the customer's credit limit, what is in use and, if given, what this order takes."""
    taken = order or Decimal(0)
    free = limit - used - taken
    over = free < 0
    parts: list[tuple[str, Decimal | int, str, str]] = [
        (_("In use"), used, "c-2", ""),
        (_("This order"), taken, "c-bad" if over else "c-4", ""),
        (_("Free"), max(free, Decimal(0)), "c-rest", ""),
    ]
    return {
        "segments": _segments(parts, 4),
        "limit": limit,
        "used": used,
        "order": order,
        "free": max(free, Decimal(0)),
        "missing": -free if over else Decimal(0),
        "over": over,
        "order_css": "c-bad" if over else "c-4",
        "currency": currency,
    }


@register.simple_tag(takes_context=True)
def current_path(context: RequestContext) -> str:
    """Return the address of this page, for a form that returns to it; `/` on the page for 404."""
    request = context.get("request")
    known = request is not None and not request.__dict__.get("is_nowhere")
    return str(request.get_full_path()) if request and known else "/"
