"""A guard that keeps prices, discounts and currencies from the customer (CON-02).

The snapshot for pages, e-mails and documents holds no prices. This searches the rendered text for
those that somebody entered in a message, a product's text or a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.catalog.models import RatePlan
from portal.core.errors import RuleError
from portal.tenancy.models import Currency
from quotes.models import Quote
from quotes.price_words import find_price_words

_CODES = "|".join([*Currency.values, "USD", "CHF", "PLN"])
# A currency symbol anywhere, a code as a separate word in capitals ("sek" is also a second), or an
# amount in crowns, pounds, euros.
_SIGNS = re.compile(rf"[€£$¥₤₩₽₹¢]|\b(?:{_CODES})\b")
_WORDS = re.compile(
    r"\d[\d\s.,]*(?::-|\s?kr\b|\s?(?:kronor|euros?|pounds?|pund)\b)"
    r"|\b(?:rabatt|discount|preisnachlass|credit limit|kreditlimit|kreditgräns)\b",
    re.IGNORECASE,
)

# What no person wrote as a price, whatever its figures and words: hashes and identifiers of the
# record, and e-mail addresses (`info@discount.example`).
_NO_PRICES = re.compile(
    r"\b[0-9a-f]{32,}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)


class CommercialsShown(RuleError):
    """Refuse a text for the customer that holds a price, discount or currency (CON-02)."""

    def __init__(self, found: str, *, field: str | None = None) -> None:
        super().__init__(
            _(
                'The customer would read "%(found)s". Confirmations go out without prices, '
                "discounts and currencies: take it out of the text."
            )
            % {"found": found.strip()[:40]},
            field=field,
        )
        self.found = found


def _figures(values: Iterable[Decimal]) -> set[str]:
    """Return the amounts in the ways a person could write them.

    Whole numbers below a thousand are left out: they are also quantities, dates and house numbers.
    """
    written: set[str] = set()
    for value in values:
        if not value:
            continue
        plain = f"{value:.2f}"
        grouped = f"{value:,.2f}"
        swapped = grouped.translate(str.maketrans(",.", ".,"))
        spaced = grouped.replace(",", " ").replace(".", ",")
        forms = {plain, plain.replace(".", ","), grouped, swapped, spaced}
        written |= forms
        if value == int(value) and value >= 1000:
            written |= {text[:-3] for text in forms}
    return written


def amounts_of(quote: Quote) -> set[str]:
    """Return every amount of a quote, as text."""
    values = [quote.one_off, quote.monthly]
    for line in quote.lines.all():
        values += [
            line.list_one_off, line.list_monthly, line.one_off, line.monthly,
            line.one_off_total, line.monthly_total,
        ]  # fmt: skip
    return _figures(values)


def find_commercials(text: str, amounts: Iterable[str] = (), *, names: Iterable[str] = ()) -> str:
    """Return the first price, discount or currency in a text; empty if there is none.

    ``names`` of companies and people, e-mail addresses and the record's hashes are not searched:
    a hash holds four figures in a row by chance, and its document would never be issued.
    """
    text = _NO_PRICES.sub(" ", text)
    for name in names:
        if name:
            text = text.replace(name, " ")
    for pattern in (_SIGNS, _WORDS):
        found = pattern.search(text)
        if found:
            return found.group()
    flat = " ".join(text.split())
    for figure in sorted(amounts, key=len, reverse=True):
        if re.search(rf"(?<![\d.,\-+]){re.escape(figure)}(?![\d])", flat):
            return figure
    return ""


def refuse_commercials(text: str, amounts: Iterable[str] = (), *, field: str | None = None) -> None:
    """Raise CommercialsShown if an entered text holds any, a rate plan's name too (CON-51)."""
    plans = RatePlan._default_manager.values_list("name", flat=True)
    found = find_commercials(text, amounts) or find_price_words(text, plans)
    if found:
        raise CommercialsShown(found, field=field)
