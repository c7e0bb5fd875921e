"""A plain model of two partners at work: dictionaries of what must be there after each act.

It knows nothing of the portal's code. A key is the partner's slug and an id; an e-mail is counted
by partner, template and address.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

PRICE = 129  # of one seat and month; it costs nothing once
LIVE = ("submitted", "accepted")
Key = tuple[str, UUID]
PLACED = "orders/email/placed"
ASSIGNED = "orders/email/placed_assigned"
CONFIRMED = "orders/email/placed_customer"
NEWS = "orders/email/customer_news"
PROGRESS = "orders/email/progress"
ASK = "quotes/email/confirmation"
COPY = "quotes/email/accepted_customer"
ACCEPTED = "quotes/email/accepted"
DECLINED = "quotes/email/declined"


@dataclass
class Model:
    """Orders, quotes and questions to customers, and the e-mails that all of it must cause.

    ``customers``: partner, name, limit, address of the contact, who is responsible.
    """

    customers: dict[UUID, dict[str, Any]]
    inbox: dict[str, str]  # the notification address of each partner
    orders: dict[Key, dict[str, Any]] = field(default_factory=dict)
    quotes: dict[Key, dict[str, Any]] = field(default_factory=dict)
    asked: dict[Key, dict[str, Any]] = field(default_factory=dict)
    mails: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    registered: dict[str, list[str]] = field(default_factory=dict)

    def committed(self, customer: UUID) -> int:
        """Return the credit in use: seats of live orders, a month each (D8)."""
        mine = [o for o in self.orders.values() if o["customer"] == customer]
        return PRICE * sum(int(o["placed"]) for o in mine if o["state"] in LIVE)

    def fits(self, customer: UUID, seats: int) -> bool:
        """Return whether that many seats are within the credit limit."""
        limit = int(self.customers[customer]["limit"])
        return seats == 0 or self.committed(customer) + seats * PRICE <= limit

    def _mail(self, slug: str, template: str, to: str) -> None:
        self.mails[slug, template, to] += 1

    def _news(self, slug: str, order: dict[str, Any]) -> None:
        if order["told"]:
            self._mail(slug, NEWS, self.customers[order["customer"]]["contact"])

    def started(self, key: Key, customer: UUID, seats: int = 0, most: int = 1000) -> None:
        """Note a draft for a customer."""
        self.orders[key] = {
            "customer": customer,
            "state": "draft",
            "seats": seats,
            "most": most,
            "placed": 0,
            "told": False,
            "by": "",
        }

    def placed(self, key: Key, by: str, seats: int, *, tells: bool) -> None:
        """Place an order; ``tells``: the customer's contact gets a confirmation."""
        order, slug = self.orders[key], key[0]
        customer = self.customers[order["customer"]]
        self._mail(slug, PLACED, by)
        if order["told"]:
            self._mail(slug, NEWS, customer["contact"])
        elif tells:
            self._mail(slug, CONFIRMED, customer["contact"])
        if customer["responsible"] and customer["responsible"] != by:
            self._mail(slug, ASSIGNED, customer["responsible"])
        order.update(state="submitted", placed=seats, by=by, told=order["told"] or tells)

    def cancelled(self, key: Key) -> None:
        """Cancel an order that was not accepted."""
        self.orders[key]["state"] = "cancelled"
        self._news(key[0], self.orders[key])

    def vendor(self, key: Key, act: str) -> None:
        """Accept, reject or return an order, as channel sales does."""
        order = self.orders[key]
        self._mail(key[0], PROGRESS, order["by"])
        if act != "accept":
            self._news(key[0], order)
        order["state"] = {"accept": "accepted", "reject": "rejected", "return": "draft"}[act]

    def quoted(self, key: Key, customer: UUID) -> None:
        """Note a quote for a customer."""
        self.quotes[key] = {"customer": customer, "state": "draft", "seats": 0}

    def edited(self, key: Key, seats: int | None = None) -> None:
        """Edit a quote: an open question to the customer is withdrawn (CON-21)."""
        quote = self.quotes[key]
        quote["seats"] = quote["seats"] if seats is None else seats
        quote["state"] = "draft"
        for question in self.asked.values():
            if question["quote"] == key and question["state"] == "sent":
                question["state"] = "withdrawn"

    def sent(self, key: Key, confirmation: UUID, by: str) -> None:
        """Ask the customer's contact to confirm a quote."""
        slug, quote = key[0], self.quotes[key]
        quote["state"] = "sent"
        self.asked[slug, confirmation] = {"quote": key, "state": "sent", "by": by}
        self._mail(slug, ASK, self.customers[quote["customer"]]["contact"])

    def answered(self, key: Key, *, accepts: bool) -> None:
        """Take the customer's answer: who asked and the partner are told (CON-17, CON-23)."""
        slug, question = key[0], self.asked[key]
        quote = self.quotes[question["quote"]]
        question["state"] = "accepted" if accepts else "declined"
        quote["state"] = "confirmed" if accepts else "declined"
        if accepts:
            self._mail(slug, COPY, self.customers[quote["customer"]]["contact"])
        for to in (question["by"], self.inbox[slug]):
            self._mail(slug, ACCEPTED if accepts else DECLINED, to)

    def progressed(self, key: Key, order: UUID) -> None:
        """Make a draft of a confirmed quote, for its customer."""
        quote = self.quotes[key]
        quote["state"] = "progressed"
        # More than was confirmed is another order's.
        self.started((key[0], order), quote["customer"], quote["seats"], quote["seats"])
