"""What the matrix leaves out: more people, all methods, htmx, ids that are gone (ISO-13, ISO-20).

No table is needed here: each answer is compared with another one. Whoever has no place at a host
is answered like a stranger, an id that is foreign or gone like one that never was, HEAD like GET.
There are three quarters of a million combinations, of which every 797th is sent;
``KONTOR_BREADTH=27`` sends so many times more.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection as any_connection
from django.utils import timezone

from portal.accounts.models import Membership, User
from portal.accounts.rights import Preset
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner
from tests.conftest import NOW, PASSWORD
from tests.figures import note
from tests.isolation import matrix
from tests.isolation.matrix import (
    BRUECKNER,
    HOME,
    HOSTS,
    NORDLYS,
    OPEN,
    PUBLIC,
    RANDOM,
    SIGN_IN,
    UNKNOWN,
)
from tests.isolation.test_matrix import _bare
from tests.isolation.wire import Answer, Wire
from tests.isolation.world import World, customers_person, sign_in
from workspace.partners import add_person

pytestmark = pytest.mark.usefixtures("no_limits")

BREADTH = int(os.environ.get("KONTOR_BREADTH", "1"))
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://nordlys.localhost/orders/"}
# Without a place at any host: signed in before it ended, or let in by a link.
WITHOUT = ("ended", "disabled", "linked")
# An administrator of both, with the session of the first.
BOTH = "both"
# Every how many combinations one is sent, so that the whole takes seconds.
PART, PART_ALIKE = max(1, 797 // BREADTH), max(1, 97 // BREADTH)


@dataclass(frozen=True)
class Sent:
    """One combination."""

    name: str
    host: str
    method: str
    htmx: bool
    address: matrix.Address
    case: matrix.Case
    path: str


@pytest.fixture
def wide(world: World) -> World:
    """The world with people whose place ended, who were disabled, or who have two."""
    nordlys = world.nordlys.partner
    for name in ("ended", "disabled", BOTH):
        person = add_person(
            partner=nordlys,
            email=f"{name}@people.example",
            name=f"{name.capitalize()} Test",
            preset=Preset.ADMINISTRATOR,
            password=PASSWORD,
            at=NOW,
        )
        person.partner = nordlys
        world.people[name], world.cookies[name] = person, sign_in(person)
    add_person(
        partner=world.brueckner.partner,
        email=f"{BOTH}@people.example",
        name="Both Test",
        preset=Preset.ADMINISTRATOR,
        password=PASSWORD,
        at=NOW,
    )
    ended = Membership.objects.for_partner(nordlys).filter(user__email="ended@people.example")
    ended.update(state=Membership.State.ENDED, ended_at=timezone.now())
    User.objects.filter(email="disabled@people.example").update(is_active=False)
    mails = OutboundEmail.objects.for_partner(nordlys).filter(template="quotes/email/confirmation")
    mail = mails.get(about_id=world.nordlys.sent_quote.pk)
    link = decrypt(mail.secrets_encrypted)["link"]
    opened = Wire().send("GET", NORDLYS, re.sub(r"^https?://[^/]+", "", link), csrf=False)
    assert opened.status == 302 and opened.cookies
    world.cookies["linked"] = opened.cookies
    connection.set_schema_to_public()
    return world


def combinations(world: World, host: str) -> Iterator[Sent]:
    """Yield a part of everybody's requests with every method, plain and of htmx."""
    people = ["anna", "jonas", "mikael", "mona", "lena", "karin", "per", "staff", BOTH, *WITHOUT]
    number = 0
    for address in matrix.addresses():
        if not matrix.belongs_to(address, host) and host not in (PUBLIC, UNKNOWN):
            continue
        for case in matrix.cases_of(address, world, host):
            path = address.path(case.values)
            for name in people:
                for method in METHODS:
                    for htmx in (False, True):
                        number += 1
                        if number % PART == 0:
                            yield Sent(name, host, method, htmx, address, case, path)


