"""``make bench``: the product against its floors, interleaved, with an A/A pair.

    python -m dev.bench            all figures
    python -m dev.bench G1 G2      these
    SIZES=100 python -m dev.bench  with a register of this size only (100 and 100,000 otherwise)
    ROUNDS=10 python -m dev.bench  faster and less certain

G1 and G2: CPU time of this process per page, through the real WSGI handler. G3, FIND and G8: time
on the clock, since what counts there happens in the database. STACK: CPU time with and without
LargeStackChunkMiddleware, which is to go when it no longer helps. LISTS: the first page of each
long list and a deep one, 200,000 rows beside 1,000: time in the database and CPU time together.
HOME: the home page beside a list, measured in the same way. ADMIN: channel sales' lists at
200,000 rows beside their own first pages, and G4 over a million customers. IMPORT: how many
customers an import writes in a second of CPU time.

Each round measures every side, in turning order, and gives one ratio; the figure is the median of
the ratios, so that a machine which slows down and speeds up moves both sides alike (G3: a round is
many searches, and measures their 95th percentile). An A/A pair off by more than 5 % makes a figure
inconclusive.
"""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROUNDS, PAGES = int(os.environ.get("ROUNDS", "80")), 4
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "100,100000").split(","))
ALL = ("G1", "G2", "G3", "FIND", "G8", "STACK", "LISTS", "HOME", "ADMIN", "IMPORT")
Sides = dict[str, Callable[[], object]]
TABLE: list[str] = []


def prepare(stack: ExitStack) -> None:
    """Start services and create a database with one partner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    if not os.environ.get("DATABASE_URL"):
        from dev.embedded.services import embedded_services

        os.environ.update(stack.enter_context(embedded_services(Path.cwd(), durable=False)))
    import psycopg

    base = os.environ["DATABASE_URL"]
    name = f"kontor_bench_{os.getpid()}"
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')

    def drop() -> None:
        with psycopg.connect(base, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    stack.callback(drop)
    os.environ["DATABASE_URL"] = base.rsplit("/", 1)[0] + "/" + name
    os.environ.pop("DEBUG", None)
    os.environ["STATIC_ROOT"] = str(Path.cwd() / "var" / "bench-static")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def handler(middleware: list[str], host: str = "bench.localhost") -> Callable[[str, str], bytes]:
    """Return a WSGI call through Django's handler with these middlewares."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory, override_settings

    with override_settings(MIDDLEWARE=middleware):
        wsgi = WSGIHandler()
    factory = RequestFactory(SERVER_NAME=host)

    def call(path: str, cookie: str) -> bytes:
        request = factory.get(path, HTTP_COOKIE=cookie)
        answer = wsgi.get_response(request)
        body = answer.content
        answer.close()
        assert answer.status_code == 200, (path, answer.status_code, answer.get("Location"))
        return bytes(body)

    return call


def cookie_of(person: Any, *, customer: Any = None) -> str:
    """Return the cookie of a session of this person, with this active customer."""
    from portal.tenancy.context import in_partner
    from tests.conftest import HostClient

    with in_partner(person.partner):
        client = HostClient(f"{person.partner.slug}.localhost")
        client.force_login(person.user)
        if customer is not None:
            client.post("/switch/", {"customer": str(customer.pk)})
    return "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())


def cost(clock: Callable[[], float], call: Callable[[], object]) -> float:
    """Return milliseconds per page."""
    before = clock()
    for _each in range(PAGES):
        call()
    return (clock() - before) * 1000 / PAGES


def compare(name: str, what: str, sides: Sides, limit: float, clock: Callable[[], float]) -> bool:
    """Run interleaved rounds of product, floor and floor again, and print a line of the table."""
    for call in sides.values():
        for _warm in range(10):
            call()
    figures: dict[str, list[float]] = {side: [] for side in sides}
    order = list(sides)
    for _round in range(ROUNDS):
        for side in order:
            figures[side].append(cost(clock, sides[side]))
        order.append(order.pop(0))
    return line(name, what, figures, limit)


def line(name: str, what: str, figures: dict[str, list[float]], limit: float | None) -> bool:
    """Judge one figure and print it; without a limit it is for information only."""
    found = {side: statistics.median(values) for side, values in figures.items()}
    ratio, again = (
        statistics.median(x / y for x, y in zip(figures[side], figures["floor"], strict=True))
        for side in ("product", "floor again")
    )
    drift = abs(again - 1)
    verdict = "inconclusive" if drift > 0.05 else "met" if ratio <= (limit or ratio) else "missed"
    shown = f"{limit:.2f}x" if limit else "none"
    TABLE.append(
        f"{name:5} {what:42} {found['product']:8.2f} {found['floor']:8.2f} "
        f"{ratio:6.2f}x {shown:>6} {drift:6.1%}  {verdict if limit else 'for information'}"
    )
    print(TABLE[-1], flush=True)
    return limit is None or verdict == "met"


def three(product: Callable[[], object], floor: Callable[[], object]) -> Sides:
    """Return the product, its floor, and the floor again (A/A)."""
    return {"product": product, "floor": floor, "floor again": floor}


