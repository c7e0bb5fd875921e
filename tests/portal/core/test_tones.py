"""The colours of states: one for each, told apart, in light and dark (USE-16)."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings

from orders.models import Order
from orders.queries import IN_BAR
from orders.states import CSS as OF_ORDERS
from quotes.models import Quote
from quotes.states import CSS as OF_QUOTES

CSS = Path(settings.BASE_DIR) / "static" / "css"
PAIR = re.compile(r"--k-([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
TOKENS = {
    name: (light, dark) for name, light, dark in PAIR.findall((CSS / "tokens.css").read_text())
}
TONES = {name: pair for name, pair in TOKENS.items() if name.startswith("tone-")}


def channels(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1])
def test_each_colour_stands_out_and_is_its_own(mode: int) -> None:
    """USE-16, USE-04: 3:1 on the page (WCAG 1.4.11), and no two alike."""
    for name, pair in TONES.items():
        for ground in ("surface", "sunken"):
            assert contrast(pair[mode], TOKENS[ground][mode]) >= 3, (name, ground)
    for (one, a), (other, b) in combinations(TONES.items(), 2):
        far = sum((x - y) ** 2 for x, y in zip(channels(a[mode]), channels(b[mode]), strict=True))
        assert far > 0.03, (one, other)


def test_every_state_has_a_colour_of_the_stylesheets() -> None:
    """USE-16: one mapping for each model; what is in the bar is told apart there."""
    assert set(OF_ORDERS) == set(Order.State) and set(OF_QUOTES) == set(Quote.State)
    assert len({OF_ORDERS[state] for state in IN_BAR}) == len(IN_BAR)
    for sheet in ("badges.css", "admin-summary.css"):
        text = (CSS / sheet).read_text()
        for css in {*OF_ORDERS.values(), *OF_QUOTES.values()} - {""}:
            assert f".{css}" in text, (sheet, css)
    admin = (CSS / "admin-summary.css").read_text()
    for name, (light, dark) in TONES.items():
        rule = f".k-state.{name.replace('tone-', 'is-')}::before"
        assert f"{rule} {{ border-color: light-dark({light}, {dark})" in admin, name
