"""The headers of every response, errors included (INP-09)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError

from tests.isolation.matrix import BRUECKNER, NORDLYS, PUBLIC, UNKNOWN
from tests.isolation.wire import Answer, Wire
from tests.isolation.world import World
from workspace.views import home, searching

pytestmark = pytest.mark.usefixtures("no_limits")


def policy(answer: Answer) -> dict[str, str]:
    """Return the content security policy by directive."""
    parts = answer.header("Content-Security-Policy").split(";")
    pairs = [part.strip().partition(" ") for part in parts if part.strip()]
    return {name: value for name, _space, value in pairs}


def assert_headers(answer: Answer, what: str) -> None:
    """Assert a strict CSP, nosniff, referrer and frame headers."""
    rules = policy(answer)
    assert rules.get("default-src") == "'none'", what
    assert rules.get("frame-ancestors") == "'none'", what
    assert rules.get("base-uri") == "'none'", what
    assert rules.get("script-src") == "'self'", what
    assert rules.get("style-src") == "'self'", what
    assert rules.get("form-action") == "'self'", what
    whole = answer.header("Content-Security-Policy")
    assert "unsafe" not in whole and "*" not in whole and "http:" not in whole, what
    assert answer.header("X-Content-Type-Options") == "nosniff", what
    assert answer.header("Referrer-Policy") in ("same-origin", "no-referrer"), what
    assert answer.header("Cross-Origin-Opener-Policy") == "same-origin", what
    assert answer.header("Cache-Control"), what
    assert answer.header("Server") == "" and answer.header("X-Powered-By") == "", what


def test_every_response_has_its_headers(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """INP-09: pages, redirects, JSON, 400, 403, 404, 405, 409, 429, 500, files, health."""
    wire = Wire()
    anna, jonas = world.cookies["anna"], world.cookies["jonas"]
    draft = world.nordlys.draft.pk
    seen: dict[int, list[str]] = {}

    def get(host: str, path: str, method: str = "GET", **kwargs: Any) -> Answer:
        answer = wire.send(method, host, path, **kwargs)
        assert_headers(answer, f"{method} {host}{path} {answer.status}")
        seen.setdefault(answer.status, []).append(path)
        return answer

    for path in ("/", "/customers/", "/search/suggest/?q=zqn", "/brand.css", "/styleguide/"):
        get(NORDLYS, path, cookies=anna)
    for host in (NORDLYS, BRUECKNER, PUBLIC, UNKNOWN):
        for path in ("/", "/accounts/login/", "/nowhere/", "/admin/", "/healthz"):
            get(host, path)
    get(NORDLYS, "/people/", cookies=jonas)
    get(NORDLYS, f"/customers/{world.brueckner.assigned.pk}/", cookies=anna)
    get(NORDLYS, "/switch/", cookies=anna)
    get(NORDLYS, f"/orders/{draft}/review/", "POST", cookies=anna)
    get(NORDLYS, "/leave/", "POST", cookies=anna, csrf=False)
    get(NORDLYS, "/static/css/tokens.css")
    get(NORDLYS, "/static/nowhere.css")
    get(NORDLYS, "/?x=" + "%00", cookies=anna)
    get("bad host", "/")
    too_many = {"data": {"x": "y" * (6 * 1024 * 1024)}}
    get(NORDLYS, "/people/me/", "POST", cookies=anna, csrf=False, **too_many)
    with monkeypatch.context() as patch:
        patch.setattr(searching, "exceeded", lambda *args, **kwargs: 7)
        limited = get(NORDLYS, "/search/suggest/?q=zqn", cookies=anna)
        assert limited.header("Retry-After") == "7"
    with monkeypatch.context() as patch:
        patch.setattr(home, "home_page", lambda scope: 1 / 0)
        broken = get(NORDLYS, "/", cookies=anna)
        assert "ZeroDivisionError" in broken.error and "ZeroDivision" not in broken.text
    assert {200, 302, 400, 403, 404, 405, 409, 429, 500} <= seen.keys(), seen


def test_message_frame_has_a_policy_of_its_own(world: World) -> None:
    """The one page with its own policy: no script, no form, framed by our own page only."""
    answer = Wire().send(
        "GET", NORDLYS, f"/outbox/{world.nordlys.email.pk}/html/", cookies=world.cookies["anna"]
    )
    rules = policy(answer)
    assert answer.status == 200
    assert (rules["default-src"], rules["frame-ancestors"]) == ("'none'", "'self'")
    assert "script-src" not in rules and "form-action" not in rules and "sandbox" in rules


def test_no_page_breaks_its_own_policy(world: World) -> None:
    """No page has an inline script, style or handler that the policy would refuse."""
    wire, order = Wire(), world.nordlys.placed.pk
    paths = ["/", "/customers/", f"/orders/{order}/", "/people/me/", "/accounts/2fa/", "/outbox/"]
    for path in [*paths, "/styleguide/", "/nowhere/"]:
        page = wire.send("GET", NORDLYS, path, cookies=world.cookies["anna"]).text
        assert not re.search(r"\sstyle=", page), path
        assert not re.search(r"\son[a-z]+=", page), path
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in each or "application/json" in each for each in scripts), path
        assert "<style" not in page, path


def test_error_page_reveals_no_internals(world: World, settings: Any) -> None:
    """Without DEBUG: no traceback, no setting, no name of a module."""
    assert settings.DEBUG is False
    page = Wire().send("GET", NORDLYS, "/nowhere/", cookies=world.cookies["anna"]).text
    for word in ("Traceback", "urlpatterns", "portal.urls", "Django"):
        assert word not in page


def test_health_needs_no_partner_and_reveals_nothing(db: None) -> None:
    """The health check works without a partner, on any host, and returns one word."""
    wire = Wire()
    for host in (NORDLYS, PUBLIC, UNKNOWN, "203.0.113.7"):
        answer = wire.send("GET", host, "/healthz")
        assert (answer.status, answer.text) == (200, "ok\n")


def _lost(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("the connection is lost")


@pytest.mark.parametrize(
    "where",
    [
        "portal.tenancy.middleware.partner_of_host",
        "portal.accounts.sessions.SessionStore._get_session_from_db",
        "portal.accounts.backends.active_places",
        "workspace.views.home.home_page",
    ],
)
def test_lost_database_is_a_503(world: World, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """OUT-08: in a view or before one; nobody can know whether a commit was the last word."""
    with monkeypatch.context() as patch:
        patch.setattr(
            "portal.core.http.connection", type("Gone", (), {"close": lambda self: None})()
        )
        patch.setattr(where, _lost)
        answer = Wire().send("GET", NORDLYS, "/", cookies=world.cookies["anna"])
    assert (answer.status, answer.header("Retry-After")) == (503, "10")
    assert "was not confirmed" in answer.text and "Nothing was saved" not in answer.text
    assert_headers(answer, where)


def test_lost_database_is_a_503_for_the_balancer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without a database gets no requests."""
    with monkeypatch.context() as patch:
        patch.setattr("portal.middleware.watch.answers", lambda: False)
        answer = Wire().send("GET", NORDLYS, "/healthz")
    assert (answer.status, answer.text) == (503, "database unavailable\n")


def test_forms_need_their_token(world: World) -> None:
    """Each POST without the token is refused, before anything else happens."""
    wire = Wire()
    for path in (
        "/leave/",
        "/people/invite/",
        "/accounts/logout/",
        f"/customers/{world.nordlys.other.pk}/reactivate/",
        f"/orders/{world.nordlys.draft.pk}/delete/",
        f"/outbox/{world.nordlys.dead_email.pk}/send-again/",
        "/language/",
    ):
        answer = wire.send("POST", NORDLYS, path, cookies=world.cookies["anna"], csrf=False)
        assert answer.status == 403, path
        assert_headers(answer, path)


def test_token_is_bound_to_its_cookie(world: World) -> None:
    """A CSRF token is valid only together with its own cookie."""
    headers = {"X-CSRFToken": "d" * 32}
    cookies = {**world.cookies["anna"], "csrftoken": "e" * 32}
    answer = Wire().send("POST", NORDLYS, "/leave/", cookies=cookies, csrf=False, headers=headers)
    assert answer.status == 403
