"""``make bench``: the product beside its floors, interleaved, with an A/A pair.

    python -m bench            all figures
    python -m bench G1 G2      these

CPU time of this process per page, through the real WSGI handler; the median of many rounds, each
round measuring every side. An A/A pair off by more than 5 % makes a figure inconclusive.
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

ROUNDS, PAGES = 60, 12


def prepare(stack: ExitStack) -> None:
    """Services, a database of its own and one partner with a register."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    if not os.environ.get("DATABASE_URL"):
        from portal.embedded.services import embedded_services

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


def seed(customers: int) -> object:
    """The partner with so many customers; answers the administrator's place."""
    from datetime import UTC, datetime

    from portal.accounts.rights import Preset
    from portal.partners import add_person, create_partner
    from portal.tenancy.connection import connection
    from portal.tenancy.context import in_partner
    from tests import factories

    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    factories.make_catalogue(at=now)
    partner = create_partner(
        name="Bench AB",
        slug="bench",
        country="SE",
        currency="SEK",
        language="en",
        time_zone="Europe/Stockholm",
        notification_email="order@bench.example",
        at=now,
    )
    boss = add_person(
        partner=partner,
        email="boss@bench.example",
        name="Bo Bench",
        preset=Preset.ADMINISTRATOR,
        password=None,
        at=now,
    )
    with in_partner(partner):
        for number in range(customers):
            factories.make_customer(f"Kund {number:04} AB", f"5{number:04}", at=now)
    connection.set_schema_to_public()
    return boss


def handler(middleware: list[str]) -> Callable[[str, str], bytes]:
    """A WSGI call through Django's handler with these middlewares."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory, override_settings

    with override_settings(MIDDLEWARE=middleware):
        wsgi = WSGIHandler()
    factory = RequestFactory(SERVER_NAME="bench.localhost")

    def call(path: str, cookie: str) -> bytes:
        request = factory.get(path, HTTP_COOKIE=cookie)
        answer = wsgi.get_response(request)
        body = answer.content
        answer.close()
        assert answer.status_code == 200, (path, answer.status_code, answer.get("Location"))
        return bytes(body)

    return call


def cpu(call: Callable[[], object]) -> float:
    """CPU milliseconds a page."""
    before = time.process_time()
    for _each in range(PAGES):
        call()
    return (time.process_time() - before) * 1000 / PAGES


def compare(name: str, sides: dict[str, Callable[[], object]], limit: float) -> bool:
    """Interleaved rounds of product, floor and floor again; prints one line of the table."""
    for call in sides.values():
        for _warm in range(10):
            call()
    figures: dict[str, list[float]] = {side: [] for side in sides}
    for _round in range(ROUNDS):
        for side, call in sides.items():
            figures[side].append(cpu(call))
    median = {side: statistics.median(values) for side, values in figures.items()}
    ratio = median["product"] / median["floor"]
    drift = abs(median["floor again"] / median["floor"] - 1)
    verdict = "inconclusive" if drift > 0.05 else "met" if ratio <= limit else "missed"
    print(
        f"{name:4} product {median['product']:6.2f} ms  floor {median['floor']:6.2f} ms  "
        f"ratio {ratio:5.2f}x (limit {limit}x)  A/A {drift:5.1%}  {verdict}"
    )
    return verdict == "met"


def main() -> int:
    wanted = [word for word in sys.argv[1:] if word.startswith("G")] or ["G1", "G2"]
    with ExitStack() as stack:
        prepare(stack)
        from django.conf import settings
        from django.test.utils import CaptureQueriesContext

        from bench import floors
        from customers.models import Customer
        from portal.tenancy.connection import connection
        from portal.tenancy.context import in_partner
        from tests.conftest import HostClient

        boss = seed(120)
        partner = boss.partner  # type: ignore[attr-defined]
        with in_partner(partner):
            client = HostClient("bench.localhost")
            client.force_login(boss.user)  # type: ignore[attr-defined]
            customer = Customer.objects.order_by("sort_key").first()
            client.post("/switch/", {"customer": str(customer.pk)})
        floors.STATE.update(partner=partner, customer=customer.pk, person=boss)
        cookie = "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())
        product = handler(list(settings.MIDDLEWARE))
        plain, bare = handler(floors.PLAIN), handler(floors.NONE)
        met = True
        for name, path, floor, limit in (
            ("G1", "/people/me/", plain, 1.10),
            ("G2", "/customers/", bare, 1.0),
        ):
            if name not in wanted:
                continue
            sides = {
                "product": lambda path=path: product(path, cookie),
                "floor": lambda path=path, floor=floor: floor(path, cookie),
                "floor again": lambda path=path, floor=floor: floor(path, cookie),
            }
            connection.set_tenant(partner)
            with CaptureQueriesContext(connection) as queries:
                size = len(product(path, cookie))
            print(
                f"{name:4} {path}: {len(queries)} statements, {size} bytes; "
                f"floor {len(floor(path, cookie))} bytes"
            )
            met = compare(name, sides, limit) and met
        connection.close()
        return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
