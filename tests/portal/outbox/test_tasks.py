"""Tasks run in a partner's context or not at all; the broker costs a page less than a second."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from portal.accounts.models import Membership
from portal.celery import app
from portal.core.actor import acting, current_actor
from portal.tenancy import queueing as tasks
from portal.tenancy.context import current_partner, in_public
from portal.tenancy.models import Partner, WaitingTask
from portal.tenancy.queueing import PartnerMissing, enqueue, task
from portal.tenancy.waiting import call_waiting
from tests.conftest import NOW

Seen = list[tuple[Any, ...]]
_seen: Seen = []


@task("tests.note")
def note(order: str, *, loud: int = 0) -> str:
    _seen.append((order, loud, current_partner(), current_actor()))
    return "done"


@task("tests.sweep", shared=True)
def sweep() -> None:
    _seen.append((current_partner(), current_actor()))


@pytest.fixture
def seen() -> Iterator[Seen]:
    _seen.clear()
    tasks._publisher.forget()
    yield _seen
    tasks._publisher.forget()


def test_a_task_runs_in_the_partners_context(seen: Seen, nordlys: Partner) -> None:
    """ISO-05: the partner is an argument."""
    with in_public():
        assert note(order="o1", partner=str(nordlys.pk)) == "done"
        assert current_partner() is None
    assert seen == [("o1", 0, nordlys, None)]


def test_a_task_runs_in_the_name_of_who_caused_it(
    seen: Seen, nordlys: Partner, anna: Membership
) -> None:
    note(order="o1", loud=2, partner=str(nordlys.pk), user=str(anna.user.pk))
    assert seen == [("o1", 2, nordlys, anna.user)]
    assert current_actor() is None


def test_a_task_without_a_partner_refuses(seen: Seen, nordlys: Partner) -> None:
    """ISO-05: it never falls back to the public schema."""
    with pytest.raises(PartnerMissing, match=r"tests\.note"):
        note(order="o1")
    assert seen == []


def test_a_task_of_no_partner_refuses_with_a_log(
    seen: Seen, nordlys: Partner, caplog: pytest.LogCaptureFixture
) -> None:
    partner_id = uuid4()
    with caplog.at_level(logging.ERROR):
        assert note(order="o1", partner=str(partner_id)) is None
    assert seen == []
    assert caplog.messages == [f"task tests.note refused: no partner {partner_id}"]


def test_a_task_of_a_suspended_partner_waits_and_runs_later(
    seen: Seen, nordlys: Partner, anna: Membership
) -> None:
    """CHAN-21: once, with who caused it; not before the partner is active again."""
    call = {"partner": str(nordlys.pk), "user": str(anna.user.pk)}
    with in_public():
        Partner.objects.update(is_active=False)
        for _n in range(2):
            note(order="o1", **call)
        note(order="o2", partner=str(nordlys.pk))
        assert call_waiting(at=NOW) == 0
        assert seen == []
        Partner.objects.update(is_active=True)
        assert call_waiting(at=NOW) == 2
    assert seen == [("o1", 0, nordlys, anna.user), ("o2", 0, nordlys, None)]
    assert not WaitingTask.objects.for_partner(nordlys).exists()


def test_a_waiting_task_that_was_killed_is_called_again(
    seen: Seen, nordlys: Partner, caplog: pytest.LogCaptureFixture
) -> None:
    """CHAN-21: its row goes when it has run; one that fails three times stays."""
    for name in ("tests.note", "tests.nothing"):
        WaitingTask.objects.create(
            partner=nordlys, name=name, arguments={"order": "o1"}, created_at=NOW
        )
    WaitingTask.objects.for_partner(nordlys).filter(name="tests.note").update(
        taken_at=NOW, attempts=1
    )
    assert call_waiting(at=NOW + timedelta(minutes=5)) == 0
    assert call_waiting(at=NOW + timedelta(minutes=7)) == 1
    for hours in (1, 2, 3):
        assert call_waiting(at=NOW + timedelta(hours=hours)) == 0
    assert [row.attempts for row in WaitingTask.objects.for_partner(nordlys)] == [3]
    assert len(seen) == 1


def test_a_shared_task_runs_in_public_whatever_was_before(seen: Seen, nordlys: Partner) -> None:
    sweep()
    assert seen == [(None, None)]
    assert current_partner() == nordlys


def test_a_failing_task_leaves_the_context_as_it_was(nordlys: Partner) -> None:
    with in_public():
        with pytest.raises(TypeError):
            note(nothing="o1", partner=str(nordlys.pk))
        assert current_partner() is None


Capture = Callable[..., Any]


def test_enqueue_waits_for_the_commit(
    seen: Seen, nordlys: Partner, settings: Any, django_capture_on_commit_callbacks: Capture
) -> None:
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            enqueue(note, partner=nordlys, order=uuid4())
            assert seen == []
    finally:
        app.conf.task_always_eager = False
    assert len(seen) == 1


def test_enqueue_carries_ids_partner_and_actor(
    seen: Seen, nordlys: Partner, anna: Membership, django_capture_on_commit_callbacks: Capture
) -> None:
    order = uuid4()
    with django_capture_on_commit_callbacks() as calls, acting(anna.user):
        enqueue("tests.note", partner=nordlys, order=order, loud=3)
    (call,) = calls
    assert dict(call.arguments) == {
        "order": str(order),
        "loud": 3,
        "partner": str(nordlys.pk),
        "user": str(anna.user.pk),
    }
    app.conf.task_always_eager = True
    try:
        call()
    finally:
        app.conf.task_always_eager = False
    assert seen == [(str(order), 3, nordlys, anna.user)]


def test_enqueue_the_same_call_twice_is_one(
    nordlys: Partner, django_capture_on_commit_callbacks: Capture
) -> None:
    order = uuid4()
    with django_capture_on_commit_callbacks() as calls, transaction.atomic():
        enqueue(note, partner=nordlys, order=order)
        enqueue(note, partner=nordlys, order=order)
        enqueue(note, partner=nordlys, order=uuid4())
    assert len(calls) == 2


@pytest.mark.parametrize("value", [None, True, 1.5, ["x"], object()])
def test_enqueue_takes_ids_only(nordlys: Partner, value: Any) -> None:
    with pytest.raises(TypeError, match="order has to be an id"):
        enqueue(note, partner=nordlys, order=value)


def test_enqueue_without_a_partner_is_for_shared_tasks(nordlys: Partner) -> None:
    with pytest.raises(PartnerMissing):
        enqueue(note, partner=None, order="o1")
    enqueue(sweep, partner=None)


@pytest.fixture
def broker_at() -> Iterator[Callable[[int], None]]:
    before = app.conf.broker_url

    def change(port: int) -> None:
        app.conf.broker_url = f"redis://127.0.0.1:{port}/0"

    yield change
    app.conf.broker_url = before


def seconds_to_publish(capture: Capture, partner: Partner, order: UUID) -> float:
    with capture() as calls:
        enqueue(note, partner=partner, order=order)
    started = time.monotonic()
    for call in calls:
        call()
    return time.monotonic() - started


def test_a_broker_that_refuses_is_ignored_and_logged(
    seen: Seen,
    nordlys: Partner,
    broker_at: Callable[[int], None],
    django_capture_on_commit_callbacks: Capture,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """OUT-06: the request succeeds all the same."""
    broker_at(1)
    took = [
        seconds_to_publish(django_capture_on_commit_callbacks, nordlys, uuid4()) for _n in range(5)
    ]
    assert max(took) < 1
    assert sum("waits for the next sweep" in message for message in caplog.messages) == 1


def test_a_broker_that_hangs_costs_less_than_a_second_once(
    seen: Seen,
    nordlys: Partner,
    broker_at: Callable[[int], None],
    django_capture_on_commit_callbacks: Capture,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """OUT-06: a listening socket that never responds, like a frozen Redis."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as frozen:
        broker_at(frozen.getsockname()[1])
        took = [
            seconds_to_publish(django_capture_on_commit_callbacks, nordlys, uuid4())
            for _n in range(20)
        ]
    assert max(took) < 1
    assert sum(took) < 1.2
    assert sum("waits for the next sweep" in message for message in caplog.messages) == 1


def test_a_broker_that_hangs_costs_less_than_a_second_again_later(
    seen: Seen,
    nordlys: Partner,
    broker_at: Callable[[int], None],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as frozen:
        broker_at(frozen.getsockname()[1])
        for _n in range(3):
            tasks._publisher.forget()
            assert seconds_to_publish(django_capture_on_commit_callbacks, nordlys, uuid4()) < 1


def test_every_task_is_ours_and_named_app_dot_verb() -> None:
    autodiscover_modules("tasks")
    ours = [each for name, each in app.tasks.items() if not name.startswith("celery.")]
    assert "outbox.dispatch" in app.tasks
    for each in ours:
        assert isinstance(each, tasks.PartnerTask), each.name
        assert each.name.count(".") == 1, each.name


def test_beat_dispatches_every_ten_seconds(settings: Any) -> None:
    """OUT-02: the sweep."""
    entry = settings.CELERY_BEAT_SCHEDULE["dispatch-mail"]
    assert (entry["task"], entry["schedule"]) == ("outbox.dispatch", 10.0)
    assert app.tasks["outbox.dispatch"].shared
    assert app.tasks["outbox.dispatch"].expires == 60
