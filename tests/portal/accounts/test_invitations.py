"""Invitations: by e-mail, used once, at this partner, within a fortnight."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from portal.accounts.models import Invitation, Membership, User
from portal.accounts.services import (
    INVITATION_DAYS,
    AlreadyHere,
    accept_invitation,
    end_membership,
    find_invitation,
    invite,
    invite_again,
)
from portal.core.cache import LimitsCache
from portal.core.errors import RuleError, TenantLeak
from portal.core.links import secret_hash
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.tenancy.models import Partner
from tests.conftest import NOW, PASSWORD, HostClient, SignIn

NEW = {"password": "a sentence is easy to keep", "repeat": "a sentence is easy to keep"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Freeze the date, and start with empty counters."""
    monkeypatch.setattr(LimitsCache, "_avoid_until", time.monotonic() + 10**9)
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        yield


def invited(partner: Partner, by: Membership, email: str = "eva@nordlys.example") -> Membership:
    """Return Eva, invited by an administrator."""
    return invite(
        partner=partner,
        email=email,
        name="Eva Lind",
        role=by.role,
        language="en",
        by=by.user,
        at=NOW,
    )


def path_of(partner: Partner, email: str = "eva@nordlys.example") -> str:
    """Return the path of the newest mailed link to this address."""
    mail = (
        OutboundEmail.objects.for_partner(partner)
        .filter(to_address=email)
        .order_by("-created_at", "-queued_at")
        .first()
    )
    assert mail is not None
    link = decrypt(mail.secrets_encrypted)["link"]
    host = f"http://{partner.slug}.localhost"
    assert link.startswith(host + "/invitation/")
    return link.removeprefix(host)


def open_link(partner: Partner, path: str) -> HostClient:
    """Return a browser that followed the link."""
    client = HostClient(f"{partner.slug}.localhost")
    assert client.get(path).status_code == 302
    return client


def test_invitation_opens_the_place_by_its_link_alone(nordlys: Partner, anna: Membership) -> None:
    """Link, password, sign-in; before that the place is closed."""
    place = invited(nordlys, anna)
    assert (place.state, place.user.has_usable_password()) == ("invited", False)
    client = open_link(nordlys, path_of(nordlys))
    page = client.get("/invitation/")
    assert page.status_code == 200 and "Eva" in page.content.decode()
    done = client.post("/invitation/", NEW)
    assert (done.status_code, done["Location"]) == (302, "/accounts/login/")
    place.refresh_from_db()
    assert place.state == "active"
    data = {"login": "eva@nordlys.example", "password": NEW["password"]}
    assert client.post("/accounts/login/", data).status_code == 302
    assert client.get("/people/").status_code == 200


def test_secret_leaves_the_address_bar(nordlys: Partner, anna: Membership) -> None:
    """INP-07: 256 bits, a hash stored, gone after the first redirect, no-store, no-referrer."""
    invited(nordlys, anna)
    path = path_of(nordlys)
    secret = path.split("/")[2]
    assert len(secret) == 43
    stored = Invitation.objects.for_partner(nordlys).get()
    assert bytes(stored.token_hash) == secret_hash(secret)
    client = HostClient("nordlys.localhost")
    moved = client.get(path)
    assert (moved.status_code, moved["Location"]) == (302, "/invitation/")
    assert moved["Referrer-Policy"] == "no-referrer"
    page = client.get("/invitation/")
    for response in (moved, page):
        assert "no-store" in response["Cache-Control"]
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert secret not in page.content.decode()
    assert secret not in str(dict(client.session))


@pytest.mark.parametrize("stuck", [".", "/>", "%20", "/%C2%A0", ")/"])
def test_an_invitation_with_signs_stuck_to_it_is_opened(
    nordlys: Partner, anna: Membership, stuck: str
) -> None:
    """OUT-20."""
    invited(nordlys, anna)
    client = HostClient("nordlys.localhost")
    moved = client.get(path_of(nordlys).rstrip("/") + stuck)
    assert (moved.status_code, moved["Location"]) == (302, "/invitation/")
    assert client.get("/invitation/").status_code == 200