class Bench:
    """The partner and the people whose pages are measured."""

    def __init__(self, boss: Any, tech: Any) -> None:
        from django.conf import settings

        from customers.models import Customer
        from dev.bench import floors
        from portal.tenancy.context import in_partner

        self.boss, self.tech, self.partner = boss, tech, boss.partner
        with in_partner(self.partner):
            self.customer = Customer.objects.order_by("sort_key").first()
        floors.STATE.update(partner=self.partner, customer=self.customer.pk, person=boss)
        self.cookie = cookie_of(boss, customer=self.customer)
        self.tech_cookie = cookie_of(tech)
        self.product = handler(list(settings.MIDDLEWARE))
        self.plain, self.bare = handler(floors.PLAIN), handler(floors.NONE)

    def statements(self, path: str, cookie: str) -> int:
        """Return the number of statements of a page, with warm caches."""
        from django.test.utils import CaptureQueriesContext

        from portal.tenancy.connection import connection

        self.product(path, cookie)
        connection.set_tenant(self.partner)
        with CaptureQueriesContext(connection) as queries:
            self.product(path, cookie)
        return len(queries)

    def page(self, name: str, path: str, floor: Any, limit: float, size: int) -> bool:
        """Measure a page (G1 and G2)."""
        count = self.statements(path, self.cookie)
        what = f"{path} of {size:,}, {count} statements"
        most = {"G1": 4, "G2": 5}[name]
        sides = three(lambda: self.product(path, self.cookie), lambda: floor(path, self.cookie))
        return compare(name, what, sides, limit, time.process_time) and count <= most

    def stack_chunk(self, size: int) -> bool:
        """STACK: pages with the large stack chunk, beside the same ones without it."""
        from django.conf import settings

        chunk = "portal.stack_chunk.LargeStackChunkMiddleware"
        without = handler([name for name in settings.MIDDLEWARE if name != chunk])
        met = True
        for path in ("/", "/customers/", "/orders/"):
            sides = three(
                lambda path=path: self.product(path, self.cookie),  # type: ignore[misc]
                lambda path=path: without(path, self.cookie),  # type: ignore[misc]
            )
            what = f"{path} of {size:,}, with and without"
            met = compare("STACK", what, sides, 1.0, time.process_time) and met
        return met

    def common(self, size: int) -> bool:
        """Measure searches for a common word against a rare one (REG-37)."""
        from workspace.views import searching

        searching.SEARCHES_A_MINUTE = 10**9
        met = True
        for path in (
            *("/customers/?", "/customers/?sort=-credit&", "/customers/?sort=contact&"),
            *("/search/suggest/?", "/search/suggest/?all=1&"),
        ):
            sides = three(
                lambda path=path: self.product(f"{path}q=linden", self.cookie),  # type: ignore[misc]
                lambda path=path: self.product(f"{path}q=kvarn+777", self.cookie),  # type: ignore[misc]
            )
            what = f"{path} of {size:,}, common, rare"
            met = compare("FIND", what, sides, 3.0, time.perf_counter) and met
        return met

    def assigned(self, size: int) -> bool:
        """Measure the list for a person who sees only assigned customers, and for all (G8)."""
        from dev.bench import seeds
        from portal.tenancy.context import in_partner

        met = True
        for count in sorted({min(100, size), min(1_000, size), size}):
            with in_partner(self.partner):
                seeds.assign_to(self.tech, count)
            what = f"{count:,} assigned of {size:,}"
            sides = three(
                lambda: self.product("/customers/", self.tech_cookie),
                lambda: self.product("/customers/", self.cookie),
            )
            met = compare("G8", what, sides, 1.5, time.perf_counter) and met
        return met


def main() -> int:
    wanted = [word for word in sys.argv[1:] if word in ALL] or list(ALL)
    with ExitStack() as stack:
        prepare(stack)
        from dev.bench import seeds
        from dev.bench.admin import admin_lists
        from dev.bench.imports import import_speed
        from dev.bench.lists import home_page, long_lists
        from dev.bench.search import type_ahead
        from portal.tenancy.connection import connection
        from portal.tenancy.context import in_partner

        boss, tech = seeds.make_partner()
        head = f"{'':5} {'':42} {'product':>8} {'floor':>8} {'ratio':>7} {'limit':>6} {'A/A':>6}"
        TABLE.append(head)
        print(head, flush=True)
        met = True
        for size in SIZES if set(wanted) - {"LISTS", "HOME", "ADMIN", "IMPORT"} else ():
            with in_partner(boss.partner):
                seeds.fill(size)
            bench = Bench(boss, tech)
            if "G1" in wanted:
                met = bench.page("G1", "/people/me/", bench.plain, 1.10, size) and met
            if "G2" in wanted:
                met = bench.page("G2", "/customers/", bench.bare, 1.0, size) and met
            if "G3" in wanted:
                met = type_ahead(bench, size, line) and met
            if "FIND" in wanted:
                met = bench.common(size) and met
            if "STACK" in wanted and size == SIZES[0]:
                met = bench.stack_chunk(size) and met
            if "G8" in wanted:
                met = bench.assigned(size) and met
        if "LISTS" in wanted:
            met = long_lists(boss, handler, cookie_of, line) and met
        if "HOME" in wanted:
            met = home_page(handler, cookie_of, line) and met
        if "ADMIN" in wanted:
            met = admin_lists(boss, handler, line) and met
        if "IMPORT" in wanted:
            met = import_speed(boss) and met
        connection.close()
        return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
