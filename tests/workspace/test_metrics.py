"""The gauges for Prometheus (AVAIL-16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from portal.outbox.models import OutboundEmail
from portal.outbox.services import queue_email
from portal.tenancy.models import Partner
from workspace import metrics

NAMES = {
    "kontor_database_up",
    "kontor_mails_queued",
    "kontor_mails_oldest_due_seconds",
    "kontor_mails_waiting_for_document",
    "kontor_mails_dead",
    "kontor_documents_pending",
    "kontor_documents_oldest_due_seconds",
    "kontor_documents_dead",
    "kontor_partners_behind",
}


class _Connection:
    """The thread's connection, which a test goes on using."""

    def close(self) -> None: ...


def read(monkeypatch: pytest.MonkeyPatch, *, up: bool = True) -> dict[str, float]:
    """Return what Prometheus would read."""
    monkeypatch.setattr("workspace.metrics.watch.answers", lambda: up)
    monkeypatch.setattr(metrics, "connection", _Connection())
    registry = CollectorRegistry()
    metrics.register(registry)
    lines = generate_latest(registry).decode().splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name: float(value) for name, value in pairs}


def test_each_gauge_counts(nordlys: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-16: what waits, since when, what was given up, who is behind; no labels at all."""
    before = read(monkeypatch)
    assert before.keys() == NAMES and before["kontor_partners_behind"] == 0
    at = timezone.now()
    for number in (1, 2):
        mail = queue_email(
            to="eva@havsbris.example",
            template="notices/email/notices",
            context={"count": 1, "first": "x", "name": "Eva"},
            language="en",
            key=f"metrics {number}",
            at=at - timedelta(seconds=900),
        )
    OutboundEmail.objects.for_partner(nordlys).filter(pk=mail.pk).update(state="dead", dead_at=at)
    Partner._default_manager.filter(pk=nordlys.pk).update(migrated_to="before")
    after = read(monkeypatch)
    grown = {name for name in NAMES if after[name] > before[name]}
    assert grown == {
        "kontor_mails_queued",
        "kontor_mails_oldest_due_seconds",
        "kontor_mails_dead",
        "kontor_partners_behind",
    }
    assert after["kontor_mails_queued"] == before["kontor_mails_queued"] + 1
    assert 900 <= after["kontor_mails_oldest_due_seconds"] < 960


def test_fetching_costs_few_statements(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """AVAIL-16: the path and one for each gauge, however many partners and mails there are."""
    with django_assert_num_queries(9):
        read(monkeypatch)


def test_without_a_database_only_that_is_said(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-16: at once, and also when it goes while it is asked."""
    assert read(monkeypatch, up=False) == {"kontor_database_up": 0}

    def gone(_at: object) -> Any:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(metrics, "gauges", gone)
    assert read(monkeypatch) == {"kontor_database_up": 0}
