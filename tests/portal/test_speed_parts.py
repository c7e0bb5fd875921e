"""Optimisations must not change what the pages show."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisDown

from customers.models import Assignment, Customer
from customers.rows import customer_address
from customers.services import set_grant, start_absence
from portal.accounts.backends import active_places
from portal.accounts.models import Membership
from portal.core.cache import LimitsCache
from portal.logs import address_of
from portal.stack_chunk import FRAME, LargeStackChunkMiddleware, _in_large_frame, helps
from tests import factories
from tests.conftest import NOW, SignIn
from tests.environment import ROOT


def test_the_membership_is_read_completely(anna: Membership) -> None:
    """SPEED-04: the hand-written statement reads what the ORM would, all three rows."""
    [here] = active_places(anna.user_id)
    by_orm = Membership.unscoped.select_related("user", "role").get(pk=anna.pk)
    for mine, theirs in ((here, by_orm), (here.user, by_orm.user), (here.role, by_orm.role)):
        names = [field.attname for field in theirs._meta.concrete_fields]
        assert [getattr(mine, n) for n in names] == [getattr(theirs, n) for n in names]
    assert here.partner == anna.partner and here.unread == 0


@pytest.mark.parametrize("change", ["ended", "deactivated", "unknown"])
def test_who_has_no_place_is_nobody(change: str, anna: Membership) -> None:
    """ISO-09: an ended membership ends the session at the next request."""
    if change == "ended":
        Membership.unscoped.filter(pk=anna.pk).update(state=Membership.State.ENDED)
    elif change == "deactivated":
        anna.user.is_active = False
        anna.user.save()
    assert active_places(uuid4() if change == "unknown" else anna.user_id) == []


def test_few_and_many_assigned_are_the_same_customers(
    mikael: Membership, own: Customer, havsbris: Customer
) -> None:
    """REG-25, G8: ``few`` changes the query, never the result."""
    others = [factories.make_customer(f"Kaj {n} AB", f"2000{n}", at=NOW) for n in range(3)]
    for customer in (havsbris, others[1]):
        Assignment.objects.create(customer=customer, membership=mikael, created_at=NOW)
    few = Customer.objects.visible_to(mikael, few=True)
    many = Customer.objects.visible_to(mikael)
    assert set(few) == set(many) == {havsbris, others[1]}
    assert set(few.active().filter(name__startswith="Kaj")) == {others[1]}


def test_few_and_many_are_the_same_with_an_exception_and_a_substitute(
    mikael: Membership, jonas: Membership, anna: Membership, own: Customer, havsbris: Customer
) -> None:
    """REG-25, D12: all three sources, each counted once."""
    others = [factories.make_customer(f"Kaj {n} AB", f"2000{n}", at=NOW) for n in range(4)]
    today = timezone.localdate()
    for customer, person in (
        (havsbris, mikael),
        (others[0], mikael),
        (others[0], jonas),
        (others[1], jonas),
    ):
        Assignment.objects.create(customer=customer, membership=person, created_at=NOW)
    start_absence(jonas, substitute=mikael, starts_on=today, ends_on=today, at=NOW)
    set_grant(others[2], mikael, "see", by=anna, at=NOW)
    [here] = active_places(mikael.user_id)
    assert here.has_extra_visibility
    expected = {havsbris, *others[:3]}
    for few in (True, False):
        seen = list(Customer.objects.visible_to(here, few=few))
        assert len(seen) == 4 and set(seen) == expected


def test_the_list_of_somebody_with_many_assigned(
    mikael: Membership, havsbris: Customer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REG-25: beyond the number that counts as few the list is the same."""
    other = factories.make_customer("Kaj AB", "20001", at=NOW)
    factories.make_customer("Pir AB", "20002", at=NOW)
    for customer in (havsbris, other):
        Assignment.objects.create(customer=customer, membership=mikael, created_at=NOW)
    client = sign_in(mikael)
    few = client.get("/customers/").content.decode()
    monkeypatch.setattr("customers.list_setup.MANY", 1)
    many = client.get("/customers/").content.decode()
    for page in (few, many):
        assert "Havsbris" in page and "Kaj AB" in page and "Pir AB" not in page