class Breadth:
    """The requests to one host, and what is wrong with their answers."""

    def __init__(self, world: World, host: str) -> None:
        self.world, self.host, self.wire = world, host, Wire()
        self.wrong: list[str] = []
        self.count: Counter[str] = Counter()
        theirs = world.nordlys if host == BRUECKNER else world.brueckner
        self.secret = [theirs.canary, theirs.partner.schema_name]
        if host in (PUBLIC, UNKNOWN):
            self.secret = [world.nordlys.canary, world.brueckner.canary]

    def ask(self, sent: Sent, name: str, method: str = "") -> Answer:
        """Send a combination as somebody; what it changes is taken back."""
        with self.wire.undone():
            return self.wire.send(
                method or sent.method,
                sent.host,
                sent.path,
                cookies=self.world.cookies.get(name, {}),
                headers=HTMX if sent.htmx else None,
            )

    def check(self, sent: Sent) -> None:
        """Send one combination, and what its answer is compared with."""
        answer = self.ask(sent, sent.name)
        self.count["requests"] += 1
        what = f"{sent.method} {sent.path} ({sent.case.label}) as {sent.name}, {sent.htmx=}"
        if answer.status >= 500 or answer.error:
            self.wrong.append(f"{what}: {answer.status} {answer.error[-300:]}")
        if not (sent.name == "staff" and self.host == PUBLIC):
            for word in self.secret:
                if word.encode() in answer.everything:
                    self.wrong.append(f"{what}: shows {word!r}")
        if self._is_stranger(sent):
            self._like(sent, answer, self.ask(sent, "nobody"), f"{what}: not like a stranger")
            self.count["strangers"] += 1
        elif sent.name not in (BOTH, *WITHOUT) and sent.method not in ("HEAD", "POST"):
            allowed = self._allowed(sent)
            if answer.status not in allowed:
                self.wrong.append(f"{what}: {answer.status}, not {sorted(allowed)}")
        if sent.method == "HEAD":
            self._head(sent, answer, what)

    def _is_stranger(self, sent: Sent) -> bool:
        if sent.name == "linked":
            return not sent.address.name.startswith(("confirm:", "support_link:"))
        home = NORDLYS if sent.name == BOTH else HOME.get(sent.name, "")
        return home != self.host

    def _allowed(self, sent: Sent) -> frozenset[int]:
        if not matrix.exists_on(sent.path, self.host):
            return frozenset({404})
        if not matrix.belongs_to(sent.address, self.host):
            return frozenset(range(200, 500))
        found = matrix.expected(sent.address, sent.case, sent.name, self.host, sent.method)
        if sent.method == "OPTIONS" and sent.address.name in SIGN_IN:
            # The library's views say which methods they know, whoever asks.
            return found | {200}
        # Parts of pages that htmx asks for lead there by a header instead of a redirect.
        return found | ({200, 204} if sent.htmx and found & {302} else set())

    def _like(self, sent: Sent, answer: Answer, other: Answer, fault: str) -> None:
        alike = answer.status == other.status
        if alike and sent.address.name not in OPEN:
            alike = _bare(answer) == _bare(other)
        if not alike:
            self.wrong.append(f"{fault}: {answer.status}, {other.status}")

    def _head(self, sent: Sent, answer: Answer, what: str) -> None:
        shown = self.ask(sent, sent.name, "GET")
        self.count["HEAD"] += 1
        # The web server leaves the body out.
        if answer.status != shown.status:
            self.wrong.append(f"{what}: {answer.status}, GET {shown.status}")


def test_everybody_with_every_method(wide: World) -> None:
    """ISO-20, ISO-07, ISO-09: no 500, no foreign word; without a place one is a stranger."""
    wrong: list[str] = []
    for host in HOSTS:
        breadth = Breadth(wide, host)
        for sent in combinations(wide, host):
            breadth.check(sent)
        wrong += breadth.wrong
        strangers = breadth.count["strangers"]
        note(
            f"{host}: addresses as 12 people with {len(METHODS)} methods, plain and htmx",
            breadth.wire.sent,
            "0 words of another partner, 0 errors, strangers like strangers",
            f"{len(breadth.wrong)} differ; {strangers:,} compared with a stranger's",
            not breadth.wrong,
        )
        assert strangers > 10, host
    assert not wrong, "\n".join([f"{len(wrong)} answers differ", *wrong[:30]])


