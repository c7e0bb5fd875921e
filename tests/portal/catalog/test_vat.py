"""Which VAT applies between two countries, and from when (VAT-01 to VAT-05)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.catalog.models import VatRate
from portal.catalog.vat import EU, VatRule, rate_on, vat_between

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("seller", "buyer", "number", "shop", "rule", "percent", "country"),
    [
        ("SE", "SE", "", False, VatRule.DOMESTIC, "25", "SE"),
        ("SE", "SE", "SE556016068001", True, VatRule.DOMESTIC, "25", "SE"),
        ("DE", "DE", "", False, VatRule.DOMESTIC, "19", "DE"),
        ("GB", "GB", "", False, VatRule.DOMESTIC, "20", "GB"),
        ("GB", "IM", "", False, VatRule.DOMESTIC, "20", "GB"),
        ("FR", "MC", "", False, VatRule.DOMESTIC, "20", "FR"),
        ("SE", "DE", "DE136695976", False, VatRule.REVERSE_CHARGE, "0", "DE"),
        ("SE", "DE", "DE136695976", True, VatRule.REVERSE_CHARGE, "0", "DE"),
        ("SE", "DE", "", False, VatRule.DOMESTIC, "25", "SE"),
        ("SE", "DE", "", True, VatRule.DESTINATION, "19", "DE"),
        ("SE", "NO", "", True, VatRule.OUTSIDE, "0", "NO"),
        ("GB", "DE", "DE136695976", False, VatRule.OUTSIDE, "0", "DE"),
        ("DE", "GB", "GB980780684", True, VatRule.OUTSIDE, "0", "GB"),
        # Åland is in the EU, and outside its area of VAT.
        ("FI", "AX", "", False, VatRule.OUTSIDE, "0", "AX"),
        ("US", "US", "", False, VatRule.UNKNOWN, "0", "US"),
    ],
)
def test_the_rule_between_two_countries(
    seller: str, buyer: str, number: str, shop: bool, rule: VatRule, percent: str, country: str
) -> None:
    """VAT-01, VAT-03, VAT-04, VAT-05."""
    found = vat_between(seller, buyer, vat_number=number, uses_one_stop_shop=shop, on=DAY)
    assert (found.rule, found.percent, found.country) == (rule, Decimal(percent), country)


def test_the_rate_is_that_of_the_day() -> None:
    """VAT-01: a later rate in the table applies from its date on."""
    assert rate_on("FI", date(2024, 8, 31)) == Decimal(24)
    assert rate_on("FI", date(2024, 9, 1)) == Decimal("25.5")
    VatRate._default_manager.create(country="SE", valid_from=date(2027, 1, 1), percent="26")
    assert rate_on("SE", date(2026, 12, 31)) == 25
    assert rate_on("SE", date(2027, 1, 1)) == 26
    assert rate_on("SE", date(2020, 1, 1)) is None


def test_every_member_state_has_a_rate() -> None:
    """VAT-01."""
    assert len(EU) == 27
    assert [country for country in sorted(EU) if rate_on(country, DAY) is None] == []
