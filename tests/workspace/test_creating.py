"""A partner that is made in the background: whole, once, or not at all (CHAN-20)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer
from portal.accounts.models import Membership, User
from portal.celery import app
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Domain, Partner, PartnerCreation, PartnerEvent
from tests.admin_helpers import text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_customer
from tests.workspace.test_admin_partners import CREATIONS, LIST, NEW, command, schemas
from workspace import creating
from workspace.creating import CreationMoved, ask_for_partner, make_partner
from workspace.jobs import ATTEMPTS, STUCK, call_again, take

State = PartnerCreation.State
DATA = {**NEW, "uses_one_stop_shop": True, "host": "", "vat_number": ""}


@pytest.fixture
def client(sign_in: SignIn, staff: User, settings: Any) -> HostClient:
    """Channel sales on the public host."""
    settings.STAFF_SECOND_FACTOR = False
    return sign_in(staff)


@pytest.fixture
def job(staff: User) -> PartnerCreation:
    """A partner that waits to be made."""
    return ask_for_partner(DATA, by=staff, at=NOW)


def _page(client: HostClient, job: PartnerCreation) -> Any:
    return client.get(f"{CREATIONS}{job.pk}/change/")


def test_it_ends_in_a_working_portal_with_an_invitation(
    client: HostClient, job: PartnerCreation, staff: User
) -> None:
    """CHAN-20: until then there is no partner, no host and no schema; the page moves."""
    before = schemas()
    assert not Partner.objects.filter(slug="harbour").exists()
    assert HostClient("harbour.localhost").get("/").status_code == 404
    waiting = _page(client, job)
    assert "Waiting" in text(waiting) and waiting["Refresh"] == "3"
    make_partner(job.pk, at=NOW)
    ready = _page(client, job)
    assert "Open the partner" in text(ready) and "Refresh" not in ready
    partner = Partner.objects.get(slug="harbour")
    assert schemas() - before == {"p_harbour"}
    with in_partner(partner):
        assert Customer.objects.own_company().get().name == "Harbour Networks Ltd"
    assert OutboundEmail.objects.for_partner(partner).get().to_address == NEW["admin_email"]
    job.refresh_from_db()
    assert (job.state, job.made_id, job.data) == (State.READY, partner.pk, {})
    event = PartnerEvent.objects.get(partner_id=partner.pk)
    assert (event.kind, event.user) == ("created", staff)


def test_two_tasks_make_one_partner(job: PartnerCreation) -> None:
    """CHAN-20: the second finds nothing to do."""
    for _n in range(2):
        make_partner(job.pk, at=NOW)
    assert Partner.objects.filter(slug="harbour").count() == 1
    assert Membership.objects.across_partners().filter(partner__slug="harbour").count() == 1


def test_a_task_that_was_killed_is_done_again(job: PartnerCreation, settings: Any) -> None:
    """CHAN-20: its row was taken and nothing else is left; the sweep calls again after a while."""
    assert take(PartnerCreation, job.pk, at=NOW) is not None
    soon, later = NOW + timedelta(seconds=30), NOW + STUCK
    make_partner(job.pk, at=soon)
    assert not Partner.objects.filter(slug="harbour").exists()
    make_partner(job.pk, at=later)
    assert Partner.objects.filter(slug="harbour").exists()


def test_the_sweep_calls_what_was_left_lying(
    job: PartnerCreation, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """CHAN-20: also where the broker lost the first call."""
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            creating_again(NOW + timedelta(seconds=10))
        assert not Partner.objects.filter(slug="harbour").exists()
        with django_capture_on_commit_callbacks(execute=True):
            creating_again(NOW + STUCK)
    finally:
        app.conf.task_always_eager = False
    assert Partner.objects.filter(slug="harbour").exists()


def creating_again(at: datetime) -> None:
    """Call again what lies, as beat does."""
    with in_public():
        call_again(PartnerCreation, creating.TASK, at=at)


def test_what_never_ends_is_given_up_in_words(job: PartnerCreation, staff: User) -> None:
    """CHAN-20: after some attempts, in the language of who asked for it."""
    User.objects.filter(pk=staff.pk).update(language="en")
    for number in range(ATTEMPTS + 1):
        take(PartnerCreation, job.pk, at=NOW + number * STUCK)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert job.cause == "The work stopped unexpectedly, and nothing was made. Try again."


def test_a_failure_says_why_and_keeps_what_was_typed(
    client: HostClient, job: PartnerCreation, brueckner: Partner
) -> None:
    """CHAN-20: somebody took the name meanwhile; corrected, it is made of the same row."""
    with in_partner(brueckner):
        make_customer("Harbour Networks Ltd", "20050", at=NOW)
    before = schemas()
    make_partner(job.pk, at=NOW)
    assert schemas() == before
    assert not Partner.objects.filter(slug="harbour").exists()
    page = text(_page(client, job))
    assert "The name is taken by a customer of Brückner IT GmbH" in page
    again = f"{LIST}add/?again={job.pk}"
    assert again in page
    form = client.get(again).context["form"]
    assert "name" in form.errors
    assert form["admin_email"].value() == NEW["admin_email"]
    corrected = {**NEW, "name": "Harbour Networks London Ltd"}
    assert client.post(again, corrected).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.name) == (State.WAITING, "Harbour Networks London Ltd")
    make_partner(job.pk, at=NOW)
    assert Partner.objects.get(slug="harbour").name == "Harbour Networks London Ltd"
    assert PartnerCreation.objects.count() == 1


def test_what_did_not_fail_is_not_tried_again(job: PartnerCreation, staff: User) -> None:
    """CHAN-20: neither by a second click nor by a second person."""
    with pytest.raises(CreationMoved):
        ask_for_partner({**DATA, "slug": "other"}, by=staff, at=NOW, again=job)


def test_a_second_click_makes_no_second_row(client: HostClient, job: PartnerCreation) -> None:
    """CHAN-20: the short name is taken by the one under way."""
    response = client.post(f"{LIST}add/", NEW)
    assert "slug" in response.context["form"].errors
    assert PartnerCreation.objects.count() == 1


def test_a_host_of_another_partner_is_refused_at_its_field(client: HostClient) -> None:
    """CHAN-20: at once, since it can be seen."""
    response = client.post(f"{LIST}add/", {**NEW, "host": "nordlys.localhost"})
    assert "host" in response.context["form"].errors
    assert not PartnerCreation.objects.exists()
    assert Domain.objects.filter(domain="nordlys.localhost").count() == 1


def test_an_address_of_no_attempt_shows_an_empty_form(client: HostClient) -> None:
    for wrong in ("x", "00000000-0000-0000-0000-000000000000", ""):
        page = client.get(f"{LIST}add/?again={wrong}")
        assert page.status_code == 200 and not page.context["form"].errors


def test_the_command_makes_one_at_once(db: None) -> None:
    """CHAN-20: without a row or a worker."""
    command()
    assert Partner.objects.filter(slug="harbour").exists()
    assert not PartnerCreation.objects.exists()
