"""Amounts and dates in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext

CENT = Decimal("0.01")


def round_money(value: Decimal) -> Decimal:
    """Round to two decimals, half away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _locale() -> str:
    language = (get_language() or "en")[:2]
    return {"en": "en_GB", "de": "de_DE", "sv": "sv_SE"}.get(language, language)


def amount(value: Decimal) -> str:
    """Return ``1,234.00`` in the reader's language, without the currency."""
    return str(format_decimal(round_money(value), "#,##0.00", locale=_locale()))


def difference(value: Decimal) -> str:
    """Return ``+1,234.00`` or ``−1,234.00`` in the reader's language; nothing before zero."""
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return sign + amount(abs(value))


def with_currency(value: Decimal, currency: str) -> str:
    """Return ``SEK 1,234.00``: code first, with a non-breaking space."""
    return f"{currency}\u00a0{amount(value)}"


def day(value: date | None) -> str:
    """Return ``1 Dec 2026`` in the reader's language; empty for None."""
    locale = _locale()
    pattern = "d. MMM yyyy" if locale.startswith("de") else "d MMM yyyy"
    return str(format_date(value, pattern, locale=locale)) if value else ""


def plain_number(value: float) -> str:
    """Return ``1,234.5`` in the reader's language, with as many decimals as there are."""
    return str(format_decimal(Decimal(str(value)), "#,##0.######", locale=_locale()))


def term_words(months: int) -> str:
    """Return ``24 months``; empty for no term."""
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months} if months else ""
