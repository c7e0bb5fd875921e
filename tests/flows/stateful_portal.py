"""Two partners, their people with several tabs each, and their customers by link, in HTTP.

A tab is a form as a page showed it, with its hidden fields: it is sent later, perhaps when the
world has moved on, and perhaps twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.db import connection as any_connection
from django.db import transaction
from django.db.transaction import Atomic
from psycopg import Error as DriverError

from orders.models import Order
from portal.accounts.models import Membership
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from quotes.models import Quote
from tests.flows.stateful_model import Key, Model
from tests.isolation.crawl import Form, Page
from tests.isolation.wire import Answer, Wire
from tests.isolation.world import CANARY

TABS = 4
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Which field shows that a form is the page's own one.
MARKS = {
    "start": "order_id",
    "recreate": "customer",
    "cancel": "reason",
    "quote": "quote_id",
    "register": "billing_email",
    "progress": "po_number",
    "accept": "seen",
    "decline": "reason",
}
# Who is named by the button that places an order, or by the one that confirms the question.
BUTTON = re.compile(r"(?:Place order|Order) for ([^<]+?)\s*</button>")
PATHS = {
    "products": "/orders/{}/products/",
    "review": "/orders/{}/review/",
    "cancel": "/orders/{}/cancel/",
    "recreate": "/orders/{}/recreate/",
    "lines": "/quotes/{}/lines/",
    "send": "/quotes/{}/send/",
    "withdraw": "/quotes/{}/withdraw/",
    "progress": "/quotes/{}/progress/",
}
LOOKS = (
    *("/", "/customers/", "/orders/", "/quotes/", "/outbox/", "/search/?q=zq", "/notices/"),
    *("/search/suggest/?q=zq", "/people/", "/reports/", "/service-reports/"),
)


@dataclass
class Person:
    """Somebody at a keyboard: a session, and the forms that are open in it."""

    name: str
    slug: str
    membership: Membership
    jar: dict[str, str]
    # The customer that the session works for; "?" if a cancelled request left it open.
    active: UUID | str | None = None
    tabs: list[Tab] = field(default_factory=list)

    @property
    def email(self) -> str:
        return str(self.membership.user.email)

    @property
    def orders(self) -> bool:
        return self.name in ("administrator", "sales")


@dataclass
class Tab:
    """A form that a page showed to somebody."""

    kind: str
    path: str
    fields: dict[str, list[str]]
    who: Person
    about: UUID | None = None
    customer: UUID | None = None  # Whom its button or its hidden field names.
    version: int | None = None
    jar: dict[str, str] | None = None  # Of a customer who came by link.

    @property
    def pk(self) -> UUID:
        """Return the id of what it is about."""
        assert self.about is not None
        return self.about


def version_of(slug: str, kind: str, pk: UUID | None) -> int | None:
    """Return the version of an order or quote as it is stored; None if there is none."""
    model: Any = Quote if kind in ("lines", "send", "withdraw", "progress") else Order
    with in_partner(Partner.objects.get(slug=slug)):
        found: int | None = model.objects.filter(pk=pk).values_list("version", flat=True).first()
        return found


@contextmanager
def as_alone() -> Iterator[int]:
    """Let a request's transactions be savepoints of the test's, all of them; yield the depth.

    Django's own ones without a savepoint would otherwise break the test's transaction, which is
    not there in a server.
    """
    depth, enter = len(any_connection.savepoint_ids), Atomic.__enter__

    def with_savepoint(self: Atomic) -> None:
        if len(any_connection.savepoint_ids) == depth:
            self.savepoint = True
        enter(self)

    @contextmanager
    def marked(using: str | None = None) -> Iterator[None]:
        try:
            with mark(using):
                yield
        finally:
            if len(any_connection.savepoint_ids) == depth:
                any_connection.needs_rollback = False

    mark = transaction.mark_for_rollback_on_error
    with (
        patch.object(Atomic, "__enter__", with_savepoint),
        patch.object(transaction, "mark_for_rollback_on_error", marked),
    ):
        yield depth


@contextmanager
def cancelled_at(number: int) -> Iterator[list[int]]:
    """Cancel the statement of that number for real, as an administrator of the database would.

    Outside of a transaction of the request's own, only the statement is undone, as in autocommit.
    """
    seen = [0, 0]  # Statements, and whether one was cancelled.

    def wrapper(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return run(sql, params, many, context)
        seen[0] += 1
        if seen[0] != number:
            return run(sql, params, many, context)
        seen[1] = 1
        raw = any_connection.connection
        alone = len(any_connection.savepoint_ids) == depth  # Like autocommit.
        with any_connection.wrap_database_errors:
            if alone:
                raw.execute("SAVEPOINT alone")
            try:
                raw.execute("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)")
            except DriverError:
                if alone:
                    raw.execute("ROLLBACK TO SAVEPOINT alone")
                raise
        raise AssertionError("the statement was not cancelled")

    with as_alone() as depth, any_connection.execute_wrapper(wrapper):
        yield seen


@dataclass
class Portal:
    """The browsers of everybody, and what they have seen."""

    people: list[Person]
    model: Model
    names: dict[str, UUID]  # Labels of customers as pages show them.
    secret: dict[str, list[str]]  # By partner, what only the other one may read.
    wire: Wire = field(default_factory=Wire)
    count: Counter[str] = field(default_factory=Counter)

    def request(
        self,
        person: Person,
        method: str,
        path: str,
        *,
        data: dict[str, list[str]] | None = None,
        jar: dict[str, str] | None = None,
        cancel: int = 0,
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> Answer:
        """Send a request as a person, or with the cookies of a reader; follow no redirect."""
        cookies = person.jar if jar is None else jar
        host = f"{person.slug}.localhost"
        self.count["requests"] += 1
        send: Callable[[], Answer] = lambda: self.wire.send(  # noqa: E731
            method, host, path, cookies=cookies, data=data, files=files
        )
        if not cancel:
            answer = send()
            assert not answer.error, f"{method} {path}: {answer.error}"
            assert answer.status < 500, f"{method} {path}: {answer.status}"
        else:
            with cancelled_at(cancel) as seen:
                answer = send()
            self.count["cancelled"] += seen[1]
            assert answer.status not in (500, 501, 502), f"{method} {path}: {answer.error}"
        cookies.update(answer.cookies)
        for word in self.secret[person.slug]:
            assert word.encode() not in answer.everything, f"{method} {path} shows {word!r}"
        return answer

    def open(self, person: Person, kind: str, path: str, about: UUID | None = None) -> Tab | None:
        """Load a page and keep its form as a tab; None if it has none for this person."""
        version = version_of(person.slug, kind, about)
        answer = self.request(person, "GET", path)
        return self.keep(person, kind, path, answer, about=about, version=version)

    def keep(
        self,
        person: Person,
        kind: str,
        path: str,
        answer: Answer,
        *,
        about: UUID | None = None,
        version: int | None = None,
        jar: dict[str, str] | None = None,
    ) -> Tab | None:
        """Keep the form of an answer as a tab, beside at most three others."""
        if answer.status != 200:
            return None
        found = self._form(kind, path, answer.text)
        if found is None:
            return None
        fields: dict[str, list[str]] = {}
        for name, value in found.fields:
            if "__" not in name:
                fields.setdefault(name, []).append(value)
        target = found.action.partition("#")[0] or path
        tab = Tab(kind, target, fields, person, about, None, version, jar)
        tab.customer = self._named(kind, answer.text, fields)
        person.tabs = [*person.tabs[-TABS + 1 :], tab]
        self.count["tabs"] += 1
        return tab

    def _form(self, kind: str, path: str, text: str) -> Form | None:
        mark = MARKS.get(kind, "form_token")
        if kind == "withdraw":
            mark = "csrfmiddlewaretoken"
        for form in Page(text).forms:
            own = not form.action or form.action.startswith(path.partition("?")[0])
            own = own or kind in ("accept", "decline")
            names = {name for name, _value in form.fields}
            if form.method == "POST" and own and mark in names:
                return form
        return None

    def _named(self, kind: str, text: str, fields: dict[str, list[str]]) -> UUID | None:
        """Return the customer whom the button names, otherwise that of the hidden field."""
        button = BUTTON.search(text)
        if button is not None and (kind == "review" or "agreed" in fields):
            return self.names[button.group(1)]
        value = next((v for v in reversed(fields.get("customer", [])) if v), "")
        return UUID(value) if value else None

    def follow(self, person: Person, answer: Answer) -> Tab | None:
        """Go where an answer leads, as a browser does, and keep the form that is there."""
        path = answer.header("Location")
        for kind in ("products", "review", "lines"):
            about = ID.search(path)
            if about is not None and path == PATHS[kind].format(about.group()):
                return self.open(person, kind, path, UUID(about.group()))
        self.request(person, "GET", path)
        return None

    def foreign(self, tab: Tab, theirs: dict[str, UUID]) -> Tab:
        """Return the form with ids of the other partner in its address and in its fields."""
        kind = "quote" if tab.path.startswith("/quotes/") else "order"
        path = ID.sub(str(theirs[kind]), tab.path)
        fields = dict(tab.fields)
        for name in ("customer", "contact"):
            if name in fields:
                fields[name] = [str(theirs[name])]
        return replace(tab, path=path, fields=fields)

    def ids_of(self, slug: str) -> dict[str, UUID]:
        """Return the newest ids of a partner, by what they name."""
        orders = [pk for at, pk in self.model.orders if at == slug]
        quotes = [pk for at, pk in self.model.quotes if at == slug]
        mine = [(pk, c) for pk, c in self.model.customers.items() if c["partner"] == slug]
        return {
            "order": orders[-1] if orders else UUID(int=1),
            "quote": quotes[-1] if quotes else UUID(int=2),
            "customer": mine[0][0],
            "contact": mine[0][1]["contact_id"],
        }


def other_of(slug: str) -> str:
    """Return the other partner's slug."""
    return next(each for each in CANARY if each != slug)


def key_of(person: Person, pk: UUID | None) -> Key:
    """Return the model's key of something of the person's partner."""
    assert pk is not None
    return person.slug, pk
