"""The structure of a product of the demo catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalog.models import Part

Texts = tuple[str, str, str]  # English, German, Swedish


@dataclass(frozen=True)
class Item:
    """One product of the demo catalogue; prices are list prices in SEK."""

    sku: str
    part: Part
    name: Texts
    text: Texts
    one_off: int = 0
    monthly: int = 0
    residential: bool = False
    orderable: bool = True
    chargeable: bool = True
    highest: int = 100
    lowest: int = 1
