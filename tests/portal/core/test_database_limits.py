"""AVAIL-01: nobody waits without an end for the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from dev.soak.proxy import Proxy, way_to
from portal.core.database_limits import LIMITS, Process, kind_of_process, with_limits
from portal.tenancy import health
from portal.tenancy.backend import driver
from portal.tenancy.backend.base import DatabaseWrapper
from portal.tenancy.connection import connection

HASTY = replace(LIMITS[Process.WEB], silence=0.2)


@contextmanager
def through(proxy: Proxy) -> Iterator[DatabaseWrapper]:
    """Open a connection of our backend through the proxy."""
    database = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": str(proxy.port)}
    database["OPTIONS"] = {**database["OPTIONS"], "connect_timeout": HASTY.connect}
    wrapper: Any = ConnectionHandler({"default": database})["default"]
    wrapper.set_schema_to_public()
    try:
        yield wrapper
    finally:
        wrapper.close()


@pytest.fixture
def proxy(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A way to the tests' server that can be frozen, and a process that is quick to ask."""
    monkeypatch.setattr(settings, "DATABASE_LIMITS", HASTY)
    monkeypatch.setattr(driver, "ASK_SECONDS", 0.2)
    monkeypatch.setattr(driver, "servers", driver._Servers())
    with Proxy(way_to(connection.settings_dict)) as opened:
        yield opened


def ask(wrapper: DatabaseWrapper, sql: str = "SELECT 1") -> Any:
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("kind", list(Process))
def test_each_kind_of_process_has_limits_of_its_own(db: None, kind: Process) -> None:
    """AVAIL-01: PostgreSQL keeps to them; a command is never cut off; nobody's rows are seen."""
    limits = LIMITS[kind]
    database = with_limits({**connection.settings_dict, "OPTIONS": {}}, limits)
    wrapper: Any = ConnectionHandler({"default": database})["default"]
    with psycopg.connect(**wrapper.get_connection_params()) as raw:
        seen = {
            name: raw.execute(f"SELECT setting FROM pg_settings WHERE name = '{name}'").fetchone()
            for name in ("lock_timeout", "statement_timeout", "search_path")
        }
        idle = raw.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert seen["lock_timeout"] == (str(round(limits.lock * 1000)),)
    assert seen["statement_timeout"] == (str(round(limits.statement * 1000)),)
    assert seen["search_path"] == ("kontor_nowhere",)
    assert (idle == ("0",)) is (kind is Process.COMMAND)
    options = database["OPTIONS"]
    assert options["tcp_user_timeout"] == limits.gone * 1000 and options["keepalives"] == 1
    assert options["connect_timeout"] == limits.connect


def test_a_page_waits_less_than_five_seconds() -> None:
    """AVAIL-01: for a lock; and until silence is noticed, asked about and a new try given up."""
    web = LIMITS[Process.WEB]
    assert web.lock <= 4 and web.silence + driver.ASK_SECONDS <= 4 and web.connect <= 4


@pytest.mark.parametrize(
    ("command", "said", "kind"),
    [
        ("/srv/kontor/manage.py", "web", Process.COMMAND),
        ("/srv/kontor/.venv/bin/celery", "", Process.WORKER),
        ("/x/celery/__main__.py", "web", Process.WORKER),
        ("/srv/kontor/.venv/bin/gunicorn", "web", Process.WEB),
        ("/usr/bin/uwsgi", "", Process.COMMAND),
    ],
)
def test_a_process_knows_its_kind(
    command: str, said: str, kind: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-01: by its command, or because portal.wsgi was loaded."""
    monkeypatch.setenv("KONTOR_PROCESS", said or "command")
    assert kind_of_process([command]) is kind


def test_a_frozen_server_is_given_up(proxy: Proxy) -> None:
    """AVAIL-01: within a second here; new connections are refused at once; then all is well."""
    with through(proxy) as wrapper:
        assert ask(wrapper) == 1
        proxy.freeze()
        started = time.monotonic()
        with pytest.raises(OperationalError, match="does not answer"):
            ask(wrapper)
        assert 0.2 < time.monotonic() - started < 2
        wrapper.close()
        started = time.monotonic()
        with pytest.raises(OperationalError, match="does not answer"):
            ask(wrapper)
        assert time.monotonic() - started < 0.2
        proxy.thaw()
        driver.servers._known.clear()
        wrapper.close()
        assert ask(wrapper) == 1


def test_a_process_that_never_asked_knows_of_the_silence(proxy: Proxy) -> None:
    """AVAIL-01: one that has just been started waits once, not at each look at the database."""
    proxy.freeze()
    for longest in (5.0, 0.2):
        with through(proxy) as wrapper:
            started = time.monotonic()
            with pytest.raises(OperationalError):
                ask(wrapper)
            assert time.monotonic() - started < longest


def test_without_the_question_a_page_would_hang(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVAIL-01: the control: psycopg's own connection waits for as long as the server is frozen."""
    monkeypatch.setattr(driver.AskingConnection, "wait", psycopg.Connection.wait)
    seen: list[Any] = []
    with through(proxy) as wrapper:
        ask(wrapper)
        wrapper.inc_thread_sharing()
        proxy.freeze()
        thread = threading.Thread(target=lambda: seen.append(ask(wrapper)), daemon=True)
        thread.start()
        thread.join(1.0)
        assert thread.is_alive() and not seen
        proxy.thaw()
        thread.join(5)
        assert seen == [1]
        wrapper.dec_thread_sharing()


def test_a_slow_statement_goes_on(proxy: Proxy) -> None:
    """AVAIL-01: as long as the server is there, a search or an export is not cut off."""
    with through(proxy) as wrapper:
        assert ask(wrapper, "SELECT 7 FROM pg_sleep(0.7)") == 7


def test_health_waits_no_longer_than_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-03: whatever the question does; who asks meanwhile waits no longer either."""
    held = threading.Event()
    monkeypatch.setattr(health, "_ask", lambda _settings: held.wait(20))
    watch = health.Watch()
    started = time.monotonic()
    assert not watch.answers(0.2) and not watch.answers(0.2)
    assert time.monotonic() - started < 10
    held.set()
    assert watch.answers(10)
    watch.close()


def test_health_answers_within_its_own_limit(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """AVAIL-03: a frozen database is a no, in time; so is one that is asked about already."""
    with through(proxy) as wrapper:
        database = wrapper.settings_dict
        monkeypatch.setattr(health, "connection", wrapper)
        watch = health.Watch()
        assert watch.answers()
        assert database["PORT"] == str(proxy.port)
        proxy.freeze()
        started = time.monotonic()
        assert not watch.answers(0.3) and not watch.answers(0.3)
        assert time.monotonic() - started < 1
        proxy.thaw()
        driver.servers._known.clear()
        for _each in range(20):
            if watch.answers(0.5):
                break
            time.sleep(0.1)
        assert watch.answers()
        watch.close()
