"""Fifty members of staff work in two partners' admin at the same time (ISO-16)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection as any_connection

from customers.models import Customer
from portal.accounts.models import Membership, User
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, PASSWORD, HostClient, give_reasons

THREADS, TURNS = 50, 4


def _customers(partner: Partner) -> list[Customer]:
    with in_partner(partner):
        return [
            factories.make_customer(f"{partner.slug} canary {number}", f"6100{number}", at=NOW)
            for number in range(3)
        ]


class Work:
    """Threads that look at two partners' customers in turn, and count what they saw."""

    def __init__(self, customers: dict[Partner, list[Customer]]) -> None:
        self.customers = customers
        self.seen: Counter[str] = Counter()
        self.failures: list[str] = []
        self._lock = threading.Lock()
        self._gate = threading.Barrier(THREADS)

    def run(self, cookies: dict[str, str]) -> None:
        """Let all threads work until each has done its turns."""
        threads = [
            threading.Thread(target=self._member, args=(number, cookies))
            for number in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)

    def _member(self, number: int, cookies: dict[str, str]) -> None:
        try:
            client = HostClient("localhost")
            for name, value in cookies.items():
                client.cookies[name] = value
            self._gate.wait(60)
            for turn in range(TURNS):
                self._look(client, number + turn)
        except Exception as error:
            with self._lock:
                self.failures.append(repr(error))
        finally:
            any_connection.close()

    def _look(self, client: HostClient, turn: int) -> None:
        first, second = self.customers
        one, other = (first, second) if turn % 2 else (second, first)
        customer = self.customers[one][turn % 3]
        base = f"/admin/p/{one.slug}/customers/customer/"
        own = client.get(f"{base}{customer.pk}/change/")
        foreign = client.get(f"{base}{self.customers[other][turn % 3].pk}/change/")
        listed = client.get(base)
        found: Counter[str] = Counter()
        for answer in (own, foreign, listed):
            html = answer.content.decode()
            found["foreign"] += f"{other.slug} canary" in html
            found["own"] += f"{one.slug} canary" in html
            found[f"status {answer.status_code}"] += 1
        with self._lock:
            self.seen.update(found)


def test_fifty_threads_in_two_partners_see_no_foreign_row(
    live: Callable[[str], Membership], settings: object
) -> None:
    """ISO-16: 0 rows of the wrong partner, and a foreign id is not found."""
    settings.STAFF_SECOND_FACTOR = False  # type: ignore[attr-defined]
    customers: dict[Partner, list[Customer]] = {}
    for slug in ("sida", "sidb"):
        partner = live(slug).partner
        customers[partner] = _customers(partner)
    connection.set_schema_to_public()
    client = HostClient("localhost")
    with in_public():
        staff = User.objects.get(email="staff@kontor.example")
        client.force_login(staff)
        give_reasons(client)
    assert PASSWORD
    work = Work(customers)
    work.run({name: morsel.value for name, morsel in client.cookies.items()})
    assert work.failures == []
    turns = THREADS * TURNS
    assert work.seen["foreign"] == 0
    assert work.seen["status 404"] == turns
    assert work.seen["own"] == work.seen["status 200"] == 2 * turns