def test_secret_is_nowhere_but_encrypted(nordlys: Partner, anna: Membership) -> None:
    """OUT-04: the stored e-mail has a placeholder; the partner's people never see the link."""
    invited(nordlys, anna)
    secret = path_of(nordlys).split("/")[2]
    for mail in OutboundEmail.objects.for_partner(nordlys).values():
        text = "".join(str(value) for name, value in mail.items() if name != "secrets_encrypted")
        assert secret not in text
        assert secret.encode() not in bytes(mail["secrets_encrypted"] or b"")


def test_opening_the_link_changes_nothing(nordlys: Partner, anna: Membership) -> None:
    """INP-08: scanners open links; only a POST with a password decides."""
    place = invited(nordlys, anna)
    path = path_of(nordlys)
    before = Invitation.objects.for_partner(nordlys).values().get()
    for _scan in range(6):
        client = HostClient("nordlys.localhost")
        client.get(path)
        client.head(path)
        client.get("/invitation/")
        assert client.post(path).status_code == 405
    assert Invitation.objects.for_partner(nordlys).values().get() == before
    place.refresh_from_db()
    assert (place.state, place.user.has_usable_password()) == ("invited", False)
    client = open_link(nordlys, path)
    assert client.post("/invitation/", {}).status_code == 200
    assert client.post("/invitation/", {**NEW, "repeat": "another"}).status_code == 200
    assert client.post("/invitation/", {"password": "short", "repeat": "short"}).status_code == 200
    place.refresh_from_db()
    assert place.state == "invited"


def test_link_works_once(nordlys: Partner, anna: Membership) -> None:
    """A used link is invalid, in the same browser and in any other."""
    invited(nordlys, anna)
    path = path_of(nordlys)
    one, other = open_link(nordlys, path), open_link(nordlys, path)
    assert one.post("/invitation/", NEW).status_code == 302
    for client in (one, other):
        assert client.get("/invitation/").status_code == 404
        assert client.post("/invitation/", NEW).status_code == 404
    gone = HostClient("nordlys.localhost").get(path)
    assert gone.status_code == 404 and "Eva" not in gone.content.decode()


def test_two_at_once_are_one(nordlys: Partner, anna: Membership) -> None:
    """The row decides, not the page: the second request is refused with a message."""
    invited(nordlys, anna)
    found = find_invitation(nordlys, secret_hash(path_of(nordlys).split("/")[2]), at=NOW)
    assert found is not None
    accept_invitation(found, password="the first password", at=NOW)
    with pytest.raises(RuleError):
        accept_invitation(found, password="the second password", at=NOW)
    found.membership.user.refresh_from_db()
    assert found.membership.user.check_password("the first password")


def test_link_ends_after_a_fortnight(nordlys: Partner, anna: Membership) -> None:
    """Also for a browser that opened it in time."""
    invited(nordlys, anna)
    path = path_of(nordlys)
    client = open_link(nordlys, path)
    with time_machine.travel(NOW + timedelta(days=INVITATION_DAYS, minutes=1), tick=False):
        assert HostClient("nordlys.localhost").get(path).status_code == 404
        assert client.get("/invitation/").status_code == 404
        assert client.post("/invitation/", NEW).status_code == 404
    with time_machine.travel(NOW + timedelta(days=INVITATION_DAYS, minutes=-2), tick=False):
        assert HostClient("nordlys.localhost").get(path).status_code == 302


@pytest.mark.parametrize("host", ["brueckner.localhost", "localhost", "nobody.localhost"])
def test_link_is_gone_on_another_host(nordlys: Partner, anna: Membership, host: str) -> None:
    """ISO-14: links belong to one partner; on other hosts the link is like an invented one."""
    place = invited(nordlys, anna)
    path = path_of(nordlys)
    real = HostClient(host).get(path)
    made_up = HostClient(host).get("/invitation/" + "x" * 43 + "/")
    assert (real.status_code, made_up.status_code) == (404, 404)
    # The form that changes the language contains the current address.
    echo, token = path.split("/")[2], re.compile(r'(csrfmiddlewaretoken" value=")[^"]*')
    pages = [token.sub("", each.content.decode()) for each in (real, made_up)]
    assert pages[0].replace(echo, "x" * 43) == pages[1]
    # The session on the right host does not help either.
    client = open_link(nordlys, path)
    other = HostClient(host)
    other.cookies["session"] = client.cookies["session"].value
    assert other.post("/invitation/", NEW).status_code == 404
    place.refresh_from_db()
    assert place.state == "invited"


