"""All partners' messages in channel sales' admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from portal.accounts.models import User
from portal.core.staff_rights import StaffGroup
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from tests.admin_helpers import member_of_staff
from tests.conftest import HostClient, SignIn
from tests.portal.outbox.conftest import AT

Queue = Callable[..., OutboundEmail]
State = OutboundEmail.State
LIST = "/admin/outbox/outboundemail/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


def given_up(email: OutboundEmail) -> OutboundEmail:
    email.state, email.dead_at, email.last_error = State.DEAD, AT, "No such mailbox"
    email.secrets_encrypted = None
    email.save()
    return email


def test_list_of_all_partners_with_filters(
    client: HostClient, queue: Queue, nordlys: Partner, brueckner: Partner
) -> None:
    given_up(queue(context={"name": "Eva"}))
    queue(context={"name": "Otto"}, partner=brueckner)
    with in_public():
        queue(context={"name": "Sam"})

    def found(query: str = "") -> set[str]:
        response = client.get(LIST + query)
        assert response.status_code == 200
        return {email.subject for email in response.context["cl"].result_list}

    assert found() == {"News for Eva", "News for Otto", "News for Sam"}
    assert found("?state__exact=dead") == {"News for Eva"}
    assert found(f"?partner__id__exact={brueckner.pk}") == {"News for Otto"}
    assert found("?q=otto") == {"News for Otto"}


def test_nothing_can_be_written(client: HostClient, queue: Queue) -> None:
    email = queue()
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{email.pk}/delete/").status_code == 403
    assert client.post(f"{LIST}{email.pk}/change/", {"subject": "x"}).status_code == 403
    page = client.get(f"{LIST}{email.pk}/change/").content.decode()
    assert 'name="_save"' not in page
    assert "Send again" not in page


def test_links_are_hidden_from_staff(client: HostClient, queue: Queue) -> None:
    email = queue(template="probe/link", context={}, secrets={"link": "https://x.example/geheim"})
    response = client.get(f"{LIST}{email.pk}/change/")
    page = response.content.decode()
    assert "Open (link hidden) now" in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    frame_url = reverse("admin:outbox_outboundemail_html", "portal.urls_public", [email.pk])
    assert frame_url in page
    frame = client.get(frame_url)
    assert "sandbox;" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "geheim" not in page + frame.content.decode()


def test_send_again_from_the_page(client: HostClient, queue: Queue, staff: User) -> None:
    email = given_up(queue())
    assert "Send again" in client.get(f"{LIST}{email.pk}/change/").content.decode()
    response = client.post(f"{LIST}{email.pk}/send-again/", follow=True)
    assert "The e-mail to eva@havsbris.example is queued again." in response.content.decode()
    email.refresh_from_db()
    assert email.state == State.QUEUED
    log = LogEntry.objects.get()
    assert (log.user_id, log.object_id) == (staff.pk, str(email.pk))


def test_send_again_of_several_says_which_were_refused(client: HostClient, queue: Queue) -> None:
    dead, queued = given_up(queue()), queue(to="olle@havsbris.example")
    response = client.post(
        LIST,
        {"action": "send_again_chosen", "_selected_action": [dead.pk, queued.pk]},
        follow=True,
    )
    page = response.content.decode()
    assert "1 e-mail is queued again." in page
    assert "This e-mail is queued and cannot be sent again. (olle@havsbris.example)" in page


def test_send_again_needs_a_right_and_a_post(
    client: HostClient, sign_in: SignIn, queue: Queue
) -> None:
    email = given_up(queue())
    reader = member_of_staff(StaffGroup.READ)
    assert client.get(f"{LIST}{email.pk}/send-again/").status_code == 405
    other = sign_in(reader)
    assert other.get(LIST).status_code == 200
    assert other.post(f"{LIST}{email.pk}/send-again/").status_code == 403
    assert "send_again_chosen" not in other.get(LIST).content.decode()
    email.refresh_from_db()
    assert email.is_dead


def test_the_admin_is_not_on_a_partners_host(sign_in: SignIn, anna: Any) -> None:
    assert sign_in(anna).get(LIST).status_code == 404
