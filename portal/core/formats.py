"""Amounts and dates as people read them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language

CENT = Decimal("0.01")


def round_money(value: Decimal) -> Decimal:
    """To two decimals, half away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _locale() -> str:
    return {"en": "en_GB", "de": "de_DE", "sv": "sv_SE"}.get((get_language() or "en")[:2], "en_GB")


def amount(value: Decimal) -> str:
    """``1,234.00`` in the reader's language; the currency stands elsewhere, once."""
    return str(format_decimal(round_money(value), "#,##0.00", locale=_locale()))


def with_currency(value: Decimal, currency: str) -> str:
    """``SEK 1,234.00``: code first, with a space that does not break."""
    return f"{currency}\u00a0{amount(value)}"


def day(value: date | None) -> str:
    """``1 Dec 2026`` in the reader's language; empty for none."""
    locale = _locale()
    pattern = "d. MMM yyyy" if locale.startswith("de") else "d MMM yyyy"
    return str(format_date(value, pattern, locale=locale)) if value else ""


def plain_number(value: float) -> str:
    """``1,234.5`` in the reader's language, with as many decimals as there are."""
    return str(format_decimal(Decimal(str(value)), "#,##0.######", locale=_locale()))