def test_guessing_links_is_limited(nordlys: Partner, anna: Membership) -> None:
    """INP-12: ten bad secrets a minute; a good one still works."""
    invited(nordlys, anna)
    client = HostClient("nordlys.localhost")
    answers = [client.get(f"/invitation/{number:043}/").status_code for number in range(12)]
    assert answers == [404] * 10 + [429] * 2
    refused = client.get("/invitation/" + "y" * 43 + "/")
    assert int(refused["Retry-After"]) > 0
    assert client.get(path_of(nordlys)).status_code == 302


def test_new_link_ends_the_old_one(nordlys: Partner, anna: Membership) -> None:
    """An invitation sent again is the only one that works."""
    place = invited(nordlys, anna)
    first = path_of(nordlys)
    invite_again(place, by=anna.user, at=NOW + timedelta(seconds=1))
    second = path_of(nordlys)
    assert first != second
    with time_machine.travel(NOW + timedelta(seconds=2), tick=False):
        assert HostClient("nordlys.localhost").get(first).status_code == 404
        assert HostClient("nordlys.localhost").get(second).status_code == 302


def test_invitation_ends_with_the_place(nordlys: Partner, anna: Membership) -> None:
    """A person whose place ended before they accepted can't accept."""
    place = invited(nordlys, anna)
    path = path_of(nordlys)
    end_membership(place, at=NOW)
    assert HostClient("nordlys.localhost").get(path).status_code == 404


def test_person_with_a_sign_in_elsewhere_keeps_it(
    nordlys: Partner, anna: Membership, lena: Membership
) -> None:
    """ISO-06: one User; the link opens the place and does not set another password."""
    place = invited(nordlys, anna, email="Lena@Brueckner.example")
    assert place.user == lena.user
    client = open_link(nordlys, path_of(nordlys, "lena@brueckner.example"))
    assert "password" not in client.get("/invitation/").context["form"].fields
    assert client.post("/invitation/", {**NEW, "x": "1"}).status_code == 302
    lena.user.refresh_from_db()
    assert lena.user.check_password(PASSWORD)
    place.refresh_from_db()
    assert place.state == "active"


def test_second_invitation_of_the_same_person_is_refused(
    nordlys: Partner, anna: Membership, jonas: Membership
) -> None:
    """The page refers to the list; nothing is sent."""
    with pytest.raises(AlreadyHere):
        invited(nordlys, anna, email="JONAS@nordlys.example")
    assert OutboundEmail.objects.for_partner(nordlys).count() == 0


def test_who_left_can_be_invited_again(
    nordlys: Partner, anna: Membership, jonas: Membership
) -> None:
    """The place is the same one; it opens only by the new link."""
    end_membership(jonas, at=NOW)
    place = invited(nordlys, anna, email="jonas@nordlys.example")
    assert (place.pk, place.state) == (jonas.pk, "invited")
    data = {"login": "jonas@nordlys.example", "password": PASSWORD}
    assert HostClient("nordlys.localhost").post("/accounts/login/", data).status_code == 200


def test_role_of_another_partner_is_refused(
    nordlys: Partner, anna: Membership, lena: Membership, sign_in: SignIn
) -> None:
    """A crafted POST with another partner's role is bad input; in the service it is a leak."""
    before = User.objects.count()
    form = {"name": "Eva", "email": "eva@nordlys.example", "language": "en", "role": lena.role_id}
    assert sign_in(anna).post("/people/invite/", form).status_code == 200
    with pytest.raises(TenantLeak):
        invited(nordlys, lena)
    assert User.objects.count() == before


def test_only_administrators_invite(sign_in: SignIn, jonas: Membership) -> None:
    """RIGHTS-02: people and roles are managed by the administrator."""
    client = sign_in(jonas)
    assert client.get("/people/invite/").status_code == 403
    assert client.post("/people/invite/", {"email": "x@x.example"}).status_code == 403
