"""Double clicks whose second request arrives while the first one is being processed (SAFE-05).

One of them takes effect; the other is refused with a message or comes after it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.imports import jobs
from customers.models import CustomerImport
from portal.accounts.models import Invitation, Membership
from portal.accounts.services import AlreadyHere, invite
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW
from tests.customers.test_imports import file_of, line
from tests.flows.conftest import at_once

Live = Callable[..., Membership]
CLIENTS = 6


def test_person_invited_many_times_at_once_is_invited_once(live: Live) -> None:
    """SAFE-05: one person, one place, one e-mail; the others are refused as already invited."""
    boss = live("doubleinvite")

    def press() -> Any:
        return invite(
            partner=boss.partner,
            email="twice@people.example",
            name="Twice",
            role=boss.role,
            language="en",
            by=boss.user,
            at=NOW,
        )

    results = at_once(boss.partner, [press] * CLIENTS)
    refused = [type(each) for each in results if not isinstance(each, Membership)]
    assert refused == [AlreadyHere] * (CLIENTS - 1)
    assert Invitation.objects.for_partner(boss.partner).count() == 1
    mails = OutboundEmail.objects.for_partner(boss.partner)
    assert mails.filter(to_address="twice@people.example").count() == 1


def test_primary_contacts_saved_at_once_leave_one_primary(live: Live) -> None:
    """REG-35: the one saved last is the primary contact; no request fails."""
    boss = live("doubleprimary")
    customer = factories.make_customer("Primary AB", "20001", at=NOW)

    def press(number: int) -> Callable[[], Any]:
        return lambda: factories.make_contact(
            customer,
            at=NOW,
            is_primary=True,
            email=f"{number}@primary.example",
            job_title=f"Colleague {number}",
        )

    results = at_once(boss.partner, [press(number) for number in range(CLIENTS)])
    assert [each for each in results if isinstance(each, Exception)] == []
    assert customer.contacts.count() == CLIENTS
    assert customer.contacts.filter(is_primary=True).count() == 1


def test_opening_an_import_does_not_delay_the_worker(live: Live) -> None:
    """REG-06: the second request locks the import for a moment, and the worker waits for it.

    Otherwise beat would continue the import a minute and a half later.
    """
    boss = live("doubleimport")
    job = jobs.upload(
        content=file_of([line(1)]), name="a.csv", by=boss, language="en", at=timezone.now()
    )

    def press() -> None:
        with transaction.atomic():
            CustomerImport.objects.select_for_update().get(pk=job.pk)
            held.set()
            time.sleep(0.5)

    def work() -> None:
        held.wait(timeout=30)
        jobs.run(job.pk, at=timezone.now())

    for state in ("checked", "done"):
        held = threading.Event()
        assert at_once(boss.partner, [press, work]) == [None, None]
        job.refresh_from_db()
        assert job.state == state
        if state == "checked":
            jobs.start_writing(job, by=boss, at=timezone.now())
