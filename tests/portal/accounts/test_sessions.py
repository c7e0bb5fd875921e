"""Sessions: on one host, for a person with a place there, and ended with that place."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, transaction

from portal.accounts.models import Membership, Session, User
from portal.accounts.services import change_role, end_membership
from portal.accounts.sessions import SessionStore
from portal.core.busy import is_busy
from portal.tenancy.connection import connection
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Partner
from tests.conftest import NOW, PASSWORD, HostClient, SignIn
from workspace.partners import add_person

NORDLYS, BRUECKNER, PUBLIC = "nordlys.localhost", "brueckner.localhost", "localhost"
SIGN_IN = "/accounts/login/?next=/"


def replay(client: HostClient, host: str) -> HostClient:
    """Send the same cookies to another host."""
    other = HostClient(host)
    for name, cookie in client.cookies.items():
        other.cookies[name] = cookie.value
    return other


@pytest.mark.parametrize("host", [BRUECKNER, PUBLIC])
def test_session_is_unknown_on_another_host(sign_in: SignIn, anna: Membership, host: str) -> None:
    """ISO-07: a session is bound to the partner's host it was made on."""
    client = sign_in(anna)
    assert client.get("/").status_code == 200
    other = replay(client, host)
    assert other.get("/people/me/").status_code in (302, 404)
    assert other.get("/admin/").status_code in (302, 404)
    page = other.get("/accounts/login/")
    assert page.status_code == 200 and "user_id" not in other.session
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("host", [NORDLYS, BRUECKNER])
def test_session_of_staff_is_unknown_at_a_partner(
    sign_in: SignIn, staff: User, host: str, settings: Any
) -> None:
    """ISO-15: channel sales works on the public host, and nowhere else."""
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)
    assert client.get("/admin/").status_code == 200
    assert replay(client, host).get("/")["Location"] == SIGN_IN


def test_session_of_a_person_with_two_places_opens_one(
    sign_in: SignIn, brueckner: Partner, anna: Membership
) -> None:
    """ISO-07: the same person at two partners signs in twice."""
    place = add_person(
        partner=brueckner,
        email=anna.user.email,
        name=anna.user.name,
        preset="PS",
        password=None,
        at=NOW,
    )
    client = sign_in(anna)
    assert replay(client, BRUECKNER).get("/")["Location"] == SIGN_IN
    second = sign_in(place)
    assert second.get("/people/").status_code == 403
    assert client.get("/people/").status_code == 200


def test_session_row_names_its_partner(
    sign_in: SignIn, anna: Membership, lena: Membership, staff: User
) -> None:
    """The store looks up key and partner together."""
    for person, partner_id in ((anna, anna.partner_id), (lena, lena.partner_id), (staff, None)):
        client = sign_in(person)
        row = Session.objects.get(session_key=client.cookies["session"].value)
        assert row.partner_id == partner_id


def test_store_finds_nothing_of_another_host(sign_in: SignIn, anna: Membership) -> None:
    """Below the views: a key of one host is unknown to the store on another."""
    key = sign_in(anna).cookies["session"].value
    connection.set_tenant(anna.partner)
    assert SessionStore(key).load() != {}
    connection.set_tenant(Partner.objects.get(slug="brueckner"))
    store = SessionStore(key)
    assert store.load() == {} and store.session_key is None
    connection.set_schema_to_public()
    assert SessionStore(key).load() == {}


def test_sign_out_elsewhere_ends_no_session_here(sign_in: SignIn, anna: Membership) -> None:
    """A cookie that is unknown on a host can't end the session on its own host."""
    client = sign_in(anna)
    assert replay(client, BRUECKNER).post("/accounts/logout/").status_code == 302
    assert client.get("/").status_code == 200
    assert replay(client, NORDLYS).post("/accounts/logout/").status_code == 302
    assert client.get("/").status_code == 302


