"""What can be bought, and why not: each product with its price and every reason (CHAN-45)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from portal.catalog.models import Product, ProductFamily, prices_on
from portal.core.formats import amount


@dataclass(frozen=True)
class Offering:
    """A product: its net prices, why it can't be bought, and what it is bought with."""

    product: Product
    one_off: Decimal | None
    monthly: Decimal | None
    reasons: tuple[str, ...] = ()
    conditions: tuple[str, ...] = field(default=())

    @property
    def one_off_shown(self) -> str:
        return amount(self.one_off) if self.one_off is not None else "–"

    @property
    def monthly_shown(self) -> str:
        return amount(self.monthly) if self.monthly is not None else "–"

    def refused(self, reason: str) -> Offering:
        """Return the same product with one more reason against it."""
        return replace(self, reasons=(*self.reasons, reason))


def offerings(
    *, residential: bool, rate_plan_id: int, currency: str, day: date, family: str = ""
) -> list[Offering]:
    """Return all products, or those of a family, for a type of customer, plan and currency.

    Withdrawn products are among them, with that reason: whoever looks for one learns why it is
    not offered. Prices are those of ``day``.
    """
    rows = Product.objects.select_related("family").prefetch_related("needs")
    rows = rows.filter(family_id=family) if family else rows
    products = list(rows.order_by("family__position", "position", "sku"))
    prices = prices_on(products, rate_plan_id=rate_plan_id, currency=currency, day=day)
    found = []
    for product in products:
        one_off, monthly = prices.get(product.pk, (None, None))
        reasons = tuple(_reasons(product, prices, residential=residential))
        found.append(Offering(product, one_off, monthly, reasons, tuple(_conditions(product))))
    return found


def _reasons(
    product: Product, prices: Mapping[UUID, object], *, residential: bool
) -> Iterator[str]:
    if not product.orderable:
        yield _("Withdrawn: it can't be ordered any more.")
    if residential and not product.available_to_residential:
        yield _("Not for residential customers.")
    if product.pk not in prices:
        yield _("No price in this rate plan and currency.")


def _conditions(product: Product) -> Iterator[str]:
    family: ProductFamily = product.family
    if family.requires_channel_registration:
        yield _("Needs a registration with Channel Sales.")
    bases = [base.title for base in product.needs.all() if base.orderable]
    if bases:
        yield _("Needs one of these: %(bases)s.") % {"bases": "; ".join(bases)}
