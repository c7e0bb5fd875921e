"""The cancel hammer: while queries are cancelled at random, nobody reads a foreign row.

The quick version of ISO-19: a few thousand requests, with the protection and without it.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, transaction
from django_tenants.postgresql_backend import base as library

from customers.models import Customer
from portal.core.errors import TenantLeak
from portal.tenancy.backend.base import DatabaseWrapper
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.isolation.physical import Spy
from tests.isolation.world import partner_of

THREADS = 4
ROWS = 40
STRICT_SECONDS, CONTROL_SECONDS = 12.0, 4.0
LEAST_READS, LEAST_CANCELS = 1_000, 20
# One in so many SETs is made to fail, beside those that a real cancel hits.
FAIL_ONE_IN = 40


def _rows_of(partner: Partner) -> list[Customer]:
    """Return copies of the own company that the audit log and the directory do not see."""
    rows = []
    for number in range(ROWS):
        row = Customer.objects.get(is_own_company=True)
        row.pk, row.is_own_company = uuid4(), False
        row.number = row.number_key = f"hammer{number}"
        row.account_id = f"HAMMER-{number}"
        row.name = row.name_key = f"hammer {partner.slug} {number}"
        rows.append(row)
    return rows


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Partner, Partner]]:
    """Commit rows in both partners for other connections; delete them afterwards."""
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        both = partner_of("nordlys"), partner_of("brueckner")
        for partner in both:
            with in_partner(partner):
                Customer.objects.bulk_create(_rows_of(partner))
        try:
            yield both
        finally:
            for partner in both:
                with in_partner(partner):
                    mine = Customer.objects.filter(account_id__startswith="HAMMER-")
                    mine._raw_delete("default")
            connection.close()


class Hammer:
    """Threads that read two partners alternately, and one that cancels their queries."""

    def __init__(self, partners: tuple[Partner, Partner]) -> None:
        self.partners = partners
        self.count: Counter[str] = Counter()
        self.failures: list[str] = []
        self._lock = threading.Lock()
        self._pids: list[int] = []
        self._end = threading.Event()

    def run(self, seconds: float) -> Counter[str]:
        """Run for so long, and count reads, foreign rows and effective cancels."""
        threads = [threading.Thread(target=self._reader, args=(n,)) for n in range(THREADS)]
        threads.append(threading.Thread(target=self._canceller))
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self._end.set()
        for thread in threads:
            thread.join(30)
        assert not self.failures, self.failures
        return self.count

    def _add(self, counts: Counter[str]) -> None:
        with self._lock:
            self.count.update(counts)

    def _canceller(self) -> None:
        chance = random.Random(7)
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
            while not self._end.is_set():
                with self._lock:
                    pids = list(self._pids)
                if pids:
                    own.execute("SELECT pg_cancel_backend(%s)", [chance.choice(pids)])
                time.sleep(chance.random() * 0.001)

    def _reader(self, number: int) -> None:
        try:
            self._add(Reader(self, number).run())
        except Exception as error:
            self.failures.append(repr(error))
        finally:
            connection.close()

    def joined(self, pid: int) -> None:
        """Add a reader's connection, to be cancelled from now on."""
        with self._lock:
            self._pids.append(pid)

    @property
    def over(self) -> bool:
        return self._end.is_set()


class Reader:
    """One thread with a connection of its own."""

    def __init__(self, hammer: Hammer, number: int) -> None:
        self.hammer, self.chance = hammer, random.Random(number)
        self.count: Counter[str] = Counter()

    def run(self) -> Counter[str]:
        """Read in alternating ways until the time is over."""
        spy = Spy(connection)
        self.hammer.joined(connection.connection.info.backend_pid)
        first, second = self.hammer.partners
        turn = 0
        while not self.hammer.over:
            turn += 1
            one, other = (first, second) if turn % 2 else (second, first)
            spy.fail_on = "SET search_path" if turn % FAIL_ONE_IN == 0 else None
            spy.statements.clear()
            try:
                self._turn(turn, one, other)
            except TenantLeak:
                self.count["leaks refused"] += 1
            except DatabaseError as error:
                hit = isinstance(error.__cause__, psycopg.errors.QueryCanceled)
                self.count["cancelled" if hit else "refused"] += 1
        self.count["injected"] = spy.failed
        return self.count

    def _turn(self, turn: int, one: Partner, other: Partner) -> None:
        if turn % 3 == 0:
            with transaction.atomic():
                self._read(one)
                try:
                    with transaction.atomic():
                        self._read(other)
                        if turn % 2:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    pass
                self._read(other)
                self._read(one)
        elif turn % 3 == 1:
            self._read(one)
        else:
            self._read_objects(one)

    def _read(self, partner: Partner) -> None:
        """Read only ids, past the tripwire, so that a foreign row is counted."""
        connection.set_tenant(partner)
        found: list[UUID] = list(Customer.objects.values_list("partner_id", flat=True))
        self.count["reads"] += 1
        self.count["rows"] += len(found)
        self.count["foreign"] += sum(1 for each in found if each != partner.pk)
        assert len(found) > ROWS

    def _read_objects(self, partner: Partner) -> None:
        connection.set_tenant(partner)
        self.count["reads"] += 1
        self.count["rows"] += len(list(Customer.objects.all()))


def _say(what: str, count: Counter[str]) -> None:
    sys.stdout.write(f"{what}: " + ", ".join(f"{v} {k}" for k, v in sorted(count.items())) + "\n")


def test_no_foreign_row_under_cancels(committed: tuple[Partner, Partner]) -> None:
    """ISO-19: 0 foreign rows in autocommit, atomic and threads while queries are cancelled."""
    count = Hammer(committed).run(STRICT_SECONDS)
    _say("strict", count)
    assert (count["foreign"], count["leaks refused"]) == (0, 0)
    assert count["reads"] >= LEAST_READS
    assert count["cancelled"] - count["injected"] >= LEAST_CANCELS


def test_foreign_rows_under_cancels_with_the_library(
    committed: tuple[Partner, Partner], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: with django-tenants' own behaviour the same reads foreign rows.

    The tripwire catches those that become objects.
    """
    swallows = library.DatabaseWrapper._handle_search_path
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "_handle_search_path", swallows)
        count = Hammer(committed).run(CONTROL_SECONDS)
    _say("library", count)
    assert count["foreign"] > 0
    assert count["leaks refused"] > 0