def test_addresses_in_lists_are_those_of_the_pages() -> None:
    """A list writes fifty of them without the URL resolver."""
    customer_id = uuid4()
    assert customer_address(customer_id) == reverse("customers:customer", args=[customer_id])


def test_the_request_runs_in_a_large_stack_chunk() -> None:
    """The frame claims to be large, and passes request and response through."""
    assert _in_large_frame.__code__.co_stacksize == FRAME
    assert (
        settings.MIDDLEWARE[0] == "portal.stack_chunk.LargeStackChunkMiddleware"
        or settings.METRICS_PORTS
    )
    request, answer = RequestFactory().get("/"), HttpResponse("as it was")

    def inner(asked: HttpRequest) -> HttpResponse:
        assert asked is request
        return answer

    assert LargeStackChunkMiddleware(inner)(request) is answer


@pytest.mark.parametrize(
    ("implementation", "version", "used"),
    [
        ("cpython", (3, 11), True),
        ("cpython", (3, 14), True),
        ("cpython", (3, 15), False),
        ("pypy", (3, 11), False),
    ],
)
def test_the_large_chunk_is_for_interpreters_it_was_measured_on(
    implementation: str, version: tuple[int, int], used: bool
) -> None:
    """Others keep their stacks in other ways."""
    assert helps(implementation, version) is used


def test_the_large_chunk_is_left_out_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django leaves out a middleware that says so."""
    monkeypatch.setattr("portal.stack_chunk.MEASURED", ("another", (3, 11), (3, 14)))
    with pytest.raises(MiddlewareNotUsed):
        LargeStackChunkMiddleware(lambda request: HttpResponse())


def test_a_limit_is_counted_with_and_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """OUT-06: one by one; in memory while Redis is unavailable."""
    assert isinstance(cache._connections[cache._alias], LimitsCache)  # type: ignore[attr-defined]
    assert [cache.count("n", 60) for _each in range(3)] == [1, 2, 3]  # type: ignore[attr-defined]

    def down(*_args: object, **_options: object) -> None:
        raise RedisDown

    monkeypatch.setattr("redis.client.Pipeline.execute", down)
    monkeypatch.setattr(LimitsCache, "_avoid_until", 0.0)
    assert [cache.count("m", 60) for _each in range(2)] == [1, 2]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 1, "127.0.0.1"),
        ("6.6.6.6, 203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 10.0.0.1", 2, "203.0.113.7"),
        ("6.6.6.6", 0, "127.0.0.1"),
        ("6.6.6.6", 2, "127.0.0.1"),
    ],
)
def test_the_log_trusts_only_our_proxies(forwarded: str, proxies: int, address: str) -> None:
    """What a client writes into X-Forwarded-For is to the left of what our proxies add."""
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request, proxies=proxies) == address


def test_metrics_are_offered_where_asked_for() -> None:
    """METRICS_PORTS: a process uses a port of the range, on this machine only."""
    script = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "import urllib.request\n"
        "port = settings.PROMETHEUS_METRICS_EXPORT_PORT_RANGE[0]\n"
        "print('Before' in settings.MIDDLEWARE[0], 'After' in settings.MIDDLEWARE[-1])\n"
        "read = urllib.request.urlopen(f'http://127.0.0.1:{port}/').read()\n"
        "print(b'python_info' in read, b'kontor_database_up 0.0' in read)\n"
    )

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Where no database answers.
    env = {**os.environ, "METRICS_PORTS": f"{port}-{port}"}
    env["DATABASE_URL"] = "postgres://kontor@127.0.0.1:9/none"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "True", "True", "True"]
