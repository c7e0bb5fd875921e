"""The rows of the table of faults: how each begins, how it ends, what it may lead to."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from dev.embedded.runner import QUEUES
from dev.soak.prepared import ROOT
from dev.soak.site import Site

Hurt = Callable[[Site], Any]


@dataclass(frozen=True)
class Fault:
    """Something that breaks.

    ``begin`` and ``end`` stand around the acts. ``moment`` faults happen while one act is under
    way. ``may_refuse``: a 503 is an answer, too. ``may_break``: so is none, where the process that
    answers is the one that dies. ``twice``: a mail may arrive again, ``most`` times in all, where
    the end may come between the mail server's 250 and the commit that says so.
    ``ends_database``: only of those under way just then. ``dead``: mails are given up.
    """

    name: str
    begin: Hurt
    end: Hurt = lambda _site: None
    moment: bool = False
    may_refuse: bool = False
    may_break: bool = False
    mail: bool = False
    twice: bool = False
    most: int = 5
    ends_database: bool = False
    dead: bool = False


def behaves(behaviour: str) -> Hurt:
    return lambda site: site.mail.behave(behaviour)


def well(site: Site) -> None:
    site.mail.behave("well")


def full_valkey(site: Site) -> None:
    _valkey(site, "CONFIG", "SET", "maxmemory-policy", "noeviction")
    _valkey(site, "CONFIG", "SET", "maxmemory", "1")


def room_in_valkey(site: Site) -> None:
    _valkey(site, "CONFIG", "SET", "maxmemory", "0")


def _valkey(site: Site, *words: str) -> None:
    import redis

    with redis.Redis.from_url(site.services.env["REDIS_URL"]) as link:
        link.execute_command(*words)


def no_connections(site: Site) -> None:
    site.sql("ALTER ROLE kontor CONNECTION LIMIT 0")
    end_backends(site)


def connections_again(site: Site) -> None:
    site.sql("ALTER ROLE kontor CONNECTION LIMIT -1")


BACKENDS = "FROM pg_stat_activity WHERE usename = 'kontor' AND pid <> pg_backend_pid()"


CANCEL = f"SELECT pg_cancel_backend(pid) {BACKENDS} AND state = 'active'"


def end_backends(site: Site) -> None:
    site.sql(f"SELECT pg_terminate_backend(pid) {BACKENDS}")


class Cancelling:
    """Cancels every query of the portal, again and again, until it is ended."""

    def __init__(self) -> None:
        self._go = threading.Event()

    def begin(self, site: Site) -> None:
        self._go.set()
        threading.Thread(target=self._run, args=(site,), daemon=True).start()

    def end(self, _site: Site) -> None:
        self._go.clear()
        time.sleep(0.2)

    def _run(self, site: Site) -> None:
        import psycopg

        url = site.services.postgres.url.replace("://kontor:", "://postgres:")
        with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as link:
            while self._go.is_set():
                link.execute(
                    f"SELECT pg_cancel_backend(pid) {BACKENDS} AND state = 'active'".encode()
                )
                time.sleep(0.003)


@dataclass
class Failing:
    """Lets the database refuse every row that is written, with one of its own errors."""

    code: str
    tables: tuple[str, ...] = field(
        default=(
            "p_nordlys.orders_order",
            "p_nordlys.quotes_confirmation",
            "p_nordlys.customers_customerimport",
            "public.accounts_usersession",
            "public.outbox_outboundemail",
            "public.outbox_document",
            "public.tenancy_partnercreation",
        )
    )

    def begin(self, site: Site) -> None:
        site.sql(
            "CREATE OR REPLACE FUNCTION public.soak_fails() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION 'soak' USING ERRCODE = '{self.code}'; END $$"
        )
        for table in self._there(site):
            site.sql(
                f"CREATE TRIGGER soak_fails BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION public.soak_fails()"
            )

    def end(self, site: Site) -> None:
        for table in self._there(site):
            site.sql(f"DROP TRIGGER IF EXISTS soak_fails ON {table}")

    def _there(self, site: Site) -> list[str]:
        return [t for t in self.tables if site.sql(f"SELECT to_regclass('{t}')")[0][0]]


class Doubled:
    """A second worker, a second beat, two dispatchers, and two migrations at once."""

    def __init__(self) -> None:
        self._more: list[subprocess.Popen[bytes]] = []

    def begin(self, site: Site) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "portal.celery:app"]
        dispatch = [sys.executable, "manage.py", "dispatch", "--loop", "--pause", "0.1"]
        commands = [
            [*celery, "worker", f"--queues={QUEUES}", "--concurrency=2", "-n", "second@%h"],
            [*celery, "beat", "--pidfile=", f"--schedule={site.folder / 'schedule-2'}"],
            dispatch,
            dispatch,
            [sys.executable, "manage.py", "migrate", "-v", "0"],
            [sys.executable, "manage.py", "migrate", "-v", "0"],
        ]
        with (site.folder / "second.log").open("ab") as log:
            self._more = [
                subprocess.Popen(each, cwd=ROOT, env=site.environment, stdout=log, stderr=log)
                for each in commands
            ]
        for migration in self._more[4:]:
            assert migration.wait(120) == 0, "a migration beside another one failed"

    def end(self, _site: Site) -> None:
        for each in self._more:
            each.terminate()
        for each in self._more:
            with suppress(subprocess.TimeoutExpired):
                each.wait(20)
            each.kill()


FULL_DISK = Fault("disk really full", Site.fill_disk, Site.free_disk, may_refuse=True)


def _pg(number: signal.Signals) -> Hurt:
    return lambda site: site.signal_postgres(number)


def faults() -> list[Fault]:
    """Return the rows of the table of faults."""
    cancelling, doubled = Cancelling(), Doubled()
    failing = {
        name: Failing(code)
        for name, code in (
            ("deadlock", "40P01"),
            ("disk full", "53100"),
            ("statement_timeout", "57014"),
        )
    }
    stop, go = signal.SIGSTOP, signal.SIGCONT
    return [
        Fault("nothing", lambda _site: None),
        Fault("Valkey refused", Site.stop_valkey, Site.start_valkey),
        Fault("Valkey frozen", lambda s: s.signal_valkey(stop), lambda s: s.signal_valkey(go)),
        Fault("Valkey flushed", lambda s: _valkey(s, "FLUSHALL"), moment=True),
        Fault("Valkey out of memory", full_valkey, room_in_valkey),
        *(
            Fault(f"mail server: {name}", behaves(name), well, mail=True, **more)
            for name, more in MAIL
        ),
        Fault("mail worker kill -9", lambda s: s.kill("worker"), moment=True, twice=True),
        Fault("web process kill -9", lambda s: s.kill("web"), moment=True, may_break=True),
        Fault("web worker kill -9", lambda s: s.kill_child("web"), moment=True, may_break=True),
        Fault("PDF worker kill -9", lambda s: s.kill("pdf"), moment=True),
        Fault("PostgreSQL frozen", _pg(stop), _pg(go), may_refuse=True),
        *(
            Fault(
                f"PostgreSQL restarted, {name}",
                lambda s, how=how: s.restart_postgres(how),  # type: ignore[misc]
                moment=True,
                may_refuse=True,
                twice=True,
                most=2,
                ends_database=True,
            )
            for name, how in (("fast", signal.SIGINT), ("immediate", signal.SIGQUIT))
        ),
        Fault(
            "all backends killed",
            end_backends,
            moment=True,
            may_refuse=True,
            twice=True,
            most=2,
            ends_database=True,
        ),
        Fault("queries cancelled", cancelling.begin, cancelling.end, may_refuse=True),
        Fault("connections exhausted", no_connections, connections_again, may_refuse=True),
        *(Fault(name, each.begin, each.end, may_refuse=True) for name, each in failing.items()),
        Fault("two of each process and two migrations", doubled.begin, doubled.end),
    ]


MAIL: tuple[tuple[str, dict[str, bool]], ...] = (
    ("refused", {}),
    ("hangs", {}),
    ("slow", {}),
    ("421", {}),
    ("451", {}),
    ("550", {"dead": True}),
    ("552", {"dead": True}),
    ("dies after DATA", {}),
    ("dies after 250", {"twice": True}),
)
# The short form: one of each kind.
QUICK = (
    "nothing",
    "Valkey frozen",
    "mail server: 451",
    "mail server: dies after 250",
    "web worker kill -9",
    "PostgreSQL frozen",
    "PostgreSQL restarted, immediate",
    "queries cancelled",
)
