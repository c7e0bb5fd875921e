"""What an operator does: a partner is lost and restored, and a migration is killed on its way."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from dev.embedded.processes import wait_until
from dev.soak.figures import ROOT, Figure
from dev.soak.scanned import (
    Portal,
    Visitor,
    answers,
    free_port,
    programs,
    run_manage,
    scanned_portal,
    web_command,
)
from dev.soak.structure import different, structures

PARTNERS, KILLS = 200, 20
QUICK_PARTNERS, QUICK_KILLS = 10, 3
# Partners whose people sign in while the others are migrated.
SIGNED_IN = (("nordlys", "anna"), ("brueckner", "lena"))
AHEAD, LAST = "dev.soak.ahead.settings", "0003_index"
MARK = "from portal.tenancy.schema import tenant_fingerprint; print(tenant_fingerprint())"
MAKE = """
from django.utils import timezone
from workspace.partners import create_partner
for number in range({count}):
    create_partner(
        name=f"Soak {{number:03}} AB", slug=f"soak-{{number:03}}", country="SE", currency="SEK",
        language="en", time_zone="Europe/Stockholm", at=timezone.now(),
        notification_email=f"order@soak-{{number:03}}.example",
    )
"""
SUMS = """
import json
from portal.tenancy.backups.tables import Table, owned, tables_of
from portal.tenancy.backups.writing import checksum, checksums
from portal.tenancy.models import Partner
nordlys = Partner._default_manager.filter(slug="nordlys").first()
print(json.dumps({
    "own": checksums(nordlys) if nordlys else {},
    "others": {
        f"{each.slug} {name}": checksum(table)
        for each in Partner._default_manager.exclude(slug="nordlys")
        for name, table in [*tables_of(each.schema_name).items(), *owned(each).items()]
    },
}))
"""
DROP = """
from django.db import transaction
from portal.accounts.models import Membership
from portal.tenancy.backups.removing import remove_partner, remove_people
from portal.tenancy.models import Partner
with transaction.atomic():
    nordlys = Partner._default_manager.get(slug="nordlys")
    places = Membership.objects.for_partner(nordlys)
    people = [str(pk) for pk in places.values_list("user_id", flat=True)]
    remove_partner(nordlys, with_log=True)
    remove_people(people)
"""


def operations(quick: bool) -> Iterator[Figure]:
    """Yield the figures of both."""
    with (
        tempfile.TemporaryDirectory() as folder,
        scanned_portal(Path(folder), worker=False) as portal,
    ):
        yield from restored(portal)
        count = QUICK_PARTNERS if quick else PARTNERS
        portal.python(MAKE.format(count=count))
        yield from migrated(portal, count, QUICK_KILLS if quick else KILLS)


def restored(portal: Portal) -> Iterator[Figure]:
    """Back one partner up, drop it, restore it, and compare every table's checksum."""
    file = str(portal.folder / "nordlys.zip")
    before = json.loads(portal.python(SUMS))
    portal.manage("backup_partner", "nordlys", file)
    portal.python(DROP)
    gone = json.loads(portal.python(SUMS))
    # The web process knows the host for half a minute; what a lost schema gives is no page.
    portal.manage("restore_partner", file)
    after = json.loads(portal.python(SUMS))
    own, others = before["own"], before["others"]
    lost = sorted(name for name, value in own.items() if after["own"].get(name) != value)
    yield Figure(
        "tables of a partner after backup, drop and restore",
        len(own),
        "checksums as before",
        ", ".join(lost) or "as before",
        not lost and bool(own) and not gone["own"],
    )
    changed = sorted(
        name
        for name, value in others.items()
        if value != gone["others"].get(name) or value != after["others"].get(name)
    )
    yield Figure(
        "tables of the other partners meanwhile",
        len(others),
        "unchanged",
        ", ".join(changed[:5]) or "unchanged",
        not changed and bool(others),
    )
    page = portal.visitor("nordlys.localhost", "anna@nordlys.example").ask("/customers/")
    yield Figure(
        "the register of the restored partner", 1, "200", str(page.status), page.status == 200
    )


