"""What a product would cost, and take of the credit, in the quantity that stands in its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms

from orders.credit import exposure_of
from orders.models import OrderLine
from orders.services.drafts import MoreThanQuoted
from portal.catalog.models import Product, prices_in_words
from portal.core.formats import amount


@dataclass(frozen=True)
class Offer:
    """A product as the step shows it: with its quantity field and the line that it would become.

    Its quantity is None where what was typed can't be ordered. ``data`` is what the scripts reckon
    with, and say, while somebody types (USE-20).
    """

    line: OrderLine
    field: forms.BoundField
    quantity: int | None
    data: dict[str, str]

    @property
    def each(self) -> str:
        """Return what one costs."""
        return prices_in_words(self.line.one_off, self.line.monthly)

    @property
    def one_off_in_words(self) -> str:
        """Return the sum of the line: empty for nothing, a dash for what can't be ordered."""
        return self._in_words(self.line.one_off_total)

    @property
    def monthly_in_words(self) -> str:
        return self._in_words(self.line.monthly_total)

    def _in_words(self, total: Decimal) -> str:
        if self.quantity is None:
            return "–"
        return amount(total) if self.quantity else ""


@dataclass(frozen=True)
class Totals:
    """The sums of an order: None while a quantity can't be ordered."""

    one_off: Decimal | None
    monthly: Decimal | None
    exposure: Decimal


def make_offer(
    product: Product,
    field: forms.BoundField,
    *,
    quantity: int | None,
    prices: tuple[Decimal, Decimal],
    agreed: OrderLine | None,
    words: Mapping[str, str],
) -> Offer:
    """Return an offer at list prices, or at those of a quote for as much as it covers (D17)."""
    one_off, monthly = prices
    most, too_many = product.maximum, words["max_value"]
    if agreed is not None and agreed.agreed_quantity is not None:
        one_off, monthly = agreed.one_off, agreed.monthly
        if agreed.agreed_quantity < most:
            most = agreed.agreed_quantity
            too_many = str(MoreThanQuoted(product, most))
    if quantity and not product.minimum <= quantity <= most:
        quantity = None
    line = OrderLine(
        product=product,
        quantity=quantity or 0,
        one_off=one_off,
        monthly=monthly,
        chargeable=product.chargeable,
    )
    data = {
        "one-off": str(one_off),
        "monthly": str(monthly),
        "low": str(product.minimum),
        "high": str(most),
        "whole": words["invalid"],
        "bounds": words["min_value"],
        "most": too_many,
        **({} if product.chargeable else {"free": ""}),
    }
    return Offer(line, field, quantity, data)


def totals_of(offers: Sequence[Offer]) -> Totals:
    """Return the sums of the lines as they stand in the form."""
    lines = [offer.line for offer in offers]
    exposure = exposure_of(lines)
    if any(offer.quantity is None for offer in offers):
        return Totals(None, None, exposure)
    one_off = sum((line.one_off_total for line in lines), Decimal(0))
    return Totals(one_off, sum((line.monthly_total for line in lines), Decimal(0)), exposure)
