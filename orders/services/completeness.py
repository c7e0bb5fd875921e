"""What an order still needs before it can be placed; a parked draft may lack it (ORD-60)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from orders.credit import check_credit, exposure_of
from orders.goods import chosen, sends_goods, why_not_to
from orders.models import Order, OrderLine
from portal.catalog.models import Family, Part, Product
from portal.core.errors import RuleError

Details = Mapping[str, Any]


@dataclass(frozen=True)
class Missing:
    """Something that the delivery needs: the field of step 2 that asks for it, and a sentence."""

    field: str
    text: str


class Wanted:
    """What is ordered, counted by part and by SKU."""

    def __init__(self, ordered: Iterable[tuple[Product, int]]) -> None:
        self.parts: Counter[str] = Counter()
        self.products: list[tuple[Product, int]] = []
        for product, quantity in ordered:
            self.parts[product.part] += quantity
            self.products.append((product, quantity))


def missing_details(family: str, wanted: Wanted, details: Details) -> list[Missing]:
    """Return what the family's step still has to ask for, in its order."""
    return CHECKS[Family(family)](wanted, details)


def _trunk(wanted: Wanted, details: Details) -> list[Missing]:
    emergency = details.get("emergency") or {}
    words = _("Emergency calls need the address where people are.")
    found = [
        Missing(f"emergency_{name}", words)
        for name in ("street", "postal_code", "city")
        if not emergency.get(name)
    ]
    return [*found, *_porting(wanted, details.get("porting") or {})]


def _porting(wanted: Wanted, porting: Details) -> list[Missing]:
    wants = wanted.parts[Part.PORTING] > 0
    filled = any(porting.get(name) for name in ("numbers", "provider", "date", "contract"))
    if not wants and not filled:
        return []
    needed = {
        "numbers": _("Enter the numbers to port."),
        "provider": _("Enter the present provider."),
        "holder": _("Enter who holds the numbers there."),
        "contract": _("Enter the customer or contract number there."),
        "date": _("Enter the porting date."),
    }
    found = [
        Missing(f"porting_{name}", text) for name, text in needed.items() if not porting.get(name)
    ]
    if porting.get("numbers") and not wants:
        found.append(Missing(Part.PORTING, _("Add number porting, or clear the numbers.")))
    return found


def _meeting(wanted: Wanted, details: Details) -> list[Missing]:
    hosts, rooms = len(details.get("hosts") or ()), len(details.get("rooms") or ())
    found = []
    if hosts != wanted.parts[Part.HOST]:
        sentence = _(
            "Each host licence needs the address of its host: %(have)s entered, %(want)s ordered."
        )
        found.append(Missing("hosts", sentence % {"have": hosts, "want": wanted.parts[Part.HOST]}))
    if rooms != wanted.parts[Part.ROOM]:
        sentence = _(
            "Each room licence needs the name of its room: %(have)s entered, %(want)s ordered."
        )
        found.append(Missing("rooms", sentence % {"have": rooms, "want": wanted.parts[Part.ROOM]}))
    return found


def _flex(wanted: Wanted, details: Details) -> list[Missing]:
    """Return the seats whose users are not all named; naming nobody is fine."""
    users = details.get("users") or []
    named = Counter(user.get("seat") for user in users)
    seats = {
        product.sku: (product, n) for product, n in wanted.products if product.part == Part.SEAT
    }
    if not users:
        return []
    sentence = _("Name one user for each seat: %(have)s named, %(want)s ordered.")
    found = [
        Missing(f"q_{product.pk}", sentence % {"have": named[sku], "want": count})
        for sku, (product, count) in seats.items()
        if named[sku] != count
    ]
    others = sorted(str(sku) for sku in named.keys() - seats.keys())
    return found + [Missing("", sentence % {"have": named[sku], "want": 0}) for sku in others]


CHECKS = {Family.TRUNK: _trunk, Family.MEETING: _meeting, Family.FLEX: _flex}


def missing_of(order: Order, lines: Iterable[OrderLine]) -> list[Missing]:
    """Return what an order as it is saved still needs for its delivery; changes need nothing."""
    if order.kind != Order.Kind.NEW:
        return []
    ordered = Wanted((line.product, line.quantity) for line in lines)
    return missing_details(order.family, ordered, order.details)


def unready_of(order: Order, lines: Sequence[OrderLine]) -> list[str]:
    """Return what stands in the way of placing a parked draft, a sentence each (ORD-60)."""
    found = [each.text for each in missing_of(order, lines)]
    if sends_goods(lines):
        found += filter(None, [why_not_to(order, chosen(order))])
    try:
        check_credit(order.customer, exposure_of(lines))
    except RuleError as error:
        found.append(str(error))
    return list(dict.fromkeys(found))
