"""VAT of what a partner sells to a customer, as of a day (VAT-01 to VAT-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto

from stdnum.eu.vat import MEMBER_STATES

from portal.catalog.models import VatRate

# Northern Ireland (XI) is in the union's area for goods only, and what is sold here are services.
EU = frozenset(code.upper() for code in MEMBER_STATES) - {"XI"}
# Countries that are part of another one's area.
_PART_OF = {"MC": "FR", "IM": "GB"}


class VatRule(Enum):
    """Why a rate applies."""

    DOMESTIC = auto()
    # The rate of the customer's country, of a seller who is registered for the One Stop Shop.
    DESTINATION = auto()
    REVERSE_CHARGE = auto()
    OUTSIDE = auto()
    # The table has no rate for the country.
    UNKNOWN = auto()


@dataclass(frozen=True)
class Vat:
    """The rate in per cent, the rule it follows, and the country whose VAT it is."""

    rule: VatRule
    percent: Decimal
    country: str


def area(country: str) -> str:
    """Return the country whose VAT applies in a country: France's in Monaco."""
    return _PART_OF.get(country.upper(), country.upper())


def rate_on(country: str, day: date) -> Decimal | None:
    """Return a country's standard rate in per cent on a day; None if the table has none."""
    rows = VatRate._default_manager.filter(country=area(country), valid_from__lte=day)
    return rows.order_by("-valid_from").values_list("percent", flat=True).first()


def vat_between(
    seller: str, buyer: str, *, vat_number: str, uses_one_stop_shop: bool, on: date
) -> Vat:
    """Return the VAT of services from one country to another, by their codes (VAT-01 to VAT-05).

    ``vat_number`` is the buyer's, empty for private persons and for companies without one.
    """
    here, there = area(seller), area(buyer)
    if here == there:
        return _rated(VatRule.DOMESTIC, here, on)
    if here not in EU or there not in EU:
        return Vat(VatRule.OUTSIDE, Decimal(0), there)
    if vat_number:
        return Vat(VatRule.REVERSE_CHARGE, Decimal(0), there)
    if uses_one_stop_shop:
        return _rated(VatRule.DESTINATION, there, on)
    return _rated(VatRule.DOMESTIC, here, on)


def _rated(rule: VatRule, country: str, on: date) -> Vat:
    percent = rate_on(country, on)
    if percent is None:
        return Vat(VatRule.UNKNOWN, Decimal(0), country)
    return Vat(rule, percent, country)
