"""Work that was taken is done, though somebody else has its row for a moment just then.

A worker that chooses the same row, and comes too late to take it, holds its lock until the end of
its own short transaction: PostgreSQL locks what it looks at again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from portal.accounts.models import Membership
from portal.outbox import issuing
from portal.outbox.issuing import Plan, render_due
from portal.outbox.models import Document
from portal.tenancy.connection import connection
from portal.tenancy.context import in_public
from portal.tenancy.models import PartnerExport
from tests.conftest import NOW
from workspace.exporting import ask_for_export, export_partner

MOMENT = 0.3
# What another connection needs of ours.
NEEDED = ("host", "port", "user", "password", "dbname")


class HeldAt:
    """Locks a table's rows elsewhere for a moment before the ``nth`` statement that locks them."""

    def __init__(self, table: str, nth: int) -> None:
        self.table, self.left = table, nth
        self.held = False

    def __call__(self, run: Any, sql: str, *rest: Any) -> Any:
        if "FOR UPDATE" in sql and f'FROM "{self.table}"' in sql:
            self.left -= 1
            if self.left == 0:
                self._hold()
        return run(sql, *rest)

    def _hold(self) -> None:
        parameters = connection.get_connection_params()
        other = psycopg.connect(**{name: parameters[name] for name in NEEDED if name in parameters})
        rows = other.execute(f'SELECT 1 FROM public."{self.table}" FOR UPDATE').fetchall()
        self.held = bool(rows)
        threading.Timer(MOMENT, other.close).start()


def test_a_document_that_is_claimed_is_made(
    live: Callable[[str], Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-05: it would lie for minutes, and count as one that ended its process."""
    partner = live("held").partner
    monkeypatch.setitem(issuing._builders, "probe", lambda _d, *, at: Plan("probe", "Probe"))
    monkeypatch.setattr(issuing, "render_pdf", lambda *_args, **_more: b"%PDF")
    document = Document.objects.for_partner(partner).create(
        partner=partner,
        key=str(uuid4()),
        kind="probe",
        file_name="a.pdf",
        language="en",
        about_type="quotes.quote",
        about_id=uuid4(),
        about_label="Q-1",
        next_try_at=NOW,
        created_at=NOW,
    )
    held = HeldAt("outbox_document", 2)
    with in_public(), connection.execute_wrapper(held):
        assert render_due(at=NOW) == 1
    assert held.held
    document.refresh_from_db()
    assert (document.state, document.attempts, document.crashes) == ("ready", 1, 0)


def test_a_job_that_is_taken_is_done(live: Callable[[str], Membership]) -> None:
    """CHAN-24: it would be done again from the start after a while, and given up after three."""
    boss = live("held")
    job = ask_for_export(boss.partner, reason="They asked for it", by=boss.user, at=NOW)
    held = HeldAt("tenancy_partnerexport", 2)
    with connection.execute_wrapper(held):
        export_partner(job.pk, at=NOW)
    assert held.held
    with in_public():
        found = PartnerExport.objects.across_partners().get(pk=job.pk)
    assert (found.state, found.attempts) == ("ready", 1)