def test_foreign_random_and_deleted_ids_are_answered_alike(wide: World) -> None:
    """ISO-13, ANS-01: with every method, plain and of htmx, status and body are the same."""
    wire, alike, wrong = Wire(), 0, []
    gone = {"foreign", "random", "deleted", "foreign and dead"}
    number = 0
    for address in matrix.addresses():
        if not matrix.belongs_to(address, NORDLYS):
            continue
        cases = [each for each in matrix.cases_of(address, wide, NORDLYS) if each.label in gone]
        for name in ("anna", "jonas", "mikael", "karin", BOTH):
            for method in METHODS:
                for htmx in (False, True):
                    number += 1
                    if len(cases) < 2 or number % PART_ALIKE:
                        continue
                    seen: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
                    for case in cases:
                        with wire.undone():
                            answer = wire.send(
                                method,
                                NORDLYS,
                                address.path(case.values),
                                cookies=wide.cookies[name],
                                headers=HTMX if htmx else None,
                            )
                        seen[answer.status, _bare(answer)].append(case.label)
                    alike += 1
                    if len(seen) > 1:
                        told = {status: labels for (status, _body), labels in seen.items()}
                        wrong.append(f"{method} {address.route} as {name}, {htmx=}: {told}")
    note(
        "Foreign, random and deleted ids with every method, plain and htmx",
        wire.sent,
        "the same status and body",
        f"{len(wrong)} of {alike:,} groups differ",
        not wrong,
    )
    assert not wrong, "\n".join([f"{len(wrong)} of {alike}", *wrong[:20]])
    assert alike > 15


# What a person can delete, by the name of the page, the key in its address and the world's thing.
DELETED = {
    "customers:contact": ("contact_id", "contact", "customers_contact"),
    "customers:site": ("site_id", "site", "customers_site"),
    "customers:file": ("file_id", "attachment", "files_attachment"),
    "customers:filter": ("filter_id", "saved_filter", "customers_savedfilter"),
    "orders:template_order": ("template_id", "template", "orders_ordertemplate"),
    "accounts:team": ("team_id", "team", "accounts_team"),
    "notices:open": ("notice_id", "notice", "notices_notice"),
}


def test_what_was_deleted_is_like_what_never_was(wide: World) -> None:
    """ISO-13: the address of a deleted object is answered like that of a random id."""
    wire, wrong = Wire(), []
    for page, (key, thing, table) in DELETED.items():
        address = next(each for each in matrix.addresses() if each.name == page)
        pk, here = getattr(wide.nordlys, thing).pk, {"customer_id": wide.nordlys.assigned.pk}
        paths = [address.path({**here, key: each}) for each in (pk, RANDOM)]
        with wire.undone():
            with in_partner(wide.nordlys.partner), any_connection.cursor() as cursor:
                cursor.execute(f'DELETE FROM "{table}" WHERE id = %s', [pk])
            for method in METHODS:
                for headers in ({}, HTMX):
                    deleted, random = (
                        wire.send(
                            method, NORDLYS, path, cookies=wide.cookies["anna"], headers=headers
                        )
                        for path in paths
                    )
                    if (deleted.status, _bare(deleted)) != (random.status, _bare(random)):
                        wrong.append(f"{method} {page}: {deleted.status}, {random.status}")
                    if random.status not in (404, 405):
                        wrong.append(f"{method} {page}: {random.status}")
    assert not wrong, "\n".join(wrong)


def test_administrator_of_both_sees_one_at_a_time(wide: World) -> None:
    """ISO-06, ISO-07: the session of one partner opens nothing at the other."""
    wire = Wire()
    for path in ("/", "/customers/", "/orders/", "/outbox/", "/people/", "/search/?q=zq"):
        here = wire.send("GET", NORDLYS, path, cookies=wide.cookies[BOTH])
        there = wire.send("GET", BRUECKNER, path, cookies=wide.cookies[BOTH])
        assert here.status == 200
        assert wide.brueckner.canary.encode() not in here.everything
        assert there.status == 302 and "/login/" in there.header("Location")
    assert customers_person(wide.nordlys, "bo", wide.nordlys.assigned)
