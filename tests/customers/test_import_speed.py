"""What an import asks of the database; how fast it is, `make bench ARGS=IMPORT` measures."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.imports import jobs
from portal.accounts.models import Membership
from tests.customers.test_imports import file_of, line, uploaded


def test_statements_grow_with_batches_only(anna: Membership) -> None:
    """REG-06: statements grow with batches of 500, never with rows."""
    counts = []
    for rows in (2, 40):
        start = rows * 100
        job = uploaded(file_of([line(start + number) for number in range(rows)]), anna)
        jobs.start_writing(job, by=anna, at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            jobs.run(job.pk, at=timezone.now())
        counts.append(len(asked))
    assert counts[0] == counts[1]
