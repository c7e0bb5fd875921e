"""Signing in: only with a place here, and with limits across all hosts."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import signing
from django.core.cache import cache
from django.test import RequestFactory

from portal.accounts import even_answers, guessing
from portal.accounts.adapter import AccountAdapter
from portal.accounts.models import Membership, User
from portal.celery import app
from portal.core.cache import LimitsCache
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from tests.conftest import NOW, PASSWORD, HostClient, SignIn
from workspace.partners import add_person

NORDLYS, BRUECKNER, PUBLIC = "nordlys.localhost", "brueckner.localhost", "localhost"
LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"
_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count limits in this process, where no other test clears the counters."""
    monkeypatch.setattr(LimitsCache, "_avoid_until", time.monotonic() + 3600)
    cache.clear()


def attempt(host: str, email: str, password: str, **extra: Any) -> Any:
    """Sign in once from a browser without cookies."""
    data = {"login": email, "password": password}
    return HostClient(host).post(LOGIN, data, **extra)


def bare(response: Any, email: str) -> str:
    """Return the page without the input and without its token."""
    return _TOKEN.sub(r"\1", response.content.decode().replace(email, "TYPED"))


@pytest.mark.parametrize(
    ("host", "email"),
    [
        (NORDLYS, "anna@nordlys.example"),
        (NORDLYS, "ANNA@Nordlys.Example"),
        (BRUECKNER, "lena@brueckner.example"),
        (PUBLIC, "staff@kontor.example"),
    ],
)
def test_sign_in_where_one_has_a_place(host: str, email: str) -> None:
    """By e-mail, whatever its case, and password."""
    response = attempt(host, email, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("host", "email", "password"),
    [
        (BRUECKNER, "anna@nordlys.example", PASSWORD),
        (NORDLYS, "lena@brueckner.example", PASSWORD),
        (PUBLIC, "anna@nordlys.example", PASSWORD),
        (NORDLYS, "staff@kontor.example", PASSWORD),
        (NORDLYS, "nobody@nordlys.example", PASSWORD),
        (NORDLYS, "gone@nordlys.example", PASSWORD),
        (NORDLYS, "invited@nordlys.example", PASSWORD),
        (NORDLYS, "inactive@nordlys.example", PASSWORD),
        (BRUECKNER, "inactive@nordlys.example", PASSWORD),
        (NORDLYS, "demo@nordlys.example", "demo-2026-kontor"),
    ],
)
def test_no_place_answers_like_a_wrong_password(
    nordlys: Partner, host: str, email: str, password: str
) -> None:
    """ISO-10: no membership, ended, only invited, deactivated, unknown: the same response."""
    states = {"gone": "ended", "invited": "invited", "inactive": "active", "demo": "active"}
    for name, state in states.items():
        person = add_person(
            partner=nordlys,
            email=f"{name}@nordlys.example",
            name=name,
            preset="PS",
            password="demo-2026-kontor" if name == "demo" else PASSWORD,
            at=NOW,
        )
        Membership.objects.for_partner(nordlys).filter(pk=person.pk).update(state=state)
    User.objects.filter(email="inactive@nordlys.example").update(is_active=False)
    member = "staff@kontor.example" if host == PUBLIC else None
    member = member or ("jonas@nordlys.example" if host == NORDLYS else "jan@brueckner.example")
    wrong = attempt(host, member, "not her password")
    response = attempt(host, email, password)
    assert (response.status_code, wrong.status_code) == (200, 200)
    assert bare(response, email) == bare(wrong, member)
    assert response.cookies.keys() == wrong.cookies.keys()
    assert "alert" in bare(wrong, member) or "error" in bare(wrong, member)


def test_demo_password_works_only_in_the_embedded_run(nordlys: Partner, settings: Any) -> None:
    """The demo's password works only in the embedded run."""
    add_person(
        partner=nordlys,
        email="demo@nordlys.example",
        name="Demo",
        preset="PS",
        password=settings.DEMO_PASSWORD,
        at=NOW,
    )
    assert attempt(NORDLYS, "demo@nordlys.example", settings.DEMO_PASSWORD).status_code == 200
    settings.EMBEDDED = True
    assert attempt(NORDLYS, "demo@nordlys.example", settings.DEMO_PASSWORD).status_code == 302


