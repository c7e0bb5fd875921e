"""The health page for monitoring (AVAIL-09)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.outbox.models import Document, OutboundEmail
from portal.outbox.services import queue_email
from portal.tenancy.models import Partner
from tests.conftest import HostClient
from workspace import health

DEEP = "/healthz/deep"


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("workspace.views.health.watch.answers", lambda: True)
    yield


def seen(client: HostClient) -> tuple[int, dict[str, Any]]:
    answer = client.get(DEEP)
    return answer.status_code, {each["name"]: each for each in answer.json()["figures"]}


def test_all_is_well(nordlys: Partner) -> None:
    """AVAIL-09: six figures with what is expected."""
    status, figures = seen(HostClient("localhost"))
    assert status == 200, figures
    assert len(figures) == 6 and all(each["ok"] for each in figures.values())


def test_each_figure_beyond_its_limit_is_a_503(
    nordlys: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-09: a mail that waits, documents and mails given up, a partner behind, a full disk."""
    at = timezone.now()
    mail = queue_email(
        to="eva@havsbris.example",
        template="notices/email/notices",
        context={"count": 1, "first": "x", "name": "Eva"},
        language="en",
        key="health",
        at=at - timedelta(seconds=health.OLDEST_MAIL_SECONDS + 60),
    )
    client = HostClient("localhost")
    status, figures = seen(client)
    late = figures["oldest mail that is due, seconds"]
    assert status == 503 and not late["ok"] and late["seen"] >= 660
    mails = OutboundEmail.objects.for_partner(nordlys).filter(pk=mail.pk)
    mails.update(state="dead", dead_at=at)
    monkeypatch.setattr(health, "DEAD_MAILS_A_DAY", 0)
    Document.objects.for_partner(nordlys).create(
        partner=nordlys,
        key="health",
        kind="x",
        file_name="x.pdf",
        language="en",
        about_type="x",
        about_id=mail.pk,
        about_label="x",
        state="dead",
        next_try_at=at,
        created_at=at,
    )
    Partner._default_manager.filter(pk=nordlys.pk).update(migrated_to="before")
    monkeypatch.setattr(health, "FREE_DISK_PER_CENT", 101)
    status, figures = seen(client)
    bad = {name for name, each in figures.items() if not each["ok"]}
    assert status == 503 and bad == {
        "mails given up in a day",
        "documents given up",
        "partners behind on migrations",
        "free disk, per cent",
    }


def test_without_a_database_it_says_so(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-03, AVAIL-09: within a second, as the other page does."""
    monkeypatch.setattr("workspace.views.health.watch.answers", lambda: False)
    answer = HostClient("localhost").get(DEEP)
    assert (answer.status_code, answer.json()["status"]) == (503, "no database")


def test_only_monitoring_may_look(nordlys: Partner, settings: Any) -> None:
    """AVAIL-09: this machine, or whoever holds the token; a stranger finds nothing."""
    client = HostClient("localhost")
    assert client.get(DEEP, REMOTE_ADDR="203.0.113.9").status_code == 404
    settings.HEALTH_TOKEN = "t" * 40
    assert client.get(DEEP).status_code == 404
    assert client.get(DEEP, headers={"Authorization": "Bearer no"}).status_code == 404
    right = {"Authorization": f"Bearer {'t' * 40}"}
    assert client.get(DEEP, REMOTE_ADDR="203.0.113.9", headers=right).status_code == 200
    assert HostClient("nordlys.localhost").get(DEEP, headers=right).status_code == 404
