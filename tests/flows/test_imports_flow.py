"""Concurrent imports, of one partner and of two, and customers created meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from customers.imports import jobs
from customers.models import Customer, CustomerImport
from portal.accounts.models import Membership
from portal.channel.models import DirectoryEntry
from portal.history.models import Entry
from portal.tenancy.context import in_partner
from tests import factories
from tests.conftest import NOW
from tests.customers.test_imports import file_of, line
from tests.flows.conftest import at_once

Live = Callable[..., Membership]
ROWS = 300


def ready(boss: Membership, rows: list[list[str]]) -> CustomerImport:
    """Return an import that only has to be written."""
    with in_partner(boss.partner):
        job = jobs.upload(
            content=file_of(rows), name="a.csv", by=boss, language="en", at=timezone.now()
        )
        jobs.run(job.pk, at=timezone.now())
        jobs.start_writing(job, by=boss, at=timezone.now())
        return job


def writer(boss: Membership, job: CustomerImport) -> Callable[[], Any]:
    """Return a worker that writes the import."""

    def call() -> None:
        with in_partner(boss.partner):
            jobs.run(job.pk, at=timezone.now())

    return call


def ended(boss: Membership, job: CustomerImport) -> tuple[str, int]:
    """Return the import's state, and how many customers there are beside the own company."""
    with in_partner(boss.partner):
        job.refresh_from_db()
        return job.state, Customer.objects.filter(is_own_company=False).count()


def test_two_partners_import_the_same_names_in_opposite_order(live: Live) -> None:
    """ACC-11, REG-06, REG-57: one gets all, the other nothing and errors; no deadlock.

    The names that somebody else took are told up to the limit of an hour.
    """
    first, second = live("impa"), live("impb")
    rows = [line(number) for number in range(ROWS)]
    one, two = ready(first, rows), ready(second, rows[::-1])
    results = at_once(first.partner, [writer(first, one), writer(second, two)])
    assert results == [None, None]
    outcome = sorted([ended(first, one), ended(second, two)])
    assert outcome == [("done", ROWS), ("faulty", 0)]
    loser = one if one.state == "faulty" else two
    assert 0 < loser.error_count <= ROWS and loser.message.startswith("Some")
    claims = DirectoryEntry.objects.across_partners().filter(name__startswith="Importerad")
    assert claims.count() == ROWS


def test_two_imports_of_one_partner_at_once(live: Live) -> None:
    """REG-06: the second sees what the first wrote: all or nothing, no duplicates."""
    boss = live("impc")
    rows = [line(number) for number in range(ROWS)]
    one, two = ready(boss, rows), ready(boss, rows[::-1])
    results = at_once(boss.partner, [writer(boss, one), writer(boss, two)])
    assert results == [None, None]
    assert sorted([ended(boss, one), ended(boss, two)]) == [("done", ROWS), ("faulty", ROWS)]


def test_three_workers_with_the_same_import(live: Live) -> None:
    """D15: however often the task is called, the rows are written once."""
    boss = live("impd")
    job = ready(boss, [line(number) for number in range(ROWS)])
    results = at_once(boss.partner, [writer(boss, job) for _each in range(3)])
    assert results == [None, None, None]
    assert ended(boss, job) == ("done", ROWS)
    assert Entry.objects.filter(verb="customer_imported").count() == ROWS


def test_somebody_creates_a_customer_meanwhile(live: Live) -> None:
    """REG-06, ACC-11: either the person or the import has the name; never half an import."""
    boss = live("impe")
    for attempt in range(4):
        rows = [line(attempt * 1000 + number) for number in range(50)]
        job = ready(boss, rows)
        name = f"Importerad {attempt * 1000 + 49} AB"

        def create(name: str = name, number: str = f"9{attempt:04}") -> Customer:
            with in_partner(boss.partner):
                return factories.make_customer(name, number, at=NOW)

        before = Customer.objects.count()
        results = at_once(boss.partner, [writer(boss, job), create])
        made = isinstance(results[1], Customer)
        job.refresh_from_db()
        assert job.state == ("faulty" if made else "done"), (job.state, results)
        assert Customer.objects.count() - before == (1 if made else 50)
