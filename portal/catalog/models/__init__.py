"""What can be ordered and put into operation. Public; edited by channel sales."""

from portal.catalog.models.platforms import AllowedNetwork, Platform, PlatformStep, StepField
from portal.catalog.models.products import (
    BusinessType,
    Family,
    Part,
    Price,
    Product,
    ProductFamily,
    ProductQuerySet,
    RatePlan,
    TermsVersion,
    VatRate,
    in_language,
    prices_in_words,
    prices_on,
)

__all__ = [
    "AllowedNetwork",
    "BusinessType",
    "Family",
    "Part",
    "Platform",
    "PlatformStep",
    "Price",
    "Product",
    "ProductFamily",
    "ProductQuerySet",
    "RatePlan",
    "StepField",
    "TermsVersion",
    "VatRate",
    "in_language",
    "prices_in_words",
    "prices_on",
]
