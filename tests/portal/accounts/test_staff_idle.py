"""Staff need a second factor, and are signed out after a time without a request (CHAN-32)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from portal.accounts.models import Membership, User
from portal.catalog.models import BusinessType
from portal.core.staff_rights import StaffGroup
from portal.tenancy.context import in_public
from tests.admin_helpers import member_of_staff, text
from tests.conftest import NOW, PASSWORD, HostClient, SignIn

ADD = "/admin/catalog/businesstype/add/"
TYPED = {"name": "Fishery & <ships>", "name_de": "", "name_sv": "", "position": "9"}
HERE: dict[str, Any] = {"headers": {"referer": f"http://localhost{ADD}"}}


@pytest.fixture(autouse=True)
def _idle(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    settings.STAFF_IDLE_MINUTES = 30
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales, who have just seen a page."""
    client = sign_in(staff)
    assert client.get(ADD).status_code == 200
    return client


def after(minutes: int) -> Any:
    """Return a clock that is this much later."""
    return time_machine.travel(NOW + timedelta(minutes=minutes), tick=False)


def sign_in_again(client: HostClient, user: User, answer: Any) -> Any:
    """Sign in on the page that an answer leads to."""
    form = {"login": user.email, "password": PASSWORD}
    return client.post(answer["Location"], form, follow=True)


def test_a_session_ends_after_the_time_and_not_before(client: HostClient) -> None:
    """CHAN-32: each request begins the time anew."""
    for minutes in (29, 58, 87):
        with after(minutes):
            assert client.get("/admin/").status_code == 200
    with after(87 + 31):
        answer = client.get("/admin/catalog/product/")
        assert answer["Location"] == "/accounts/login/?next=/admin/catalog/product/"
        assert "You were away for a while" in text(client.get(answer["Location"]))
        assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_nothing_ends_where_it_is_switched_off(client: HostClient, settings: Any) -> None:
    """CHAN-32: 0 means never, as in the embedded run."""
    settings.STAFF_IDLE_MINUTES = 0
    with after(600):
        assert client.get("/admin/").status_code == 200


def test_a_form_is_kept_over_the_sign_in(client: HostClient, staff: User) -> None:
    """CHAN-32, USE-10: it is offered once, and saved only when it is sent again."""
    with after(31):
        answer = client.post(ADD, TYPED, **HERE)
        assert answer.status_code == 302
        back = sign_in_again(client, staff, answer)
        assert back.request["PATH_INFO"] == ADD
        assert "You had been signed out" in text(back)
        assert 'value="Fishery &amp; &lt;ships&gt;"' in text(back)
        with in_public():
            assert not BusinessType.objects.filter(position=9).exists()
        assert "You had been signed out" not in text(client.get(ADD))
        assert client.post(ADD, TYPED).status_code == 302
    with in_public():
        assert BusinessType.objects.get(position=9).name == TYPED["name"]


def test_nobody_else_gets_what_was_typed(client: HostClient) -> None:
    """CHAN-32: another member of staff at the same browser sees the empty form."""
    other = member_of_staff(StaffGroup.CATALOGUE)
    other.set_password(PASSWORD)
    other.save()
    with after(31):
        answer = client.post(ADD, TYPED, **HERE)
        back = sign_in_again(client, other, answer)
    assert back.request["PATH_INFO"] == ADD
    assert "Fishery" not in text(back)


def test_partners_people_keep_their_sessions(sign_in: SignIn, anna: Membership) -> None:
    """CHAN-32: the time is for staff."""
    client = sign_in(anna)
    client.get("/customers/")
    with after(600):
        assert client.get("/customers/").status_code == 200


def test_without_a_second_factor_nothing_is_shown(client: HostClient, settings: Any) -> None:
    """CHAN-32: staff set one up before anything else; the admin of a partner is no way around."""
    settings.STAFF_SECOND_FACTOR = True
    for url in ("/admin/", ADD, "/admin/p/nordlys/", "/admin/channel/staffnotice/"):
        assert client.get(url)["Location"] == "/accounts/2fa/"
    assert client.post(ADD, TYPED)["Location"] == "/accounts/2fa/"
