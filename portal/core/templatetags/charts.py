"""Charts: each is a table whose bars are SVG, drawn on the server (USE-24).

Sizes are attributes, so that no inline style is needed. A screen reader reads the table; the bars
are hidden from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import template

register = template.Library()

# The highest bar of a column chart leaves room for the figure above it, the longest of a bar chart
# for the figure beside it.
HIGHEST, LONGEST = 84, 82


@dataclass(frozen=True)
class Bar:
    """One bar: what it is of, how many, the class of its colour, and where these are listed.

    ``short`` is written where there is no room for the label.
    """

    label: str
    count: int
    css: str = ""
    url: str = ""
    short: str = ""


@dataclass(frozen=True)
class _Drawn:
    """A bar with its size in per cent of the chart."""

    bar: Bar
    size: str


def _drawn(bars: Sequence[Bar], most: int) -> list[_Drawn]:
    highest = max((bar.count for bar in bars), default=0) or 1
    # The smallest bar is still seen; nothing has none.
    return [
        _Drawn(bar, f"{max(bar.count * most / highest, 1.5) if bar.count else 0:.1f}%")
        for bar in bars
    ]


@register.inclusion_tag("components/_columns.html")
def columns(
    bars: Sequence[Bar], title: str, heading: str, unit: str, most: int = 0
) -> dict[str, object]:
    """Draw counts over time as columns: `{% columns weeks title _("Week from") _("Orders") %}`.

    ``most`` is up to how many were counted, if not to the usual limit.
    """
    drawn = _drawn(bars, HIGHEST)
    return {"drawn": drawn, "title": title, "heading": heading, "unit": unit, "most": most}


@register.inclusion_tag("components/_bars.html")
def bars(parts: Sequence[Bar], title: str, heading: str, unit: str) -> dict[str, object]:
    """Draw counts as bars below each other: `{% bars ages title _("Age") _("Quotes") %}`."""
    return {"drawn": _drawn(parts, LONGEST), "title": title, "heading": heading, "unit": unit}
