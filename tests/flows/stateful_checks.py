"""What must hold after every act at both partners, whatever happened before."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any, Self

from django.db import connection as any_connection
from django.utils import timezone

from customers.models import Customer
from orders.credit import committed_by_rows
from orders.models import Order
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import OutboundEmail
from portal.outbox.transports import Broken, Envelope, Refused, Unreachable
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from quotes.models import Confirmation, Quote
from quotes.services.evidence import problems
from tests.flows.stateful_model import Model
from tests.isolation.world import CANARY


class Killed(BaseException):
    """The end of a dispatcher's process."""


@dataclass
class MailServer:
    """A mail server and the process that talks to it, which may die before and after it spoke."""

    plan: list[str] = field(default_factory=list)
    received: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, bytes] = field(default_factory=dict)
    deaths: int = 0
    breaks: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def forget(self) -> None:
        """Forget what was received, for the next example."""
        self.plan, self.received, self.bodies = [], Counter(), {}
        self.deaths = self.breaks = 0

    def send(self, envelope: Envelope) -> None:
        act = self.plan.pop(0) if self.plan else "ok"
        if act == "dies before":
            raise Killed
        if act == "unreachable":
            raise Unreachable("no answer")
        if act == "refused":
            raise Refused("try later", status=451, for_good=False)
        found = message_from_bytes(envelope.data, policy=policy.default)
        self.received[str(found["Message-ID"])] += 1
        self.bodies[str(found["Message-ID"])] = envelope.data
        if act == "dies after":
            self.deaths += 1
            raise Killed
        if act == "broken":
            self.breaks += 1
            raise Broken("lost")

    def dispatch(self, plan: list[str]) -> None:
        """Run a dispatcher that meets what is planned, message by message."""
        self.plan = list(plan)
        with suppress(Killed):
            dispatch_due(at=timezone.now() + timedelta(hours=2), limit=6)


def tables_of(schema: str) -> list[str]:
    """Return the names of a schema's tables."""
    with any_connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace",
            [schema],
        )
        return [name for (name,) in cursor.fetchall()]


class Checks:
    """The invariants; each raises AssertionError."""

    def __init__(self, model: Model, server: MailServer) -> None:
        self.model, self.server = model, server
        self.partners = list(Partner.objects.filter(slug__in=CANARY))
        self.customers = {
            slug: {pk for pk, c in model.customers.items() if c["partner"] == slug}
            for slug in CANARY
        }
        self._statements = {each.slug: self._statement(each) for each in self.partners}
        self._seen: set[str] = set()
        self._answered = 0

    def _statement(self, partner: Partner) -> str:
        """Return one statement that searches all of a partner's rows, its e-mails among them."""
        schema = partner.schema_name
        rows = [
            f'SELECT \'{table}\' FROM "{schema}"."{table}" t WHERE t::text LIKE %(word)s'
            for table in tables_of(schema)
        ]
        mails = "SELECT 'mail' FROM public.outbox_outboundemail t WHERE t.partner_id = %(partner)s"
        return " UNION ALL ".join([*rows, f"{mails} AND t::text LIKE %(word)s"])

    def all(self, *, rows: bool) -> None:
        """Compare everything with the model.

        ``rows``: also reckon the credit from its rows, follow the chain of evidence, and search all
        rows for a word of the other partner, as at the end of an example. What a step writes
        stays, so that the end shows it.
        """
        for partner in self.partners:
            with in_partner(partner):
                self._states(partner.slug)
                self._credit(partner.slug, rows=rows)
                if rows or self._answers():
                    assert not (found := list(problems())), found
            if rows:
                self._words(partner)
        self._mails()
        self._delivered()

    def _states(self, slug: str) -> None:
        orders: Any = Order.objects.values_list("pk", "customer", "state")
        there = {(slug, pk): (customer, state) for pk, customer, state in orders}
        mine = {
            key: (o["customer"], o["state"])
            for key, o in self.model.orders.items()
            if key[0] == slug
        }
        more, fewer = there.items() - mine.items(), mine.items() - there.items()
        assert there == mine, f"orders differ: there {more}, noted {fewer}"
        quotes: Any = Quote.objects.values_list("pk", "customer", "state")
        assert {(slug, pk): (customer, state) for pk, customer, state in quotes} == {
            key: (q["customer"], q["state"])
            for key, q in self.model.quotes.items()
            if key[0] == slug
        }, "quotes differ"
        asked: Any = Confirmation.objects.values_list("pk", "quote", "state")
        assert {(slug, pk): ((slug, quote), state) for pk, quote, state in asked} == {
            key: (a["quote"], a["state"]) for key, a in self.model.asked.items() if key[0] == slug
        }, "questions to customers differ"
        names: Any = Customer.objects.filter(is_own_company=False).exclude(
            pk__in=self.customers[slug]
        )
        new = sorted(names.values_list("name", flat=True))
        assert new == sorted(self.model.registered.get(slug, [])), "registered customers"

    def _answers(self) -> bool:
        """Return whether a customer has answered since the chain was followed."""
        before, self._answered = (
            self._answered,
            sum(each["state"] in ("accepted", "declined") for each in self.model.asked.values()),
        )
        return before != self._answered

    def _credit(self, slug: str, *, rows: bool) -> None:
        for customer in Customer.objects.filter(pk__in=self.customers[slug]):
            committed = self.model.committed(customer.pk)
            assert customer.credit_committed == committed, f"credit of {customer.name}"
            assert not rows or committed_by_rows(customer.pk) == committed, "credit by rows"
            assert committed <= customer.credit_limit, "more than the credit limit"

    def _words(self, partner: Partner) -> None:
        other = next(word for slug, word in CANARY.items() if slug != partner.slug)
        with any_connection.cursor() as cursor:
            cursor.execute(
                self._statements[partner.slug], {"word": f"%{other}%", "partner": partner.pk}
            )
            found = cursor.fetchall()
        assert not found, f"{partner.slug} holds a word of the other partner: {found}"

    def _mails(self) -> None:
        rows: Any = OutboundEmail.objects.across_partners().values_list(
            "partner__slug", "template", "to_address"
        )
        there, wanted = Counter(rows), self.model.mails
        assert there == wanted, f"too many {there - wanted}, missing {wanted - there}"

    def _delivered(self) -> None:
        mails = OutboundEmail.objects.across_partners()
        rows: dict[str, tuple[str, str]] = {
            key: (state, slug)
            for key, state, slug in mails.values_list("message_id", "state", "partner__slug")
        }
        sent = {key for key, (state, _slug) in rows.items() if state == "sent"}
        received = self.server.received
        assert sent <= set(received) <= set(rows), "a message is lost, or nobody's"
        twice = received.total() - len(received)
        assert twice <= self.server.deaths + self.server.breaks, "more duplicates than crashes"
        for key in set(received) - self._seen:
            found = message_from_bytes(self.server.bodies[key], policy=policy.default)
            text = "".join(
                str(part.get_content()) for part in found.walk() if not part.is_multipart()
            )
            other = next(word for slug, word in CANARY.items() if slug != rows[key][1])
            assert other not in f"{found['Subject']}{found['To']}{text}", "a word of the other"
            self._seen.add(key)
