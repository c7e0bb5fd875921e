"""The demo catalogue: products of all families with prices, business types, terms."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from dev.demo.products import ITEMS
from dev.demo.products.item import Texts
from dev.demo.terms import TERMS
from portal.catalog.models import (
    BusinessType,
    Family,
    Part,
    Price,
    Product,
    RatePlan,
    TermsVersion,
)

# The factor from SEK to other currencies, and the steps that their prices are rounded to.
CURRENCIES = {
    "SEK": (Decimal(1), Decimal(1)),
    "EUR": (Decimal("0.09"), Decimal("0.10")),
    "GBP": (Decimal("0.078"), Decimal("0.10")),
}
# Name, share of the list price, whether it is the one for partners with their own billing.
PLANS = (
    ("Standard", Decimal(1), False),
    ("Business 25", Decimal("0.90"), False),
    ("Master", Decimal("0.70"), True),
)
PRICES_FROM = date(2024, 1, 1)
# Seats cost more from this day on: earlier orders keep their price (D17).
RAISED_ON = date(2026, 1, 1)
BEFORE_RAISE = Decimal("0.92")

BUSINESS_TYPES: tuple[Texts, ...] = (
    ("Agriculture and fishing", "Landwirtschaft und Fischerei", "Jordbruk och fiske"),
    ("Construction", "Bau", "Bygg"),
    ("Consulting", "Beratung", "Konsult"),
    ("Education", "Bildung", "Utbildning"),
    ("Health care", "Gesundheit", "Vård och hälsa"),
    ("Hotels and restaurants", "Hotel und Gastronomie", "Hotell och restaurang"),
    ("Legal and accounting", "Recht und Steuern", "Juridik och redovisning"),
    ("Manufacturing", "Produktion", "Tillverkning"),
    ("Public sector", "Öffentliche Hand", "Offentlig sektor"),
    ("Real estate", "Immobilien", "Fastigheter"),
    ("Retail", "Handel", "Handel"),
    ("Telecommunications", "Telekommunikation", "Telekommunikation"),
    ("Transport and logistics", "Verkehr und Logistik", "Transport och logistik"),
    ("Other", "Sonstiges", "Annat"),
)


def _price(sek: int, part_of_list: Decimal, currency: str) -> Decimal:
    rate, step = CURRENCIES[currency]
    steps = (Decimal(sek) * part_of_list * rate / step).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * step


# What is nothing without a trunk.
BELONG_TO_A_TRUNK = ("TRK-NB-10", "TRK-NB-20", "TRK-NB-100", "TRK-PORT", "TRK-EMG")


def _load_needs() -> None:
    """Say which products need a trunk, ordered with them or running."""
    trunks = list(Product.objects.filter(family_id=Family.TRUNK, part=Part.CHANNELS))
    for product in Product.objects.filter(sku__in=BELONG_TO_A_TRUNK):
        product.needs.set(trunks)


def load_catalogue() -> None:
    """Write products, plans, prices, business types and terms into an empty catalogue."""
    plans = [
        (RatePlan.objects.create(name=name, position=position, is_master=master), part)
        for position, (name, part, master) in enumerate(PLANS, 1)
    ]
    prices: list[Price] = []
    for family, items in ITEMS.items():
        for position, item in enumerate(items, 1):
            product = Product.objects.create(
                sku=item.sku,
                family_id=family,
                part=item.part,
                name=item.name[0],
                name_de=item.name[1],
                name_sv=item.name[2],
                description=item.text[0],
                description_de=item.text[1],
                description_sv=item.text[2],
                chargeable=item.chargeable,
                available_to_residential=item.residential,
                orderable=item.orderable,
                rental=item.monthly > 0,
                minimum=item.lowest,
                maximum=item.highest,
                position=position * 10,
            )
            raised = item.part == Part.SEAT
            for plan, part_of_list in plans:
                for currency in CURRENCIES:
                    since = [(PRICES_FROM, BEFORE_RAISE if raised else Decimal(1))]
                    if raised:
                        since.append((RAISED_ON, Decimal(1)))
                    prices += [
                        Price(
                            product=product,
                            rate_plan=plan,
                            currency=currency,
                            valid_from=day,
                            one_off=_price(item.one_off, part_of_list, currency),
                            monthly=_price(item.monthly, part_of_list * factor, currency),
                        )
                        for day, factor in since
                    ]
    Price.objects.bulk_create(prices)
    _load_needs()
    BusinessType.objects.bulk_create(
        BusinessType(name=name, name_de=german, name_sv=swedish, position=position)
        for position, (name, german, swedish) in enumerate(BUSINESS_TYPES, 1)
    )
    TermsVersion.objects.bulk_create(
        TermsVersion(
            language=language,
            version=version,
            title=title,
            text=text,
            published_at=datetime.fromisoformat(published),
        )
        for language, version, published, title, text in TERMS
    )
