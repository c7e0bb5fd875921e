"""What must hold after every act at both partners, whatever happened before."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from typing import Any, Self

from django.db import connection as any_connection
from django.utils import timezone

from orders.credit import committed_by_rows
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import OutboundEmail
from portal.outbox.transports import Broken, Envelope, Refused, Unreachable
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
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


# What a partner's schema holds that the model knows, read past all that limits what a person sees.
READ = """
    SELECT 'order' AS what, id, customer_id AS of, state AS said,
           NULL::numeric AS committed, NULL::numeric AS most FROM "{schema}".orders_order
    UNION ALL SELECT 'quote', id, customer_id, state, NULL, NULL FROM "{schema}".quotes_quote
    UNION ALL SELECT 'asked', id, quote_id, state, NULL, NULL FROM "{schema}".quotes_confirmation
    UNION ALL SELECT CASE WHEN is_own_company THEN 'own' ELSE 'customer' END, id, NULL, name,
                     credit_committed, credit_limit FROM "{schema}".customers_customer
"""


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
        answered = self._answers()
        for partner in self.partners:
            self._states(partner)
            if rows or answered:
                with in_partner(partner):
                    assert not (found := list(problems())), found
                    if rows:
                        self._credit_of_rows(partner.slug)
            if rows:
                self._words(partner)
        self._mails()

    def _states(self, partner: Partner) -> None:
        slug = partner.slug
        there: dict[str, dict[Any, Any]] = {"order": {}, "quote": {}, "asked": {}, "customer": {}}
        credit: dict[Any, tuple[str, Decimal, Decimal]] = {}
        with any_connection.cursor() as cursor:
            cursor.execute(READ.format(schema=partner.schema_name))
            for what, pk, of, said, committed, most in cursor.fetchall():
                if what in ("own", "customer"):
                    credit[pk] = (said, committed, most)
                else:
                    there[what][slug, pk] = ((slug, of) if what == "asked" else of, said)
                if what == "customer" and pk not in self.customers[slug]:
                    there[what][pk] = said
        for what, noted, of in (
            ("order", self.model.orders, "customer"),
            ("quote", self.model.quotes, "customer"),
            ("asked", self.model.asked, "quote"),
        ):
            mine = {key: (o[of], o["state"]) for key, o in noted.items() if key[0] == slug}
            more, fewer = there[what].items() - mine.items(), mine.items() - there[what].items()
            assert there[what] == mine, f"{what}s differ: there {more}, noted {fewer}"
        new = sorted(there["customer"].values())
        assert new == sorted(self.model.registered.get(slug, [])), "registered customers"
        for customer in self.customers[slug]:
            name, committed, most = credit[customer]
            assert committed == self.model.committed(customer), f"credit of {name}"
            assert committed <= most, "more than the credit limit"

    def _answers(self) -> bool:
        """Return whether a customer has answered since the chain was followed."""
        before, self._answered = (
            self._answered,
            sum(each["state"] in ("accepted", "declined") for each in self.model.asked.values()),
        )
        return before != self._answered

    def _credit_of_rows(self, slug: str) -> None:
        for customer in self.customers[slug]:
            committed = self.model.committed(customer)
            assert committed_by_rows(customer) == committed, "credit by rows"

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
            "partner__slug", "template", "to_address", "message_id", "state"
        )
        there, wanted = Counter(each[:3] for each in rows), self.model.mails
        assert there == wanted, f"too many {there - wanted}, missing {wanted - there}"
        self._delivered({key: (state, slug) for slug, _template, _to, key, state in rows})

    def _delivered(self, rows: dict[str, tuple[str, str]]) -> None:
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
