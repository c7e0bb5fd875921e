"""What a form or a bulk act of channel sales saw of an order, and what changed since (CHAN-12)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from portal.core.formats import amount, day

SALT = "orders.seen"


@dataclass(frozen=True)
class Seen:
    """The version of an order that somebody decided on, with what it held; JSON-ready.

    Version 0 is no version of any order, so that an act without one is refused.
    """

    version: int = 0
    content: Mapping[str, Any] = field(default_factory=dict)

    def sealed(self) -> str:
        """Return it for a hidden field, signed."""
        return signing.dumps([self.version, dict(self.content)], salt=SALT, compress=True)

    @classmethod
    def unsealed(cls, text: str) -> Seen:
        """Return what a hidden field held; version 0 for anything that was not signed here."""
        try:
            version, content = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return cls()
        return cls(version, content)


def seen_of(order: Order, lines: Sequence[OrderLine] | None = None) -> Seen:
    """Return what the order holds now; ``lines`` spares the query."""
    ordered = lines
    if ordered is None:
        ordered = list(order.lines.select_related("product").order_by("position"))
    needs = [order.details, str(order.site_id), order.goods_address]
    delivery = json.dumps(needs, sort_keys=True, default=str)
    content = {
        "state": order.state,
        "asked": order.has_open_request,
        "start": order.start_date.isoformat() if order.start_date else "",
        "reference": order.reference,
        "po_number": order.po_number,
        "contact": ",".join(str(each.pk) for each in order.receivers()),
        "delivery": sha256(delivery.encode()).hexdigest()[:16],
        "lines": {
            f"{line.product_id}:{line.service_id}": [
                line.title,
                line.quantity,
                str(line.one_off),
                str(line.monthly),
            ]
            for line in ordered
        },
    }
    return Seen(order.version, content)


def changes_since(seen: Seen, order: Order) -> list[str]:
    """Return what changed in the order since it was seen, a sentence each, in the active language.

    Empty if the version is the same, or if nothing is known of what was seen.
    """
    if seen.version == order.version or not seen.content:
        return []
    before, now = seen.content, seen_of(order).content
    return [
        *_state_changes(before, now),
        *_line_changes(before["lines"], now["lines"]),
        *_detail_changes(before, now),
    ]


def _state_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if before["state"] != now["state"]:
        old, new = (Order.State(each["state"]).label for each in (before, now))
        yield _("State: %(old)s → %(new)s") % {"old": old, "new": new}
    if now["asked"] and not before["asked"]:
        yield _("The partner asked to cancel the order.")
    if before["asked"] and not now["asked"]:
        yield _("The request to cancel is no longer open.")


def _line_changes(
    before: Mapping[str, Sequence[Any]], now: Mapping[str, Sequence[Any]]
) -> Iterator[str]:
    for key, (name, quantity, *_rest) in before.items():
        if key not in now:
            yield _("Left out: %(product)s × %(n)s") % {"product": name, "n": quantity}
    for key, (name, quantity, *prices) in now.items():
        if key not in before:
            yield _("Added: %(product)s × %(n)s") % {"product": name, "n": quantity}
            continue
        old_quantity, *old_prices = before[key][1:]
        if quantity != old_quantity:
            yield _("%(product)s: quantity %(old)s → %(new)s") % {
                "product": name,
                "old": old_quantity,
                "new": quantity,
            }
        if prices != old_prices:
            old, new = (_in_words(each) for each in (old_prices, prices))
            yield _("%(product)s: price %(old)s → %(new)s") % {
                "product": name,
                "old": old,
                "new": new,
            }


def _detail_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if before["start"] != now["start"]:
        yield _("Start date: %(old)s → %(new)s") % {
            "old": _day(before["start"]),
            "new": _day(now["start"]),
        }
    if before["reference"] != now["reference"]:
        yield _("Reference: %(old)s → %(new)s") % {
            "old": before["reference"] or "–",
            "new": now["reference"] or "–",
        }
    if before["po_number"] != now["po_number"]:
        yield _("Purchase order number: %(old)s → %(new)s") % {
            "old": before["po_number"] or "–",
            "new": now["po_number"] or "–",
        }
    if before["contact"] != now["contact"]:
        yield _("The confirmation goes to other contacts.")
    if before["delivery"] != now["delivery"]:
        yield _("What the delivery needs was changed.")


def _in_words(stored: Sequence[str]) -> str:
    return " / ".join(amount(Decimal(each)) for each in stored)


def _day(text: str) -> str:
    return day(date.fromisoformat(text)) if text else "–"
