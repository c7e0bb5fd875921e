"""The acts of the stateful properties: an act and three numbers choose who does what, with what."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from customers.imports import jobs
from customers.models import CustomerImport
from orders.services import fulfilment
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.flows.stateful_checks import Checks, MailServer
from tests.flows.stateful_model import ASK
from tests.flows.stateful_portal import ID, LOOKS, PATHS, Person, Portal, Tab, key_of
from tests.flows.stateful_sending import Sending, with_fields
from tests.isolation.world import CANARY

Step = tuple[str, int, int, int]
ACTS = (
    *("choose", "choose", "start", "start", "start", "quote"),
    *("send",) * 14,
    *("cancelled", "cancelled", "foreign", "elsewhere", "stale"),
    *("open products", "open review", "open review", "open cancel", "open recreate"),
    *("open lines", "open send", "open send", "open withdraw", "open progress", "open progress"),
    *("ask", "ask", "link", "link", "link", "register", "import", "vendor", "vendor"),
    *("look", "dispatch"),
)
PLANS: tuple[list[str], ...] = (
    ["ok", "ok", "dies after"],
    ["dies before"],
    ["ok", "unreachable"],
    ["refused", "ok", "ok"],
    ["broken", "ok", "dies after"],
    [],
)


class Going:
    """One example under way: the portal, its model and what is checked after each step."""

    def __init__(self, portal: Portal, server: MailServer) -> None:
        self.portal, self.model, self.server = portal, portal.model, server
        self.sending = Sending(portal)
        self.checks = Checks(portal.model, server)

    def step(self, step: Step) -> None:
        """Take one step and check what is cheap to check."""
        act, a, b, n = step
        name, _space, kind = act.partition(" ")
        # Those who may order act more often than technicians.
        people = [*self.portal.people, *(p for p in self.portal.people if p.orders)]
        person = people[a % len(people)]
        if name == "open":
            self._open(person, kind, b)
        elif name in ("send", "cancelled", "foreign", "elsewhere", "stale"):
            self._with_tab(name, a, b, n)
        elif name == "dispatch":
            self.server.dispatch(PLANS[n % len(PLANS)])
        else:
            getattr(self, f"_{name}")(person, b, n)
        self.portal.count["steps"] += 1
        self.checks.all(rows=False)

    def _who_orders(self, which: int) -> Person:
        people = [person for person in self.portal.people if person.orders]
        return people[which % len(people)]

    def _customer(self, person: Person, which: int) -> UUID:
        mine = self.sending.customers(person.slug)
        return mine[which % len(mine)]

    def _choose(self, person: Person, b: int, n: int) -> None:
        target = self._customer(person, b)
        answer = self.portal.request(person, "POST", "/switch/", data={"customer": [str(target)]})
        sees = person.orders or self.model.customers[target]["responsible"] == person.email
        assert answer.status == (302 if sees else 404), answer.status
        if sees:
            person.active = target

    def _start(self, person: Person, b: int, n: int) -> None:
        named = self._customer(person, b) if n % 3 else None
        path = "/orders/new/flex/" + (f"?customer={named}" if named else "")
        tab = self.portal.open(person, "start", path)
        assert (tab is not None) == person.orders, "step 1 for whom it is not"
        if tab is not None and named is not None:
            assert tab.customer == named, "another customer than the address names"
        elif tab is not None and person.active not in (None, "?"):
            assert tab.customer == person.active, "another customer than the active one"

    def _quote(self, person: Person, b: int, n: int) -> None:
        path = f"/quotes/new/?customer={self._customer(person, b)}"
        tab = self.portal.open(person, "quote", path)
        assert (tab is not None) == person.orders

    def _register(self, person: Person, b: int, n: int) -> None:
        tab = self.portal.open(person, "register", "/customers/new/")
        if tab is not None:
            # A name that both partners may want, and one that only this one knows.
            word = "Gemensam" if n % 2 else CANARY[person.slug]
            values = {
                "name": f"{word} {b % 4} AB",
                "number": str(40_000 + b % 3),
                "billing_email": "invoice@new.example",
                "street": "Hamngatan 1",
                "postal_code": "803 20",
                "city": "Gävle",
                "credit_limit": "0",
            }
            person.tabs[-1] = with_fields(tab, **values)

    def _import(self, person: Person, b: int, n: int) -> None:
        """Upload a register of one customer, and let the worker check and write it."""
        name, number = f"{CANARY[person.slug]} import {b % 3} AB", str(50_000 + b % 3)
        rows = f"Customer number;Customer name;Billing e-mail\n{number};{name};i@new.example\n"
        answer = self.portal.request(
            person,
            "POST",
            "/customers/import/",
            files={"file": (f"{CANARY[person.slug]}.csv", rows.encode())},
        )
        assert person.name == "administrator" or answer.status == 403, answer.status
        found = ID.search(answer.header("Location")) if answer.status == 302 else None
        if found is None:
            return
        path = f"/customers/import/{found.group()}/"
        self._work(person, found.group())
        self.portal.request(person, "GET", path)
        again = self.portal.request(person, "POST", f"{path}start/")
        assert again.status == 302, again.status
        self._work(person, found.group())
        self.portal.request(person, "GET", path)
        with in_partner(Partner.objects.get(slug=person.slug)):
            self.sending.new_customer(person, name, answer, lost=False)

    def _work(self, person: Person, pk: str) -> None:
        with in_partner(Partner.objects.get(slug=person.slug)):
            jobs.run(UUID(pk), at=timezone.now())
            assert CustomerImport.objects.get(pk=pk).state != "failed"

    def _open(self, person: Person, kind: str, which: int) -> None:
        """Open a form of one of the partner's orders or quotes; of another's it is not there."""
        about_quotes = PATHS[kind].startswith("/quotes/")
        keys = list(self.model.quotes if about_quotes else self.model.orders)
        if not keys:
            (self._quote if about_quotes else self._start)(self._who_orders(which), which, which)
            return
        slug, pk = keys[-1 - which % len(keys)]
        path = PATHS[kind].format(pk)
        if slug != person.slug:
            answer = self.portal.request(person, "GET", path)
            assert answer.status in (403, 404), answer.status
            return
        if kind == "cancel" and self.model.orders[slug, pk]["state"] == "accepted":
            return  # Then it asks channel sales to.
        tab = self.portal.open(person, kind, path, pk)
        assert tab is None or person.orders, "a form for whom it is not"
        if tab is not None and kind == "review":
            order = self.model.orders[slug, pk]
            assert tab.customer == order["customer"], "another customer on the button"

    def _tab(self, a: int, b: int) -> Tab | None:
        with_tabs = [person for person in self.portal.people if person.tabs]
        if not with_tabs:
            return None
        person = with_tabs[a % len(with_tabs)]
        return person.tabs[-1 - b % len(person.tabs)]

    def _with_tab(self, name: str, a: int, b: int, n: int) -> None:
        # The newest tab of somebody, and every other time one of those before.
        tab = self._tab(a, b // 2 if b % 2 else 0)
        if tab is None or self._now_asks(tab):
            self._start(self._who_orders(a), b, n)
            return
        if name == "send":
            self.sending.send(tab, n)
        elif name == "cancelled":
            self.sending.send(tab, n, cancel=n)
        elif name == "foreign":
            self.sending.send_foreign(tab)
        elif name == "stale":
            self.sending.send(tab, n)
            self.sending.send(tab, n)
        elif tab.kind in ("products", "review"):
            others = [pk for slug, pk in self.model.orders if slug == tab.who.slug]
            wanted = others[b % len(others)]
            if wanted != tab.about:
                self.sending.send_elsewhere(tab, wanted)

    def _now_asks(self, tab: Tab) -> bool:
        """Return whether the form would ask channel sales, which has its own tests."""
        order = self.model.orders.get(key_of(tab.who, tab.about)) if tab.about else None
        return tab.kind in ("cancel", "recreate") and (order or {}).get("state") == "accepted"

    def _ask(self, person: Person, b: int, n: int) -> None:
        """Quote something, send it to the customer, and open the link as the customer.

        Every other time it is accepted, and the form that makes it an order is open.
        """
        if not person.orders:
            return
        self._quote(person, b, n)
        quote_of = self.sending.send(person.tabs[-1], n)
        found = ID.search(quote_of.header("Location"))
        assert found is not None, quote_of.status
        for kind in ("lines", "send"):
            tab = self.portal.open(
                person, kind, PATHS[kind].format(found.group()), UUID(found.group())
            )
            assert tab is not None, kind
            self.sending.send(tab, n)
        self._link(person, 0, n)
        answering = person.tabs[-1]
        if n % 2 and answering.kind == "accept":
            self.sending.send(answering, n)
            self._open(person, "progress", 0)

    def _link(self, person: Person, b: int, n: int) -> None:
        """Open the link of an e-mail as the customer, in a browser of its own."""
        keys = [key for key in self.model.asked if key[0] == person.slug]
        if not keys:
            return
        slug, pk = keys[-1 - b % len(keys)]
        mails = OutboundEmail.objects.for_partner(Partner.objects.get(slug=slug))
        mail = mails.filter(template=ASK, key=f"confirmation-{pk}").get()
        if mail.secrets_encrypted is None:
            return  # It was sent, and nothing but the e-mail has the secret.
        jar: dict[str, str] = {}
        link = decrypt(mail.secrets_encrypted)["link"].partition("localhost")[2]
        path = "/" + link.partition("/")[2]
        answer = self.portal.request(person, "GET", path, jar=jar)
        page = answer.header("Location")
        shown = self.portal.request(person, "GET", page, jar=jar)
        kind = "decline" if n % 4 == 0 else "accept"
        self.portal.keep(person, kind, page, shown, about=pk, jar=jar)

    def _vendor(self, person: Person, b: int, n: int) -> None:
        """Accept, reject or return an order, as channel sales does."""
        placed = [
            key
            for key, order in self.model.orders.items()
            if order["state"] == "submitted" and key[0] == person.slug
        ]
        if not placed:
            return
        key, at = placed[b % len(placed)], timezone.now()
        act = ("accept", "reject", "return")[n % 3]
        with in_partner(Partner.objects.get(slug=person.slug)):
            if act == "accept":
                fulfilment.accept_order(key[1], at=at)
            elif act == "reject":
                fulfilment.reject_order(key[1], reason="No", at=at)
            else:
                fulfilment.return_order(key[1], reason="Which floor?", at=at)
        self.model.vendor(key, act)

    def _look(self, person: Person, b: int, n: int) -> None:
        for path in (LOOKS[n % len(LOOKS)], LOOKS[b % len(LOOKS)]):
            answer = self.portal.request(person, "GET", path)
            assert answer.status in (200, 403), f"{path}: {answer.status}"
