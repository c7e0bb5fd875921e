"""A partner's colour, made readable on white, on dark and below white text (WCAG 2.2)."""

from __future__ import annotations

from dataclasses import dataclass

READABLE = 4.5
PAPER, DARK = "#ffffff", "#161f23"

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Brand:
    """The colours that a partner's colour becomes.

    ``ink``: for text on white, and for areas below white text. ``light``: for text on dark.
    """

    ink: str
    light: str


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Return the relative luminance of WCAG."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (part / 255 for part in _rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _mixed(colour: str, towards: int, share: float) -> str:
    parts = (round(part + (towards - part) * share) for part in _rgb(colour))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _readable(colour: str, on: str, towards: int) -> str:
    for step in range(21):
        made = _mixed(colour, towards, step / 20)
        if contrast(made, on) >= READABLE:
            return made
    return made


def brand_of(colour: str) -> Brand:
    """Return the readable forms of a colour ``#rrggbb``, as near to it as can be read."""
    return Brand(ink=_readable(colour, PAPER, 0), light=_readable(colour, DARK, 255))


def css_of(colour: str) -> str:
    """Return ``--brand`` and ``--brand-ink`` for light and dark as a stylesheet (OUT-30).

    ``--brand-fill`` is the colour itself, on which white text is legible in both.
    """
    return (
        f":root {{ --brand: light-dark({colour}, color-mix(in oklab, {colour} 75%, #fff));"
        f" --brand-ink: light-dark({colour}, color-mix(in oklab, {colour} 45%, #fff));"
        f" --brand-fill: {colour}; }}\n"
    )
