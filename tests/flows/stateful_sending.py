"""Sending forms: what the model says may and must happen, and what the database says did.

Whether something happened is read from the rows and never from the answer, which may be lost; the
answer has to agree with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from customers.models import Customer
from orders.models import Order
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Quote
from tests import factories
from tests.flows.stateful_model import Key, Model
from tests.flows.stateful_portal import Person, Portal, Tab, key_of, other_of, version_of
from tests.isolation.wire import Answer

Data = dict[str, list[str]]
PROPER = (200, 302, 409)
# What a form may be answered with that cannot belong to anything, or is not for this person.
REFUSED = (200, 302, 403, 404, 409)


class Sending:
    """What becomes of forms; each method takes the tab, what was sent and the answer."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.model: Model = portal.model

    def send(self, tab: Tab, n: int, *, cancel: int = 0) -> Answer:
        """Send a tab's form, changed by a number, and compare what it did with the model."""
        data = self._filled(tab, n)
        before = version_of(tab.who.slug, tab.kind, tab.about)
        self.portal.count["forms"] += 1
        answer = self.portal.request(
            tab.who, "POST", tab.path, data=data, jar=tab.jar, cancel=cancel
        )
        lost = answer.status == 503 or bool(cancel)
        assert lost or answer.status in PROPER, f"{tab.kind}: {answer.status}"
        if lost:
            # Nobody knows any more for whom the session works.
            tab.who.active = "?"
        settle: Callable[..., bool] = getattr(self, f"_{tab.kind}")
        with in_partner(Partner.objects.get(slug=tab.who.slug)):
            happened = settle(tab, data, answer, stale=before != tab.version, lost=lost)
        if "agreed" in tab.fields and not lost and tab.who.active is not None:
            tab.who.active = self._working_for(tab, answer, happened=happened)
        self.portal.count[f"{tab.kind} done"] += happened
        if answer.status == 200 and "agreed" in answer.text and tab.kind in ("start", "review"):
            self._asked(tab, answer)
        elif answer.status == 302 and tab.jar is None:
            self.portal.follow(tab.who, answer)
        return answer

    def send_foreign(self, tab: Tab) -> None:
        """Send it with ids of the other partner: nothing happens anywhere."""
        theirs = self.portal.ids_of(other_of(tab.who.slug))
        forged = self.portal.foreign(tab, theirs)
        if forged == tab:
            # A form that names nobody, as that of a new customer, has nothing to forge.
            return
        answer = self.portal.request(
            tab.who, "POST", forged.path, data=self._filled(forged, 1), jar=tab.jar
        )
        assert answer.status in REFUSED, answer.status
        if tab.about is not None:
            assert answer.status in (403, 404), f"{forged.path}: {answer.status}"
        self.portal.count["foreign"] += 1

    def send_elsewhere(self, tab: Tab, other: UUID) -> None:
        """Send a form to the address of another order of the same partner: nothing happens."""
        path = tab.path.replace(str(tab.about), str(other))
        answer = self.portal.request(tab.who, "POST", path, data=self._filled(tab, 1))
        assert answer.status in REFUSED, answer.status
        self.portal.count["elsewhere"] += 1

    def _filled(self, tab: Tab, n: int) -> Data:
        """Return the fields as the person leaves them."""
        data, seats = dict(tab.fields), str(1 + n % 4)
        seat = factories.product("FLX-PRO").pk
        if tab.kind == "start":
            # The own company needs a tick (D1).
            return {**data, "own": ["on"]} if n % 2 else data
        if tab.kind == "products":
            return {**data, f"q_{seat}": [seats]}
        if tab.kind == "lines":
            return {**data, f"q_{seat}": [seats], f"t_{seat}": ["24"], f"d_{seat}": [""]}
        if tab.kind == "cancel":
            return {**data, "reason": ["not_needed"]}
        if tab.kind == "recreate":
            others = [str(pk) for pk in self.customers(tab.who.slug)]
            return {**data, "customer": [others[n % len(others)]]}
        if tab.kind == "quote":
            return {**data, "title": ["Phones"]}
        if tab.kind == "send":
            contact = self._contact_of_quote(tab)
            return {**data, "contact": [contact], "then": ["send"]}
        if tab.kind == "progress":
            return {**data, "address_checked": ["on"], "then": ["progress"]}
        if tab.kind == "accept":
            return {**data, "contact": [self._reader(tab)], "read": ["on"], "authority": ["on"]}
        if tab.kind == "decline":
            return {**data, "contact": [self._reader(tab)], "reason": ["Too late for us"]}
        return data

    def customers(self, slug: str) -> list[UUID]:
        found = self.model.customers.items()
        return [pk for pk, c in found if c["partner"] == slug and not c.get("own")]

    def _contact_of_quote(self, tab: Tab) -> str:
        quote = self.model.quotes[key_of(tab.who, tab.about)]
        return str(self.model.customers[quote["customer"]]["contact_id"])

    def _reader(self, tab: Tab) -> str:
        """Return the contact who answers a confirmation: whoever was asked (CON-50)."""
        quote = self.model.quotes[self.model.asked[key_of(tab.who, tab.about)]["quote"]]
        return str(self.model.customers[quote["customer"]]["contact_id"])

    def _asked(self, tab: Tab, answer: Answer) -> None:
        """Keep the page that asks whether this customer is meant, as the next tab (ORD-26)."""
        kept = self.portal.keep(
            tab.who, tab.kind, tab.path, answer, about=tab.about, version=tab.version
        )
        assert kept is not None and "agreed" in kept.fields, tab.kind
        assert kept.customer == tab.customer, "asked about another customer"
        self.portal.count["asked"] += 1

    def _working_for(self, tab: Tab, answer: Answer, *, happened: bool) -> UUID | str | None:
        """Return for whom the session works after a form that agreed to another customer (ORD-26).

        A form that was sent before switches again, to whom it names. One that is asked about once
        more changes nothing; what is refused was so before the switch or after it.
        """
        if answer.status == 200 and "agreed" in answer.text:
            return tab.who.active
        switched = happened or (tab.kind == "start" and answer.status == 302)
        return tab.customer if switched or tab.who.active == tab.customer else "?"

    def _must_ask(self, tab: Tab, target: UUID) -> bool:
        """Return whether the person works for somebody else and was not asked (ORD-26)."""
        active = tab.who.active
        return active not in (None, "?", target) and "agreed" not in tab.fields

    def _order(self, pk: UUID) -> tuple[str, UUID] | None:
        found = Order.objects.filter(pk=pk).values_list("state", "customer").first()
        return found and (str(found[0]), found[1])

    def _start(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        pk = UUID(data["order_id"][0])
        key, found = key_of(tab.who, pk), self._order(pk)
        if key in self.model.orders or found is None:
            return False
        assert found[1] == tab.customer, "a draft for another customer than the form's"
        assert lost or answer.status == 302
        assert not self._must_ask(tab, found[1]), "not asked about the other customer"
        assert self.model.customers[found[1]]["partner"] == tab.who.slug
        self.model.started(key, found[1])
        return True

    def _products(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key = key_of(tab.who, tab.about)
        order = self.model.orders.get(key)
        after = version_of(tab.who.slug, tab.kind, tab.about)
        seats = sum(int(v[0] or 0) for name, v in data.items() if name.startswith("q_"))
        may = order is not None and order["state"] == "draft" and not stale
        may = may and self.model.fits(order["customer"], seats) if order else False
        may = may and seats <= order["most"] if order else False
        happened = after is not None and not stale and after != tab.version
        if happened:
            assert may and order is not None, "saved what was not possible"
            order["seats"] = seats
        assert lost or answer.status != 302 or may, "said to be saved"
        assert lost or not may or answer.status == 302, f"not saved: {answer.status}"
        return happened

    def _review(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key = key_of(tab.who, tab.about)
        order, found = self.model.orders[key], self._order(tab.pk)
        happened = order["state"] == "draft" and found is not None and found[0] == "submitted"
        may = order["state"] == "draft" and not stale and order["seats"] > 0
        may = may and self.model.fits(order["customer"], order["seats"])
        asks = self._must_ask(tab, order["customer"])
        if happened:
            assert found is not None and found[1] == order["customer"] == tab.customer, (
                "an order for another customer than the one on the button"
            )
            assert may, "placed what was not possible"
            assert not asks, "not asked about the other customer"
            tells = bool(data["contact"][0])
            self.model.placed(key, tab.who.email, order["seats"], tells=tells)
            self.portal.count["placed"] += 1
        elif may and not asks and not lost and tab.who.active != "?":
            agreed_before = "agreed" in tab.fields
            assert agreed_before, f"not placed: {answer.status}"
        return happened

    def _cancel(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key = key_of(tab.who, tab.about)
        found, state = self._order(tab.pk), self.model.orders[key]["state"]
        if state == "cancelled" or found is None or found[0] != "cancelled":
            assert lost or state not in ("draft", "submitted"), "not cancelled"
            return False
        assert state in ("draft", "submitted"), f"cancelled what was {state}"
        self.model.cancelled(key)
        return True

    def _recreate(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key, target = key_of(tab.who, tab.about), UUID(data["customer"][-1])
        order = self.model.orders[key]
        copy = Order.objects.filter(recreated_from=tab.about).first()
        if copy is None or (tab.who.slug, copy.pk) in self.model.orders:
            return False
        assert order["state"] in ("draft", "submitted") and target != order["customer"]
        assert copy.customer_id == target, "a copy for another customer than the form's"
        self.model.cancelled(key)
        self.model.started((tab.who.slug, copy.pk), target, order["seats"])
        if not lost and tab.who.active is not None:
            tab.who.active = target
        return True

    def _quote(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        pk = UUID(data["quote_id"][0])
        found = Quote.objects.filter(pk=pk).first()
        if found is None or key_of(tab.who, pk) in self.model.quotes:
            return False
        assert found.customer_id == tab.customer, "a quote for another customer than the form's"
        self.model.quoted(key_of(tab.who, pk), found.customer_id)
        return True

    def _lines(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key = key_of(tab.who, tab.about)
        after = version_of(tab.who.slug, tab.kind, tab.about)
        seats = sum(int(v[0] or 0) for name, v in data.items() if name.startswith("q_"))
        may = self.model.quotes[key]["state"] in ("draft", "sent") and not stale
        happened = not stale and after != tab.version
        if happened:
            assert may, "edited what was not possible"
            self.model.edited(key, seats)
        assert lost or may == (answer.status == 302), answer.status
        return happened

    def _send(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key = key_of(tab.who, tab.about)
        quote = self.model.quotes[key]
        asked = Confirmation.objects.filter(quote=tab.about, state="sent").first()
        may = quote["state"] == "draft" and not stale and quote["seats"] > 0
        if asked is None or (tab.who.slug, asked.pk) in self.model.asked:
            assert lost or not may, f"not sent: {answer.status}"
            return False
        assert may, "sent what was not possible"
        assert asked.customer_id == quote["customer"]
        self.model.sent(key, asked.pk, tab.who.email)
        return True

    def _withdraw(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key = key_of(tab.who, tab.about)
        was, now = self.model.quotes[key]["state"], Quote.objects.get(pk=tab.pk).state
        assert lost or was != "sent" or now == "draft", "not withdrawn"
        if was != "sent" or now != "draft":
            return False
        self.model.edited(key)
        return True

    def _progress(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        key = key_of(tab.who, tab.about)
        was, quote = self.model.quotes[key]["state"], Quote.objects.get(pk=tab.pk)
        if was == "progressed" or quote.state != "progressed":
            return False
        assert was == "confirmed", f"progressed what was {was}"
        made = quote.orders.get().order_id
        assert made is not None, "progressed without an order"
        self.model.progressed(key, made)
        if not lost:
            tab.who.active = quote.customer_id
        return True

    def _answer(self, tab: Tab, answer: Answer, *, lost: bool, accepts: bool) -> bool:
        key: Key = key_of(tab.who, tab.about)
        was = self.model.asked[key]["state"]
        now = Confirmation.objects.get(pk=tab.pk).state
        wanted = "accepted" if accepts else "declined"
        assert lost or was != "sent" or now == wanted, f"not {wanted}: {answer.status}"
        if was != "sent" or now != wanted:
            return False
        self.model.answered(key, accepts=accepts)
        return True

    def _accept(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        return self._answer(tab, answer, lost=lost, accepts=True)

    def _decline(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        return self._answer(tab, answer, lost=lost, accepts=False)

    def _register(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        return self.new_customer(tab.who, data["name"][0], answer, lost=lost)

    def _import(self, tab: Tab, data: Data, answer: Answer, *, stale: bool, lost: bool) -> bool:
        return False

    def new_customer(self, person: Person, name: str, answer: Answer, *, lost: bool) -> bool:
        """Note a customer that is in the register now; a name is taken once (D3)."""
        known = [each for names in self.model.registered.values() for each in names]
        there = Customer.objects.filter(name=name).exists()
        if not there or name in self.model.registered.setdefault(person.slug, []):
            return False
        assert name not in known, "a name that another partner has"
        self.model.registered[person.slug].append(name)
        return True


def with_fields(tab: Tab, **values: Any) -> Tab:
    """Return a tab with some of its fields typed into."""
    return replace(tab, fields={**tab.fields, **{k: [str(v)] for k, v in values.items()}})