@pytest.mark.usefixtures("stopped_clock")
def test_limit_for_an_account_holds_across_hosts() -> None:
    """INP-10, INP-14: five wrong passwords for an account from one address, on any hosts, then 429.

    The 429 has Retry-After and is sent on every host, also for the right password.
    """
    hosts = [NORDLYS, BRUECKNER, PUBLIC]
    here = {"REMOTE_ADDR": "198.51.100.7"}
    for number in range(5):
        wrong = attempt(hosts[number % 3], "anna@nordlys.example", "no", **here)
        assert wrong.status_code == 200
    for host in hosts:
        refused = attempt(host, "ANNA@nordlys.example", PASSWORD, **here)
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) >= 60
        assert host != NORDLYS or "Too many tries" in refused.content.decode()
    other = attempt(NORDLYS, "jonas@nordlys.example", PASSWORD, **here)
    assert other.status_code == 302


@pytest.mark.usefixtures("stopped_clock")
def test_nobody_elsewhere_keeps_the_owner_out() -> None:
    """INP-10: wrong passwords from one address are that address's own."""
    for _number in range(6):
        attempt(NORDLYS, "anna@nordlys.example", "no", REMOTE_ADDR="198.51.100.7")
    owner = attempt(NORDLYS, "anna@nordlys.example", PASSWORD, REMOTE_ADDR="203.0.113.4")
    assert owner.status_code == 302


def from_everywhere(email: str) -> None:
    """Type thirty wrong passwords from as many addresses."""
    for number in range(guessing.ALL_TOGETHER):
        attempt(NORDLYS, email, "no", REMOTE_ADDR=f"198.51.100.{number}")


@pytest.mark.usefixtures("stopped_clock")
def test_guessing_from_many_addresses_gains_nothing() -> None:
    """INP-10: thirty in all close the account to browsers that nobody knows; its owner's passes."""
    anna = "anna@nordlys.example"
    known = HostClient(NORDLYS)
    assert known.post(LOGIN, {"login": anna, "password": PASSWORD}).status_code == 302
    cookie = known.cookies["device"]
    assert cookie["httponly"] and anna not in cookie.value
    from_everywhere(anna)
    assert attempt(NORDLYS, anna, PASSWORD, REMOTE_ADDR="203.0.113.4").status_code == 429
    again = HostClient(NORDLYS)
    again.cookies["device"] = cookie.value
    data = {"login": anna, "password": PASSWORD}
    assert again.post(LOGIN, data, REMOTE_ADDR="203.0.113.5").status_code == 302
    # Nobody else's cookie, and no invented one.
    for forged in (signing.dumps("x-1", salt=guessing.SALT), "made-up"):
        other = HostClient(NORDLYS)
        other.cookies["device"] = forged
        assert other.post(LOGIN, data, REMOTE_ADDR="203.0.113.6").status_code == 429


@pytest.mark.usefixtures("stopped_clock")
def test_a_known_browser_has_a_count_of_its_own() -> None:
    """INP-10: five wrong passwords there too."""
    known = HostClient(NORDLYS)
    data = {"login": "anna@nordlys.example", "password": PASSWORD}
    known.post(LOGIN, data)
    known.post("/accounts/logout/")
    for number in range(5):
        wrong = known.post(LOGIN, {**data, "password": "no"}, REMOTE_ADDR=f"203.0.113.{number}")
        assert wrong.status_code == 200
    assert known.post(LOGIN, data, REMOTE_ADDR="203.0.113.77").status_code == 429


