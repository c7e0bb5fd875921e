"""Which products a quote may hold, at which list prices, and how they are found by typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from portal.catalog.models import Family, Product, prices_in_words, prices_on
from portal.core.finding import Wanted, find_key
from quotes.models import Quote, QuoteSettings

# Suggestions at a time; more letters narrow them down.
MOST = 60
# The rank of what is found by its words, or in its description (Wanted.rank).
UNRANKED = 5


@dataclass(frozen=True)
class Offered:
    """A product that the quote's customer may have, with its list prices per unit."""

    product: Product
    one_off: Decimal
    monthly: Decimal

    @property
    def family(self) -> str:
        return str(Family(self.product.family_id).label)

    @property
    def each(self) -> str:
        """Return what one costs."""
        return prices_in_words(self.one_off, self.monthly)

    @property
    def bounds(self) -> str:
        """Return how many can be ordered."""
        return _("%(product)s: order %(low)s to %(high)s.") % {
            "product": self.product.title,
            "low": self.product.minimum,
            "high": self.product.maximum,
        }

    def usual_term(self, settings: QuoteSettings) -> int:
        """Return the months that a new line gets: none where nothing is paid by the month."""
        return settings.default_term if self.monthly else 0

    def data(self, settings: QuoteSettings) -> dict[str, str]:
        """Return what the scripts reckon with, and say, while somebody types."""
        return {
            "one-off": str(self.one_off),
            "monthly": str(self.monthly),
            "low": str(self.product.minimum),
            "high": str(self.product.maximum),
            "whole": f"{self.product.title}: {_('Enter a whole number.')}",
            "bounds": self.bounds,
            "most": self.bounds,
            "percent": _("Enter a percentage."),
            "limit": highest_discount(settings),
        }


def highest_discount(settings: QuoteSettings) -> str:
    """Return which discount is not exceeded, as a sentence."""
    limit = settings.max_discount.normalize()
    return _("The highest discount is %(limit)s %%.") % {"limit": f"{limit:f}"}


def offered_for(quote: Quote, *, day: date) -> list[Offered]:
    """Return what the quote may hold, in the catalogue's order: orderable, open to the customer's
    type, and with a price in its plan (D17, ORD-28, ACC-07)."""
    customer = quote.customer
    products = list(
        Product.objects.offered_to(residential=customer.is_residential).order_by(
            "family__position", "position", "sku"
        )
    )
    prices = prices_on(
        products, rate_plan_id=customer.rate_plan_id, currency=quote.currency, day=day
    )
    return [Offered(each, *prices[each.pk]) for each in products if each.pk in prices]


@lru_cache(maxsize=4_096)
def _key(*texts: str) -> str:
    return find_key(*texts)


def _matches(offered: Offered, wanted: Wanted) -> bool:
    product = offered.product
    key = _key(product.title, product.name, product.sku, product.summary, offered.family)
    return all(any(way in key for way in ways) for ways in wanted.words)


def find_offered(offered: Sequence[Offered], text: str) -> list[Offered]:
    """Return the products whose name, SKU, description or family holds all words, best first.

    Those of a family stay together. Nothing typed finds everything (REG-36, CON-32).
    """
    if not text.strip():
        return list(offered[:MOST])
    wanted = Wanted(text)
    if not wanted:
        return []
    ranks = {
        each: wanted.rank(each.product.title, each.product.sku)
        for each in offered
        if _matches(each, wanted)
    }
    best: dict[str, int] = {}
    for each, rank in ranks.items():
        best[each.family] = min(rank, best.get(each.family, rank))
    return sorted(ranks, key=lambda each: (best[each.family], each.family, ranks[each]))[:MOST]


def suggestion(
    offered: Offered, wanted: Wanted, settings: QuoteSettings, *, prices: bool
) -> dict[str, Any]:
    """Return a product for the scripts: as the list shows it, and what fills its row.

    Its description is shown where it may be why the product was found.
    """
    product = offered.product
    texts = [product.sku, offered.each if prices else ""]
    if wanted and wanted.rank(product.title, product.sku) == UNRANKED:
        texts.append(product.summary)
    rest = ", ".join(filter(None, texts))
    row = {"id": str(product.pk), "title": product.title}
    if prices:
        row |= {"each": offered.each, **offered.data(settings)}
    return {
        "id": str(product.pk),
        "name": product.title,
        "group": offered.family,
        "shown": [wanted.pieces(product.title), wanted.pieces(rest)],
        "quantity": max(1, product.minimum),
        "term": offered.usual_term(settings),
        "row": row,
    }
