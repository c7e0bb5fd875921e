"""Charts are tables with bars drawn on the server (USE-24)."""

from __future__ import annotations

import re

from django.template.loader import render_to_string

from portal.core.templatetags.charts import Bar, bars, columns

WEEKS = [
    Bar("16 Nov 2026", 2, "is-flow", short="16 Nov"),
    Bar("23 Nov 2026", 0, "is-flow", short="23 Nov"),
]


def test_columns_are_a_table_that_can_be_read() -> None:
    """USE-24: a heading for each column and row; what is drawn is hidden from screen readers."""
    page = render_to_string("components/_columns.html", columns(WEEKS, "Placed", "Week", "Orders"))
    assert "<caption" in page and page.count('role="columnheader"') == 2
    assert re.findall(r'role="rowheader".*?visually-hidden">([^<]*)<', page, re.S) == [
        "16 Nov 2026",
        "23 Nov 2026",
    ]
    assert re.findall(r"<span>(\d+)</span>", page) == ["2", "0"]
    assert page.count("<svg") == page.count('" aria-hidden="true">\n            <rect')
    assert "style" not in page


def test_heights_follow_the_counts() -> None:
    """USE-24: the highest has most of the room; the smallest is seen, and nothing has no bar."""
    many = [Bar("a", 1_000), Bar("b", 500), Bar("c", 1), Bar("d", 0)]
    sizes = re.findall(
        r'height="([\d.]+%)"',
        str(render_to_string("components/_columns.html", columns(many, "", "", ""))),
    )
    assert [size for size in sizes if size != "100%"] == ["84.0%", "42.0%", "1.5%", "0.0%"]


def test_a_count_that_stopped_says_so() -> None:
    """SPEED-05: up to the limit of this chart."""
    page = render_to_string(
        "components/_columns.html", columns([Bar("a", 5_001)], "", "", "", 5_000)
    )
    assert "5,000+" in page and "5,001" not in page


def test_bars_without_any_count_are_drawn_as_nothing() -> None:
    """USE-24."""
    page = render_to_string("components/_bars.html", bars([Bar("0–2 days", 0)], "", "", ""))
    assert 'width="0.0%"' in page and "0–2 days" in page
