"""Numbers as a spreadsheet program shows them by the format of their cell.

Thousands separators and signs of currencies are left out, so that amounts can be parsed: ``1,234``
could be read in two ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

GENERAL = "General"
Show = Callable[[int | float], str]

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<condition>[<>=][^\]]*)\]|\[[^\]]*\]|(?P<other>[Ee][+-]|General|@|/)"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<next>;)|(?P<plain>.)",
    re.DOTALL,
)


class _Unknown(Exception):
    """A format that is not understood; its numbers are shown as in General."""


@dataclass(frozen=True)
class _Section:
    """One section of a format: places of digits (``0``, ``#``, ``?``), and text shown as it is."""

    whole: tuple[tuple[str, bool], ...]  # text, and whether it is a digit's place
    decimals: tuple[tuple[str, bool], ...]
    scale: Decimal

    def show(self, value: Decimal) -> str:
        """Return the number, which is not negative, in this format."""
        places = [text for text, is_place in self.decimals if is_place]
        number = (value * self.scale).quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP)
        digits, _point, fraction = f"{number:f}".partition(".")
        least = max((n for n, place in enumerate(places, 1) if place == "0"), default=0)
        fraction = fraction[:least] + fraction[least:].rstrip("0")
        return self._whole(digits) + self._decimals(fraction)

    def _whole(self, digits: str) -> str:
        """Return the whole part: digits fill places from the right, the first takes the rest."""
        left = list(digits.lstrip("0"))
        first = next((n for n, (_text, is_place) in enumerate(self.whole) if is_place), -1)
        found: list[str] = []
        for n in range(len(self.whole) - 1, -1, -1):
            text, is_place = self.whole[n]
            if not is_place:
                # Text between places that stay empty is not shown.
                if left or n < first or self._zeros_before(n) or n > self._last_place():
                    found.append(text)
            elif n == first:
                found.append("".join(left) or ("0" if text == "0" else ""))
            elif left:
                found.append(left.pop())
            elif text == "0" or self._zeros_before(n):
                found.append("0")
        return "".join(reversed(found))

    def _zeros_before(self, n: int) -> bool:
        return any(is_place and text == "0" for text, is_place in self.whole[:n])

    def _last_place(self) -> int:
        return max((n for n, (_text, is_place) in enumerate(self.whole) if is_place), default=-1)

    def _decimals(self, fraction: str) -> str:
        if not self.decimals:
            return ""
        left = list(fraction)
        texts = []
        for text, is_place in self.decimals:
            texts.append((left.pop(0) if left else "") if is_place else text)
        return ("." if fraction else "") + "".join(texts)


def _is_currency(text: str) -> bool:
    bare = text.strip(" \u00a0")
    return bool(bare) and (
        all(unicodedata.category(letter) == "Sc" for letter in bare)
        or re.fullmatch(r"[A-Z]{3}|[Kk]r\.?|:-", bare) is not None
    )


def _sections(code: str) -> list[_Section]:
    """Return the sections for numbers: above zero, below it, zero. Raises _Unknown."""
    found: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code):
        if token.lastgroup == "next":
            found.append([])
        else:
            found[-1].append(token)
    return [_section(tokens) for tokens in found[:3]]


def _section(tokens: list[re.Match[str]]) -> _Section:
    """Return the section of these tokens.

    Raise _Unknown for fractions, exponents and conditions.
    """
    parts: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    scale, after_point, pending = Decimal(1), 0, 0
    for token in tokens:
        kind, text = token.lastgroup, token[token.lastgroup] if token.lastgroup else ""
        if kind in ("condition", "other"):
            raise _Unknown
        if kind == "digit":
            # Commas between places separate thousands; those after the last divide by 1,000.
            pending = 0
            parts[after_point].append((text, True))
        elif kind == "point" and not after_point:
            after_point = 1
        elif kind == "comma":
            pending += 1
        elif kind is not None:
            if text == "%" and kind == "plain":
                scale *= 100
            if not _is_currency(text) and kind != "currency":
                parts[after_point].append((text, False))
    scale /= Decimal(1000) ** pending
    return _Section(tuple(parts[0]), tuple(parts[1]), scale)


@lru_cache(maxsize=512)
def number_format(code: str) -> Show:
    """Return the function that shows numbers by a cell's format.

    A format that is not understood shows all digits.
    """
    if code in (GENERAL, "@", ""):
        return number_text
    try:
        sections = _sections(code)
    except _Unknown:
        return number_text

    def show(value: int | float) -> str:
        exact = Decimal(str(value))
        own_sign = exact < 0 and len(sections) > 1
        place = 1 if own_sign else 2 if exact == 0 and len(sections) > 2 else 0
        text = sections[place].show(abs(exact)).strip(" \u00a0")
        if not text:
            # The format hides the number, but the cell is not empty.
            return number_text(value)
        return f"-{text}" if exact < 0 and not own_sign and re.search("[1-9]", text) else text

    return show


def number_text(value: int | float) -> str:
    """Return a number as in General: 10042, not 10042.0; 0.3, not 0.30000000004."""
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    number = float(value)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return format(number, ".15g")