def test_ended_membership_ends_the_session_at_once(
    sign_in: SignIn, anna: Membership, jonas: Membership
) -> None:
    """ISO-09: at the next request, without waiting for anything."""
    client = sign_in(jonas)
    assert client.get("/").status_code == 200
    end_membership(jonas, at=NOW)
    assert client.get("/")["Location"] == SIGN_IN
    assert client.post("/leave/")["Location"] == "/accounts/login/?next=/leave/"
    assert client.get("/search/suggest/?q=nord").status_code == 302


def test_changed_role_holds_at_once(sign_in: SignIn, anna: Membership, jonas: Membership) -> None:
    """ORD-25: a right withdrawn ends at once."""
    client = sign_in(jonas)
    assert client.get("/people/").status_code == 403
    change_role(jonas, anna.role)
    assert client.get("/people/").status_code == 200


def test_deactivated_person_is_out_at_once(sign_in: SignIn, jonas: Membership) -> None:
    """People are deactivated, never deleted: the session ends too."""
    client = sign_in(jonas)
    User.objects.filter(pk=jonas.user_id).update(is_active=False)
    assert client.get("/")["Location"] == SIGN_IN


def test_deactivated_staff_are_out_at_once(sign_in: SignIn, staff: User, settings: Any) -> None:
    """The same on the public host, and for people who are no longer staff."""
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    assert client.get("/admin/").status_code == 302


def test_suspended_partner_is_closed_to_its_people(sign_in: SignIn, anna: Membership) -> None:
    """CHAN-21: the same page, signed in or not."""
    client = sign_in(anna)
    Partner.objects.filter(pk=anna.partner_id).update(is_active=False)
    forget_hosts()
    stranger = HostClient(NORDLYS).get("/")
    suspended = client.get("/")
    assert (suspended.status_code, suspended.content) == (503, stranger.content)


def test_new_password_ends_other_sessions(sign_in: SignIn, jonas: Membership) -> None:
    """Sessions made with the old password end."""
    client = sign_in(jonas)
    assert client.get("/").status_code == 200
    jonas.user.set_password("an entirely different one")
    jonas.user.save(update_fields=["password"])
    assert client.get("/")["Location"] == SIGN_IN


def test_session_key_changes_with_the_sign_in(db: None) -> None:
    """A session key that somebody planted before the sign-in is useless afterwards."""
    client = HostClient(NORDLYS)
    with transaction.atomic():
        connection.set_tenant(Partner.objects.get(slug="nordlys"))
        planted = SessionStore()
        planted["x"] = 1
        planted.save()
        connection.set_schema_to_public()
    assert planted.session_key is not None
    client.cookies["session"] = planted.session_key
    data = {"login": "anna@nordlys.example", "password": PASSWORD}
    assert client.post("/accounts/login/", data).status_code == 302
    assert client.cookies["session"].value != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_cookies_are_for_one_host_and_no_script(sign_in: SignIn, jonas: Membership) -> None:
    """ISO-08: no Domain, so that no sibling host gets them."""
    client = HostClient(NORDLYS)
    data = {"login": "jonas@nordlys.example", "password": PASSWORD}
    cookie = client.post("/accounts/login/", data).cookies["session"]
    assert (cookie["domain"], cookie["path"], cookie["httponly"]) == ("", "/", True)
    assert cookie["samesite"] == "Lax"


def test_a_lost_database_is_no_bad_request(db: None) -> None:
    """AVAIL-04: Django takes an update that fails for a session that was deleted meanwhile."""
    store = SessionStore()
    store["x"] = 1
    store.save(must_create=True)

    def lost(run: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE"):
            raise OperationalError("terminating connection")
        return run(sql, *rest)

    with connection.execute_wrapper(lost), pytest.raises(OperationalError):
        store.save()

    def cancelled(run: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE"):
            sql, rest = "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)", (None, *rest[1:])
        return run(sql, *rest)

    # Also with its cause, which says that the database is there (AVAIL-01).
    with (
        transaction.atomic(),
        connection.execute_wrapper(cancelled),
        pytest.raises(OperationalError) as caught,
        transaction.atomic(),
    ):
        store.save()
    assert is_busy(caught.value)
    Session.objects.filter(session_key=store.session_key).delete()
    with pytest.raises(UpdateError):
        store.save()
