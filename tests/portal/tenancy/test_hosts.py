"""From the host name to the partner (ISO-11)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from portal.tenancy import hosts
from portal.tenancy.connection import connection
from portal.tenancy.context import current_partner, in_partner, in_public
from portal.tenancy.hosts import forget_hosts, partner_of_host
from portal.tenancy.models import Domain, Partner
from tests.conftest import HostClient


@pytest.fixture(autouse=True)
def _public(db: None) -> None:
    connection.set_schema_to_public()


def _get(host: str, path: str = "/", **kwargs: Any) -> Any:
    return HostClient(host).get(path, **kwargs)


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "nordlys.localhost.evil.example",
        "evil.example",
        "nordlyslocalhost",
        "xnordlys.localhost",
        "nordlys.localhost.",
        "127.0.0.1",
        "_.localhost",
        "nord lys.localhost",
    ],
)
def test_unknown_host_is_a_404(host: str) -> None:
    """An unknown host is a 404, and so is an invalid one."""
    response = _get(host)
    assert response.status_code == 404
    assert "nordlys" not in response.content.decode().lower()


@pytest.mark.parametrize("language", ["en", "de", "sv"])
def test_a_suspended_partners_hosts_say_so_at_every_address(settings: Any, language: str) -> None:
    """CHAN-21: the same page for both partners, in the browser's language, with nobody's data."""
    settings.CHANNEL_SALES_EMAIL = "ask@vendor.example"
    Partner.objects.update(is_active=False)
    forget_hosts()
    pages = set()
    for path in ("/", "/accounts/login/", "/customers/", "/brand.css", "/invitation/x/", "/nö"):
        for slug in ("nordlys", "brueckner"):
            headers = {"Accept-Language": language}
            response = _get(f"{slug}.localhost", path, headers=headers)
            assert response.status_code == 503
            assert response["Retry-After"] == "3600"
            pages.add((response.content, tuple(sorted(response.headers.items()))))
    assert len(pages) == 1
    page = pages.pop()[0].decode()
    assert f'<html lang="{language}"' in page
    assert language != "en" or "This portal is suspended" in page
    assert "mailto:ask@vendor.example" in page
    for secret in ("nordlys", "brückner", "brueckner"):
        assert secret not in page.lower()
    assert _get("nobody.localhost").status_code == 404


def test_partner_is_found_whatever_the_case_and_port() -> None:
    """Host names are case-insensitive."""
    for host in ("nordlys.localhost", "NORDLYS.localhost", "Nordlys.LocalHost:8000"):
        response = _get(host, "/accounts/login/")
        assert response.status_code == 200
        assert "Nordlys Telekom AB" in response.content.decode()


def test_forwarded_host_is_ignored() -> None:
    """A header that anybody can send does not choose the partner."""
    response = _get("nobody.localhost", headers={"X-Forwarded-Host": "nordlys.localhost"})
    assert response.status_code == 404


def test_public_host_has_no_pages_of_a_partner() -> None:
    """ISO-15: two URL configurations."""
    assert _get("localhost", "/customers/").status_code == 404
    assert _get("nordlys.localhost", "/admin/").status_code == 404


def test_hosts_are_remembered_and_copied(django_assert_num_queries: Any) -> None:
    """SPEED-03: a cache of 30 s, copied per request, dropped on save."""
    forget_hosts()
    first = partner_of_host("nordlys.localhost")
    assert first is not None
    with django_assert_num_queries(0):
        second = partner_of_host("nordlys.localhost")
    assert second == first and second is not first
    assert second is not None
    second.name = "Changed by somebody's page"
    third = partner_of_host("nordlys.localhost")
    assert third is not None and third.name == "Nordlys Telekom AB"


def test_remembered_hosts_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suspension in another process takes effect here after half a minute."""
    assert partner_of_host("nordlys.localhost") is not None
    Partner.objects.filter(slug="nordlys").update(is_active=False)
    remembered = partner_of_host("nordlys.localhost")
    assert remembered is not None and remembered.is_active
    now = time.monotonic() + hosts.SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: now)
    seen = partner_of_host("nordlys.localhost")
    assert seen is not None and not seen.is_active


def test_memory_for_hosts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests for thousands of hosts do not fill the memory."""
    forget_hosts()
    monkeypatch.setattr(hosts, "_known", {f"h{n}": (0.0, None) for n in range(10_001)})
    partner_of_host("one.more.localhost")
    assert len(hosts._known) == 1


def test_links_come_from_the_primary_host(settings: Any) -> None:
    """ISO-14: never from the request."""
    partner = Partner.objects.get(slug="nordlys")
    Domain.objects.create(tenant=partner, domain="portal.nordlys.example", is_primary=False)
    settings.PUBLIC_PORT, settings.SCHEME = "8055", "http"
    assert partner.url("/x/") == "http://nordlys.localhost:8055/x/"


def test_context_comes_back_after_an_error() -> None:
    """CV-37: the previous context is restored, also when nested."""
    nordlys, brueckner = Partner.objects.get(slug="nordlys"), Partner.objects.get(slug="brueckner")
    assert current_partner() is None
    with in_partner(nordlys):
        assert current_partner() == nordlys
        with pytest.raises(ZeroDivisionError), in_partner(brueckner):
            raise ZeroDivisionError
        assert current_partner() == nordlys
        with in_public():
            assert current_partner() is None
        assert current_partner() == nordlys
    assert current_partner() is None


def test_request_leaves_no_partner_behind() -> None:
    """After a request the connection is in the public schema, whatever happened in it."""
    client = Client(SERVER_NAME="nordlys.localhost")
    for path in ("/accounts/login/", "/nowhere/", "/"):
        client.get(path)
        assert connection.schema_name == "public"