class Visits:
    """People who open pages again and again; what they got is counted."""

    def __init__(self, portal: Portal, count: int) -> None:
        self.seen: Counter[str] = Counter()
        self._end = threading.Event()
        people = [(name, f"{person}@{name}.example") for name, person in SIGNED_IN]
        signed_in = [portal.visitor(f"{name}.localhost", email) for name, email in people]
        others = [Visitor(portal.port, f"soak-{number:03}.localhost") for number in range(count)]
        self._threads = [
            threading.Thread(
                target=self._visit, args=(signed_in, ("/", "/customers/", "/orders/"))
            ),
            threading.Thread(target=self._visit, args=(others, ("/accounts/login/",))),
        ]

    def _visit(self, visitors: list[Visitor], paths: tuple[str, ...]) -> None:
        while not self._end.wait(0.1):
            visitor, path = random.choice(visitors), random.choice(paths)
            try:
                answer = visitor.ask(path, timeout=20)
            except OSError as error:
                self.seen[type(error).__name__] += 1
                continue
            is_true = answer.status != 503 or "saved" in answer.text.lower()
            self.seen[str(answer.status) if is_true else "503 without words"] += 1

    def __enter__(self) -> Visits:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()


@contextmanager
def next_version(portal: Portal) -> Iterator[tuple[int, dict[str, str]]]:
    """Run a web process of the next version beside the running one; yield its port and settings."""
    port = free_port()
    env = {**portal.env, "DJANGO_SETTINGS_MODULE": AHEAD, "KONTOR_PORT": str(port)}
    with programs([web_command(port)], env, portal.folder / "next.log"):
        if not wait_until(lambda: answers(port), seconds=180, check=lambda: None):
            raise RuntimeError("the next version did not come up")
        yield port, env


def migrated(portal: Portal, count: int, kills: int) -> Iterator[Figure]:
    """Kill the migration to the next version at random points, and go on each time."""
    killed, said = 0, []
    with next_version(portal) as (port, env), Visits(portal, count) as visits:
        mark = run_manage(env, "shell", "-v", "0", "-c", MARK).strip()
        for _each in range(kills):
            killed += killed_at_random(env, partners=count // kills)
            said.append(says_behind(port, portal.database, mark))
        halfway = [(shown, left) for shown, left in said if left]
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )
        seconds = time.monotonic() - started
        at_last, left = says_behind(port, portal.database, mark)
    yield Figure(
        f"migration of {count} partners, killed on its way",
        killed,
        "the next run goes on",
        f"ended after {seconds:.0f} s, {left} behind"
        if not done.returncode
        else done.stderr[-200:],
        not done.returncode and not left and killed == kills,
    )
    wrong = different(structures(portal.database))
    yield Figure(
        "schemas compared with the template's: columns, keys, indexes, triggers, migrations",
        count + len(SIGNED_IN) + 1,
        "all the same",
        "; ".join(wrong[:4]) or "all the same",
        not wrong,
    )
    bad = {what: number for what, number in visits.seen.items() if what not in ("200", "503")}
    yield Figure(
        "pages asked for meanwhile",
        visits.seen.total(),
        "200, or 503 that says what was saved",
        ", ".join(f"{what}: {number}" for what, number in sorted(visits.seen.items())),
        not bad and visits.seen["200"] > 0,
    )
    yield Figure(
        "health page while partners are behind, and at the end",
        len(halfway) + 1,
        "as many as there are; 0 at last",
        ", ".join(f"{shown} of {there}" for shown, there in halfway[-5:]) + f"; {at_last} at last",
        bool(halfway) and all(shown == there for shown, there in halfway) and at_last == 0,
    )


def killed_at_random(env: dict[str, str], *, partners: int) -> int:
    """Start the migration, kill it after some partners or on the way to them; return 1 if so."""
    # So few that some are left for the last time, also where a partner takes no time at all.
    some = random.randrange(max(1, partners))
    process = subprocess.Popen(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={**env, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            for _each in range(some):
                if not process.stdout.readline():
                    break
            # Somewhere in the next one.
            time.sleep(random.random() * 0.4)
        finally:
            process.kill()
    return int(process.returncode < 0)


def says_behind(port: int, database: str, mark: str) -> tuple[int, int]:
    """Return how many partners the health page calls behind, and how many are not marked.

    The second is -1 if one lacks a migration that its mark says it has.
    """
    answer = Visitor(port, "localhost").ask("/healthz/deep")
    figures = {each["name"]: each for each in json.loads(answer.text)["figures"]}
    found = figures["partners behind on migrations"]
    # A partner that is behind is a 503, whatever else is well.
    shown = int(found["seen"]) if answer.status == 503 or found["ok"] else -1
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT schema_name, migrated_to FROM tenancy_partner").fetchall()
        for name, said in rows:
            sql = f"SELECT 1 FROM \"{name}\".django_migrations WHERE name = '{LAST}'"
            if said == mark and connection.execute(sql).fetchone() is None:
                return shown, -1
    return shown, sum(said != mark for _name, said in rows)
