"""A partner's own host leads to it once its DNS shows whose it is (CHAN-22)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.celery import app
from portal.tenancy.context import in_public
from portal.tenancy.host_checks import PATIENCE, check_host, check_waiting, set_state
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Domain, Partner
from tests.admin_helpers import text
from tests.conftest import NOW, HostClient, SignIn
from tests.dns_server import name_server

HOST = "portal.nordlys.example"


@pytest.fixture
def dns(settings: Any) -> Iterator[Any]:
    """The name server that is asked; its ``records`` are the test's."""
    settings.ALLOWED_HOSTS = ["*"]
    with name_server() as (address, server):
        settings.DNS_SERVERS = [address]
        yield server


@pytest.fixture
def host(nordlys: Partner) -> Domain:
    """An own host that waits."""
    with in_public():
        row = Domain(tenant=nordlys, domain=HOST, is_primary=False)
        set_state(row, at=NOW)
        row.save()
    forget_hosts()
    return row


def _status() -> int:
    return HostClient(HOST).get("/accounts/login/").status_code


def _checked(host: Domain) -> Domain:
    found = check_host(host.pk, at=NOW)
    assert found is not None
    return found


def test_a_host_of_ours_needs_no_check(nordlys: Partner) -> None:
    """CHAN-22: its DNS is ours."""
    row = Domain(tenant=nordlys, domain="other.localhost")
    set_state(row, at=NOW)
    assert row.is_verified
    outside = Domain(tenant=nordlys, domain="notlocalhost")
    set_state(outside, at=NOW)
    assert not outside.is_verified


def test_it_answers_only_when_it_is_verified(dns: Any, host: Domain) -> None:
    """CHAN-22: by a TXT record with its token, among others."""
    assert _status() == 404
    assert _checked(host).result_words == "There is no such record yet."
    assert _status() == 404
    dns.records[f"_kontor.{HOST}", "TXT"] = ['"v=spf1 -all"', '"wrong"']
    other = _checked(host)
    assert (other.state, other.result) == ("waiting", "other")
    assert "wrong" in other.result_words
    assert _status() == 404
    dns.records[f"_kontor.{HOST}", "TXT"].append(f'"{host.token}"')
    verified = _checked(host)
    assert (verified.state, verified.result, verified.checked_at) == ("verified", "txt", NOW)
    assert _status() == 200


def test_an_alias_of_the_partners_host_is_enough(dns: Any, host: Domain) -> None:
    """CHAN-22: of this partner's, not of another's, since that would show nothing."""
    dns.records[HOST, "CNAME"] = ["brueckner.localhost."]
    assert _checked(host).result == "other"
    dns.records[HOST, "CNAME"] = ["Nordlys.localhost."]
    assert _checked(host).result == "cname"
    assert _status() == 200


def test_the_token_of_another_host_verifies_nothing(
    dns: Any, host: Domain, brueckner: Partner
) -> None:
    """CHAN-22, ISO-11: each has its own, and a host without one is never verified."""
    with in_public():
        theirs = Domain(tenant=brueckner, domain="portal.brueckner.example")
        set_state(theirs, at=NOW)
        theirs.save()
        dns.records[f"_kontor.{HOST}", "TXT"] = [f'"{theirs.token}"']
        assert _checked(host).result == "other"
        Domain.objects.filter(pk=host.pk).update(token="")
        dns.records[f"_kontor.{HOST}", "TXT"] = ['""']
        assert not _checked(host).is_verified


def test_a_name_server_that_fails_is_said_and_closes_nothing(dns: Any, host: Domain) -> None:
    """CHAN-22: neither verified nor closed by it."""
    dns.broken = True
    assert _checked(host).result_words == "The name servers did not answer."
    with in_public():
        Domain.objects.filter(pk=host.pk).update(state="verified")
    forget_hosts()
    assert _checked(host).is_verified
    assert _status() == 200


def test_beat_checks_for_two_weeks(
    dns: Any, host: Domain, django_capture_on_commit_callbacks: Any
) -> None:
    """CHAN-22: by the worker; then only when somebody asks for it."""
    dns.records[f"_kontor.{HOST}", "TXT"] = [f'"{host.token}"']
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            check_waiting(at=NOW + PATIENCE)
        assert not Domain.objects.get(pk=host.pk).is_verified
        with django_capture_on_commit_callbacks(execute=True):
            check_waiting(at=NOW + PATIENCE - timedelta(seconds=1))
    finally:
        app.conf.task_always_eager = False
    assert Domain.objects.get(pk=host.pk).is_verified


def test_channel_sales_sees_what_to_set_and_what_was_found(
    sign_in: SignIn, dns: Any, nordlys: Partner, staff: User, settings: Any
) -> None:
    """CHAN-22: a host that waits can't be primary; the primary one can't be removed."""
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)
    url = f"/admin/tenancy/partner/{nordlys.pk}/"
    with in_public():
        first = nordlys.domains.get()
    data = {
        "country": "SE",
        "language": "sv",
        "time_zone": "Europe/Stockholm",
        "notification_email": "new@nordlys.example",
        "brand_colour": "#000000",
        "domains-TOTAL_FORMS": "2",
        "domains-INITIAL_FORMS": "1",
        "domains-MIN_NUM_FORMS": "1",
        "domains-MAX_NUM_FORMS": "1000",
        "domains-0-id": first.pk,
        "domains-0-tenant": nordlys.pk,
        "domains-0-domain": first.domain,
        "domains-0-is_primary": "on",
        "domains-1-tenant": nordlys.pk,
        "domains-1-domain": HOST,
    }
    primary = {**data, "domains-0-is_primary": "", "domains-1-is_primary": "on"}
    refused = client.post(f"{url}change/", primary)
    assert f"{HOST} can be the primary host when it is verified." in text(refused)
    removed = client.post(f"{url}change/", {**data, "domains-0-DELETE": "on"})
    assert "Exactly one host has to be the primary one." in text(removed)
    assert client.post(f"{url}change/", data).status_code == 302
    host = Domain.objects.get(domain=HOST)
    page = text(client.get(f"{url}change/"))
    for part in (f"_kontor.{HOST}", host.token, "nordlys.localhost", "Not checked yet."):
        assert part in page
    check_host(host.pk, at=NOW)
    assert "There is no such record yet." in text(client.get(f"{url}change/"))
    done = client.post(f"{url}do/check_hosts/", follow=True)
    assert "1 host is being checked." in text(done)
    with in_public():
        Domain.objects.filter(pk=host.pk).update(state="verified")
    ids = {"domains-INITIAL_FORMS": "2", "domains-1-id": host.pk}
    assert client.post(f"{url}change/", {**primary, **ids}).status_code == 302
    host.refresh_from_db()
    assert (host.is_primary, host.is_verified) == (True, True)
    renamed = {**data, **ids, "domains-1-domain": "new.nordlys.example"}
    assert client.post(f"{url}change/", renamed).status_code == 302
    host.refresh_from_db()
    assert (host.domain, host.is_verified) == ("new.nordlys.example", False)
