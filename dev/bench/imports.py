"""IMPORT: customers a second that an import writes after parsing, in CPU time of this process."""

from __future__ import annotations

import statistics
import time
from typing import Any

ROWS, TURNS, LEAST = 3_000, 3, 1_000


def import_speed(boss: Any) -> bool:
    """Import a register several times; the check, contacts, domains, claims and log included."""
    from django.utils import timezone

    from customers.imports import jobs
    from customers.models import Customer
    from portal.tenancy.context import in_partner
    from tests.customers.test_imports import file_of, line, uploaded

    figures = []
    with in_partner(boss.partner):
        before = Customer.objects.count()
        for turn in range(1, TURNS + 1):
            rows = [line(turn * ROWS + number) for number in range(ROWS)]
            job = uploaded(file_of(rows), boss)
            jobs.start_writing(job, by=boss, at=timezone.now())
            start = time.process_time()
            jobs.run(job.pk, at=timezone.now())
            figures.append(ROWS / (time.process_time() - start))
            assert Customer.objects.count() == before + turn * ROWS
    found = statistics.median(figures)
    met = found >= LEAST
    words = f"{ROWS:,} customers, with contacts and domains"
    verdict = "met" if met else "missed"
    print(f"IMPORT {words}: {found:,.0f} a second, at least {LEAST:,}: {verdict}", flush=True)
    return met
