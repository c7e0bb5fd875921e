"""Committed partners, for tests with several connections at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connection as any_connection
from django.db import transaction

from portal.accounts.models import Membership
from portal.accounts.rights import Preset
from portal.tenancy.backups.removing import remove_partner, remove_people
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests.conftest import NOW, PASSWORD
from workspace.partners import add_person, create_partner


def _remove(partner: Partner) -> None:
    connection.set_schema_to_public()
    people = Membership.objects.for_partner(partner).values_list("user_id", flat=True)
    ids = [str(pk) for pk in people]
    with transaction.atomic():
        remove_partner(partner, with_log=True)
        remove_people(ids)


@pytest.fixture
def live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[..., Membership]]:
    """Return a function that commits a partner and returns its administrator: ``live("acme")``.

    The context of the first partner is entered. Everything is deleted after the test.
    """
    made: list[Partner] = []
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())

        def make(slug: str) -> Membership:
            partner = create_partner(
                name=f"{slug.capitalize()} Live AB",
                slug=slug,
                country="SE",
                currency="SEK",
                language="en",
                time_zone="Europe/Stockholm",
                notification_email=f"order@{slug}.example",
                at=NOW,
            )
            made.append(partner)
            person = add_person(
                partner=partner,
                email=f"boss@{slug}.example",
                name="Boss Live",
                preset=Preset.ADMINISTRATOR,
                password=PASSWORD,
                at=NOW,
            )
            if len(made) == 1:
                stack.enter_context(in_partner(partner))
            return person

        try:
            yield make
        finally:
            for partner in made:
                _remove(partner)
            any_connection.close()


def at_once(partner: Partner, calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls at the same time, in threads with a connection each.

    Each runs in the partner's context. Return results and exceptions in order.
    """
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            with in_partner(partner):
                gate.wait(timeout=30)
                results[number] = call()
        except Exception as error:
            results[number] = error
        finally:
            any_connection.close()

    threads = [
        threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


@pytest.fixture
def sign_in_live(live: Callable[..., Membership]) -> Callable[[Membership], Any]:
    """Like ``sign_in``, for committed people: sessions are committed too."""
    from tests.conftest import HostClient

    def make(person: Membership) -> HostClient:
        client = HostClient(f"{person.partner.slug}.localhost")
        with in_partner(person.partner):
            client.force_login(person.user)
        return client

    return make
