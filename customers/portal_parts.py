"""Parts of the customers' own portal that other apps fill: menu items and cards (REG-26).

The portal's frame and its first pages are in workspace, above all apps; an app below registers
here, when it starts, what customers' people see of it. Its pages are declared with
``customer_page`` and extend ``base_customer.html``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import models

from customers.http import OwnCompanyRequest
from portal.accounts.models import Membership


class Page(StrEnum):
    """The pages of the customers' portal that show cards of other apps."""

    HOME = "home"
    ORDER = "order"
    SERVICES = "services"
    CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the menu; ``count`` stands beside it, with ``count_label`` for screen readers."""

    label: str
    url: str
    icon: str
    count: int = 0
    count_label: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card of a page: a template, which gets ``context`` as ``card``."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


ItemBuilder = Callable[[Membership], Item | None]
CardBuilder = Callable[[OwnCompanyRequest, models.Model | None], Card | None]
_items: list[tuple[int, ItemBuilder]] = []
_cards: dict[Page, list[tuple[int, CardBuilder]]] = {page: [] for page in Page}


def add_item(builder: ItemBuilder, *, position: int) -> None:
    """Add an entry to the menu; a second time has no effect.

    The portal's own entries are at 0 (start), 10 (orders), 20 (services), 30 (confirmations),
    70 (contacts) and 80 (users). ``builder`` returns None for people who don't have the entry.
    """
    if (position, builder) not in _items:
        _items.append((position, builder))
        _items.sort(key=lambda each: each[0])


def add_card(page: Page, builder: CardBuilder, *, position: int) -> None:
    """Add a card to a page, the lowest position first; a second time has no effect.

    ``builder`` gets the request and what the page is about, the order of ``Page.ORDER``, and
    returns None to show nothing.
    """
    if (position, builder) not in _cards[page]:
        _cards[page].append((position, builder))
        _cards[page].sort(key=lambda each: each[0])


def items_of(person: Membership) -> list[Item]:
    """Return the menu of one of a customer's people."""
    built = (builder(person) for _position, builder in _items)
    return [item for item in built if item is not None]


def cards_of(
    request: OwnCompanyRequest, page: Page, about: models.Model | None = None
) -> list[Card]:
    """Return the cards of a page for the person of the request."""
    built = (builder(request, about) for _position, builder in _cards[page])
    return [card for card in built if card is not None]
