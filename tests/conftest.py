"""The database, the partners and the people that all tests use.

There is one database for the whole run with committed partners in it, since creating a schema is
slow; each test runs in a transaction that is rolled back.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from whitenoise.middleware import WhiteNoiseMiddleware

from customers.models import Customer
from portal.accounts import even_answers
from portal.accounts.choosing import PLACE_KEY
from portal.accounts.models import Membership, User
from portal.accounts.rights import Preset
from portal.channel.visits import KEY as VISITS
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Partner
from tests import factories
from tests.databases import copy_template, drop_database, keep_as_template
from tests.world import NOW as NOW
from tests.world import PASSWORD as PASSWORD
from tests.world import make_world


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays until the end.

    It went through all of it again and again, which took a sixth of the time of all tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(
    request: Any, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Create this worker's database with our own migrate command, with two partners."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"test_kontor_{worker}_{os.getpid()}"
    original = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            if not (copied := copy_template(cursor.execute, name)):
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        if not copied:
            call_command("migrate", verbosity=0)
            make_world()
            connection.close()
            _keep(name, original)
        connection.close()
    yield
    with django_db_blocker.unblock():
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = original
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            drop_database(cursor.execute, name)
        connection.close()


def _keep(name: str, original: str) -> None:
    """Keep a copy of the new database for later runs, if that is asked for."""
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = original
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        keep_as_template(cursor.execute, name)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@pytest.fixture(autouse=True, scope="session")
def _static_files_found_once() -> Iterator[None]:
    """Look for the static files once: each new client would take a tenth of a second for it."""
    found: dict[str, Any] = {}
    find = WhiteNoiseMiddleware.add_files_from_finders

    def find_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Reset counters of limits and cached hosts before each test."""
    cache.clear()
    forget_hosts()


@pytest.fixture(autouse=True)
def _no_even_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for an answer to take as long as another."""
    monkeypatch.setattr(even_answers, "SECONDS", 0.0)


@pytest.fixture
def stopped_clock() -> Iterator[None]:
    """Stop the clock, so that no minute of a limit ends while a test counts up to it."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.fixture
def nordlys(db: None) -> Iterator[Partner]:
    """The Swedish partner; its context is entered for the whole test."""
    with in_partner(Partner._default_manager.get(slug="nordlys")) as partner:
        yield partner


@pytest.fixture
def brueckner(db: None) -> Partner:
    """The German partner; not entered."""
    found: Partner = Partner._default_manager.get(slug="brueckner")
    return found


def _member(partner: Partner, name: str) -> Membership:
    return (
        Membership.objects.for_partner(partner)
        .select_related("user", "role", "partner")
        .get(user__email=f"{name}@{partner.slug}.example")
    )


@pytest.fixture
def anna(nordlys: Partner) -> Membership:
    """Administrator at Nordlys."""
    return _member(nordlys, "anna")


@pytest.fixture
def jonas(nordlys: Partner) -> Membership:
    """Sales at Nordlys."""
    return _member(nordlys, "jonas")


@pytest.fixture
def mikael(nordlys: Partner) -> Membership:
    """Technician at Nordlys: sees assigned customers only."""
    return _member(nordlys, "mikael")


@pytest.fixture
def lena(brueckner: Partner) -> Membership:
    """Administrator at the other partner."""
    return _member(brueckner, "lena")


@pytest.fixture
def staff(db: None) -> User:
    """Channel sales."""
    return User.objects.get(email="staff@kontor.example")


@pytest.fixture
def own(nordlys: Partner) -> Customer:
    """Nordlys' own-company customer."""
    return Customer.objects.get(is_own_company=True)


@pytest.fixture
def havsbris(nordlys: Partner) -> Customer:
    """A company that is cleared for trunks, with ample credit."""
    return factories.make_customer("Havsbris Konsult AB", "10042", cleared=True, at=NOW)


@pytest.fixture
def bjorkvik(nordlys: Partner) -> Customer:
    """Another company, not cleared for trunks."""
    return factories.make_customer("Björkvik Bygg AB", "10017", at=NOW)


@pytest.fixture
def karin(havsbris: Customer) -> Membership:
    """Customer administrator of Havsbris."""
    return factories.make_customer_user(havsbris, "karin", Preset.CUSTOMER_ADMINISTRATOR, at=NOW)


@pytest.fixture
def per(havsbris: Customer) -> Membership:
    """Customer user of Havsbris."""
    return factories.make_customer_user(havsbris, "per", Preset.CUSTOMER_USER, at=NOW)


@pytest.fixture
def ulla(bjorkvik: Customer) -> Membership:
    """Customer administrator of another customer of the same partner."""
    return factories.make_customer_user(bjorkvik, "ulla", Preset.CUSTOMER_ADMINISTRATOR, at=NOW)


class HostClient(Client):
    """A test client on one partner's host (or the public one)."""

    def __init__(self, host: str, **kwargs: Any) -> None:
        super().__init__(SERVER_NAME=host, **kwargs)
        self.host = host

    def request(self, **request: Any) -> Any:
        """Send a request outside of any partner's context, as in a real server.

        The test's own context is restored afterwards.
        """
        before = connection.tenant
        connection.set_schema_to_public()
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(before)


# Long after any day of a test.
ALWAYS = 4_102_444_800


def give_reasons(client: Client) -> None:
    """Let a member of staff have said why they open any of the partners (CHAN-33)."""
    session = client.session
    partners = Partner._default_manager.values_list("pk", flat=True)
    visits = {str(pk): {"reason": "Ticket 4711", "until": ALWAYS} for pk in partners}
    session[VISITS] = visits
    session.save()


def choose_place(client: Client, place: Membership) -> None:
    """Choose a place in the session of a client, in the context of the place's partner."""
    session = client.session
    session[PLACE_KEY] = str(place.pk)
    session.save()


SignIn = Callable[..., HostClient]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Return a client on the partner's host with a session: ``sign_in(membership)``."""

    def make(person: Membership | User | None, host: str | None = None) -> HostClient:
        partner = person.partner if isinstance(person, Membership) else None
        client = HostClient(host or (f"{partner.slug}.localhost" if partner else "localhost"))
        if person is None:
            return client
        user = person.user if isinstance(person, Membership) else person
        before = connection.tenant
        if partner is not None:
            connection.set_tenant(partner)
        else:
            connection.set_schema_to_public()
        try:
            client.force_login(user)
            if user.is_staff:
                give_reasons(client)
            if isinstance(person, Membership) and person.customer_id is not None:
                choose_place(client, person)
        finally:
            connection.set_tenant(before)
        return client

    return make