@pytest.mark.usefixtures("stopped_clock")
def test_a_new_password_by_link_passes_at_once() -> None:
    """INP-10: from the address where it was set."""
    anna = "anna@nordlys.example"
    from_everywhere(anna)
    user = User.objects.get(email=anna)
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.8", HTTP_HOST=NORDLYS)
    adapter = AccountAdapter()
    adapter.request = request
    adapter.set_password(user, PASSWORD)
    assert attempt(NORDLYS, anna, PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert attempt(NORDLYS, anna, PASSWORD, REMOTE_ADDR="203.0.113.8").status_code == 302


@pytest.mark.usefixtures("stopped_clock")
def test_the_owner_is_told_once_a_day(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """INP-10, OUT-29: by e-mail at the first refusal; an account that nobody has gets none."""
    settings.CELERY_TASK_ALWAYS_EAGER = True
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            for email in ("anna@nordlys.example", "nobody@nordlys.example"):
                for _number in range(8):
                    attempt(NORDLYS, email, "no", REMOTE_ADDR=f"198.51.100.{len(email)}")
    finally:
        app.conf.task_always_eager = False
    told = [mail for mail in mails() if mail.template == "accounts/email/account_notice"]
    assert [mail.to_address for mail in told] == ["anna@nordlys.example"]
    words = "Somebody typed wrong passwords for your sign-in several times"
    assert told[0].subject == words and words in told[0].text and words in told[0].html


def test_reset_takes_as_long_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """INP-21: for an address that somebody has, and for one that nobody has."""
    monkeypatch.setattr(even_answers, "SECONDS", 0.35)
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    for email in ("anna@nordlys.example", "nobody@nordlys.example"):
        answer = HostClient(NORDLYS).post(RESET, {"email": email})
        assert (answer.status_code, answer["Location"]) == (302, RESET + "done/")
    assert len(waits) == 2 and all(0 < wait <= 0.35 * 1.1 for wait in waits)
    HostClient(NORDLYS).get(RESET)
    assert len(waits) == 2


@pytest.mark.usefixtures("stopped_clock")
def test_limit_for_an_address_holds_across_hosts_and_accounts() -> None:
    """INP-10: ten wrong passwords a minute from one address."""
    for number in range(10):
        host = (NORDLYS, BRUECKNER)[number % 2]
        assert attempt(host, f"somebody{number}@x.example", "no").status_code == 200
    assert attempt(BRUECKNER, "lena@brueckner.example", PASSWORD).status_code == 429
    elsewhere = attempt(BRUECKNER, "lena@brueckner.example", PASSWORD, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


@pytest.mark.usefixtures("stopped_clock")
def test_limit_of_all_attempts_says_when_to_come_back() -> None:
    """INP-10, INP-14: thirty a minute from one address; allauth's refusal has Retry-After too."""
    for _number in range(30):
        HostClient(NORDLYS).post(LOGIN, {})
    refused = HostClient(BRUECKNER).post(LOGIN, {})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")


@pytest.mark.usefixtures("stopped_clock")
def test_limits_ignore_headers_without_a_proxy() -> None:
    """An invented X-Forwarded-For gives no new counter."""
    for number in range(10):
        forged = {"X-Forwarded-For": f"192.0.2.{number}"}
        attempt(NORDLYS, f"somebody{number}@x.example", "no", headers=forged)
    refused = attempt(NORDLYS, "x@x.example", "no", headers={"X-Forwarded-For": "192.0.2.77"})
    assert refused.status_code == 429


@pytest.mark.usefixtures("stopped_clock")
def test_limits_count_the_address_before_our_proxy(settings: Any) -> None:
    """Behind a proxy people do not share one counter; only the proxy's last entry is trusted."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        forwarded = {"X-Forwarded-For": f"192.0.2.{number}, 203.0.113.5"}
        attempt(NORDLYS, f"somebody{number}@x.example", "no", headers=forwarded)
    same = {"X-Forwarded-For": "192.0.2.99, 203.0.113.5"}
    assert attempt(NORDLYS, "x@x.example", "no", headers=same).status_code == 429
    another = {"X-Forwarded-For": "203.0.113.5, 203.0.113.6"}
    assert attempt(NORDLYS, "x@x.example", "no", headers=another).status_code == 200


def mails() -> list[OutboundEmail]:
    """Return all messages, of partners and of the vendor."""
    with in_public():
        return list(OutboundEmail.objects.across_partners().order_by("created_at"))


@pytest.mark.parametrize(
    ("host", "email", "sent"),
    [
        (NORDLYS, "anna@nordlys.example", True),
        (PUBLIC, "staff@kontor.example", True),
        (BRUECKNER, "anna@nordlys.example", False),
        (NORDLYS, "lena@brueckner.example", False),
        (NORDLYS, "staff@kontor.example", False),
        (PUBLIC, "anna@nordlys.example", False),
        (NORDLYS, "nobody@nordlys.example", False),
    ],
)
def test_reset_mails_only_those_admitted(host: str, email: str, sent: bool) -> None:
    """The response is the same for all, the e-mail is not."""
    response = HostClient(host).post(RESET, {"email": email})
    assert (response.status_code, response["Location"]) == (302, "/accounts/password/reset/done/")
    assert [mail.to_address for mail in mails()] == ([email] if sent else [])


def _link(mail: OutboundEmail) -> str:
    from portal.outbox.secrets import decrypt

    assert mail.secrets_encrypted is not None
    secrets: dict[str, str] = decrypt(bytes(mail.secrets_encrypted))
    return secrets["link"]


def test_reset_leads_to_the_partners_host_and_works_once() -> None:
    """ISO-14, INP-07: a link of the primary host; the key leaves the address bar; single use."""
    HostClient(NORDLYS).post(
        RESET, {"email": "anna@nordlys.example"}, headers={"X-Forwarded-Host": "evil.example"}
    )
    link = _link(mails()[0])
    assert link.startswith("http://nordlys.localhost/accounts/password/reset/key/")
    path = link.removeprefix("http://nordlys.localhost")
    client = HostClient(NORDLYS)
    moved = client.get(path)
    assert moved.status_code == 302 and moved["Location"].endswith("-set-password/")
    form = moved["Location"]
    assert client.get(form).status_code == 200
    new = {"password1": "an entirely different one", "password2": "an entirely different one"}
    assert client.post(form, new).status_code == 302
    assert attempt(NORDLYS, "anna@nordlys.example", PASSWORD).status_code == 200
    assert attempt(NORDLYS, "anna@nordlys.example", "an entirely different one").status_code == 302
    again = HostClient(NORDLYS).get(path)
    assert again.status_code == 200 and "password1" not in again.content.decode()


@pytest.mark.parametrize("stuck", [".", "/>", "/%20", "%C2%A0/", ")"])
def test_reset_with_signs_stuck_to_its_link_works(stuck: str) -> None:
    """OUT-20."""
    HostClient(NORDLYS).post(RESET, {"email": "anna@nordlys.example"})
    path = _link(mails()[0]).removeprefix("http://nordlys.localhost")
    client = HostClient(NORDLYS)
    cleaned = client.get(path.rstrip("/") + stuck)
    assert (cleaned.status_code, cleaned["Location"]) == (302, path)
    assert cleaned["Referrer-Policy"] == "no-referrer"
    assert client.get(path)["Location"].endswith("-set-password/")


@pytest.mark.parametrize(
    "path",
    ["/accounts/signup/", "/accounts/email/", "/accounts/confirm-email/", "/accounts/login/code/"],
)
@pytest.mark.parametrize("host", [NORDLYS, PUBLIC])
def test_pages_we_do_not_have_are_not_there(
    sign_in: SignIn, anna: Membership, host: str, path: str
) -> None:
    """Nobody signs up or changes their address."""
    for client in (HostClient(host), sign_in(anna)):
        assert client.get(path).status_code == 404
        assert client.post(path, {"email": "x@x.example"}).status_code == 404


def test_nobody_takes_an_address_that_somebody_is_invited_by(
    sign_in: SignIn, jonas: Membership, lena: Membership
) -> None:
    """Invitations find people by address: whoever had an unverified one would get the place."""
    client = sign_in(jonas)
    wanted = {"email": "chief@brueckner.example"}
    client.post("/accounts/email/", {**wanted, "action_add": ""})
    client.post("/accounts/email/", {**wanted, "action_primary": ""})
    client.post("/people/me/", {**wanted, "name": "Jonas", "language": "en"})
    jonas.user.refresh_from_db()
    assert jonas.user.email == "jonas@nordlys.example"


def test_staff_need_a_second_factor_and_can_set_one_up(settings: Any, staff: User) -> None:
    """ISO-17: in production staff see nothing else before; afterwards a code is asked each time."""
    settings.STAFF_SECOND_FACTOR = True
    client = HostClient(PUBLIC)
    assert client.post(LOGIN, {"login": staff.email, "password": PASSWORD}).status_code == 302
    for path in ("/admin/", "/admin/p/nordlys/", "/admin/tenancy/partner/", "/"):
        assert client.get(path)["Location"] == "/accounts/2fa/"
    assert client.get("/accounts/2fa/").status_code == 200
    asked = client.get("/accounts/2fa/totp/activate/")["Location"]
    assert client.post(asked, {"password": PASSWORD}).status_code == 302
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    done = client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    assert done.status_code == 302
    assert client.get("/admin/").status_code == 200
    other = HostClient(PUBLIC)
    first = other.post(LOGIN, {"login": staff.email, "password": PASSWORD})
    assert first["Location"] == "/accounts/2fa/authenticate/"
    assert other.get("/admin/").status_code == 302
    assert other.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.get("/admin/").status_code == 302


def _code(secret: str) -> str:
    counter = int(time.time()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def test_password_is_asked_again_before_a_factor_is_added(
    sign_in: SignIn, anna: Membership
) -> None:
    """An open session is not enough to add a key to the account."""
    client = sign_in(anna)
    moved = client.get("/accounts/2fa/totp/activate/")
    assert moved.status_code == 302 and "/reauthenticate/" in moved["Location"]
    assert client.post(moved["Location"], {"password": "wrong"}).status_code == 200
    assert client.post(moved["Location"], {"password": PASSWORD}).status_code == 302
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_signed_values_are_bound_to_their_use() -> None:
    """A form token is no valid confirmation of a question, and vice versa."""
    from orders.http import SALT

    token = signing.dumps({"a": "1", "t": "2"}, salt=SALT)
    with pytest.raises(signing.BadSignature):
        signing.loads(token, salt=SALT + ".agreed")
