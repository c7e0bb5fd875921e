"""The demo catalogue's products by family, in the order in which they are offered."""

from __future__ import annotations

from dev.demo.products import flex, meeting, trunk
from dev.demo.products.item import Item

ITEMS: dict[str, tuple[Item, ...]] = {
    "trunk": trunk.ITEMS,
    "meeting": meeting.ITEMS,
    "flex": flex.ITEMS,
}
