"""Cards of an order's page that other apps fill: orders do not import what is built on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orders.models import Order
from portal.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class OrderCard:
    """A card of the page: a template, which gets ``context`` as ``card``."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Builder = Callable[[Order, Membership], OrderCard | None]
_builders: list[tuple[int, Builder]] = []


def add_order_card(builder: Builder, *, position: int) -> None:
    """Add a card to every placed order's page; a second time has no effect.

    ``builder`` gets the order and the person, and returns None to show nothing. Cards are shown in
    the order of ``position``, the lowest first.
    """
    if (position, builder) not in _builders:
        _builders.append((position, builder))
        _builders.sort(key=lambda each: each[0])


SourceUrl = Callable[[Order, Membership], str]
_sources: list[SourceUrl] = []


def link_source(url_of: SourceUrl) -> None:
    """Let a higher app link what an order was made from: it returns an address, or nothing."""
    if url_of not in _sources:
        _sources.append(url_of)


def source_url(order: Order, person: Membership) -> str:
    """Return the address of what an order was made from, if the person may see it (ORD-56)."""
    return next((url for url in (found(order, person) for found in _sources) if url), "")


def cards_of(order: Order, person: Membership) -> list[OrderCard]:
    """Return the cards that the person sees of a placed order; a draft has none."""
    if order.submitted_at is None:
        return []
    built = (builder(order, person) for _position, builder in _builders)
    return [card for card in built if card is not None]
