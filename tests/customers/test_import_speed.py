"""The speed of an import: 1,000 rows a second after parsing."""

from __future__ import annotations

import time

from django.utils import timezone

from customers.imports import jobs
from customers.models import Customer
from portal.accounts.models import Membership
from tests.customers.test_imports import file_of, line, uploaded

ROWS = 3_000


def test_a_thousand_rows_a_second(anna: Membership) -> None:
    """REG-06: check and writing with contact, domain, claim and log.

    Processor time is measured, which other work on the machine does not change.
    """
    job = uploaded(file_of([line(number) for number in range(ROWS)]), anna)
    jobs.start_writing(job, by=anna, at=timezone.now())
    start = time.process_time()
    jobs.run(job.pk, at=timezone.now())
    spent = time.process_time() - start
    assert Customer.objects.filter(is_own_company=False).count() == ROWS
    assert ROWS / spent >= 1_000, f"{ROWS / spent:.0f} rows a second"


def test_statements_grow_with_batches_only(anna: Membership) -> None:
    """REG-06: statements grow with batches of 500, never with rows."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for rows in (2, 40):
        start = rows * 100
        job = uploaded(file_of([line(start + number) for number in range(rows)]), anna)
        jobs.start_writing(job, by=anna, at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            jobs.run(job.pk, at=timezone.now())
        counts.append(len(asked))
    assert counts[0] == counts[1]
