"""What a technician types in onboarding: addresses, networks, ranges, samples, reachability."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError

from customers.models import Customer, Onboarding, ReachCheck
from customers.onboarding import values
from customers.onboarding.addresses import take_apart
from customers.onboarding.checks import is_allowed, reach, request_check, run_check
from customers.onboarding.flow import step_of
from customers.onboarding.samples import read_sample
from dev.demo.platforms import load_platforms
from portal.accounts.models import Membership
from portal.catalog.models import AllowedNetwork
from portal.core.errors import RuleError
from portal.tenancy.models import Partner
from tests.conftest import NOW, SignIn
from tests.customers import onboarding_steps as steps


@pytest.mark.parametrize(
    ("clean", "typed", "kept"),
    [
        (values.mac_address, "0008.5d4a.1102", "00:08:5D:4A:11:02"),
        (values.mac_address, "00-08-5d-4a-11-02", "00:08:5D:4A:11:02"),
        (values.address_in_network, "10.8.0.5/24", "10.8.0.5/24"),
        (values.ip_address, "2001:DB8::1", "2001:db8::1"),
        (values.host_name, "Växel.Example.", "xn--vxel-loa.example"),
        (values.host_name, "192.0.2.1", "192.0.2.1"),
        (values.number_ranges, "300; 100 – 199\n200 to 210", "100-199, 200-210, 300"),
    ],
)
def test_values_are_kept_in_one_form(clean: values.Clean, typed: str, kept: str) -> None:
    """ONB-28."""
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("clean", "typed", "says"),
    [
        (values.mac_address, "00:11:22:33:44", "like 00:1A"),
        (values.mac_address, "01:00:5E:00:00:01", "can't belong to a device"),
        (values.address_in_network, "10.8.0.0/24", "first or last address"),
        (values.address_in_network, "10.8.0.5", "with its network"),
        (values.ip_address, "10.8.0.256", "like 192.0.2.10"),
        (values.host_name, "foo bar", "host name like"),
        (values.host_name, "-a.example", "host name like"),
        (values.number_ranges, "199-100", "runs backwards"),
        (values.number_ranges, "100-199, 150", "overlap"),
        (values.number_ranges, "10-199", "as many digits"),
        (values.number_ranges, "abc", "no range"),
    ],
)
def test_what_no_technician_means_is_refused(clean: values.Clean, typed: str, says: str) -> None:
    """ONB-28: with a sentence that says how."""
    with pytest.raises(ValidationError, match=says):
        clean(typed)


def test_router_has_to_be_in_the_network_and_is_asked_for_only_if_needed(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-28: a field that depends on another answer is not asked for without it."""
    load_platforms()
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.post(client, onboarding, "customer", steps.customer_fields())
    fixed = {**steps.GATEWAY, "mode": "static", "address": "10.8.0.5/24"}
    page = steps.post(client, onboarding, "gateway", fixed).content.decode()
    assert "Fill in Router." in page
    page = steps.post(client, onboarding, "gateway", {**fixed, "router": "10.9.0.1"})
    assert "10.9.0.1 is not in the network of 10.8.0.5/24." in page.content.decode()
    assert steps.post(client, onboarding, "gateway", steps.GATEWAY).status_code == 302
    assert Onboarding.objects.get().answers["gateway"]["router"] is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Storgatan 5\n803 20 Gävle\nSverige", ("Storgatan 5", "803 20", "Gävle", "SE")),
        ("Kanzlei X\nKönigstr. 18\nD-23552 Lübeck", ("Königstr. 18", "23552", "Lübeck", "DE")),
        ("10 High Street, York, YO1 7HP, UK", ("10 High Street", "YO1 7HP", "York", "GB")),
        ("only words", ("only words", "", "", "DE")),
    ],
)
def test_pasted_address_is_taken_apart(text: str, parts: tuple[str, ...]) -> None:
    """ONB-04."""
    found = take_apart(text, country="DE")
    assert (found.street, found.postal_code, found.city, found.country) == parts


@pytest.mark.parametrize(
    ("text", "kind", "people", "problem"),
    [
        ("name;e-mail;extension\nKarin Lind;k@x.example;100", "CSV", 1, ""),
        ("dn: cn=a\ncn: Karin\ntelephoneNumber: 100\n\ndn: cn=b\nmail: b@x", "LDIF", 1, "no name"),
        ("Name,Number\nA,100\nB,100", "CSV", 2, "has the number of"),
        ("1;2;3", "CSV", 0, "names of the columns"),
        ("", "CSV", 0, "Paste a few lines"),
        ("dn:: ???\ncn:: !!!", "LDIF", 0, "no name"),
    ],
)
def test_sample_of_a_directory_is_read(text: str, kind: str, people: int, problem: str) -> None:
    """ONB-29."""
    sample = read_sample(text)
    assert (sample.kind, len(sample.people)) == (kind, people)
    assert bool(sample.problems) == bool(problem)
    assert problem in " ".join(sample.problems)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "224.0.0.1",
        "0.0.0.0",
    ],
)
def test_check_never_looks_into_our_own_networks(db: None, address: str) -> None:
    """ONB-30."""
    assert reach(address, 22) == (ReachCheck.Result.NOT_ALLOWED, "")


def test_networks_of_channel_sales_may_be_checked(db: None) -> None:
    """ONB-30."""
    inside, outside = ipaddress.ip_address("10.20.0.4"), ipaddress.ip_address("10.21.0.4")
    assert not is_allowed(inside)
    AllowedNetwork._default_manager.create(network="10.20.0.0/16", note="Lab")
    assert is_allowed(inside)
    assert not is_allowed(outside)
    assert is_allowed(ipaddress.ip_address("9.9.9.9"))


@pytest.fixture
def server(db: None) -> Iterator[int]:
    """A port of this machine that answers; channel sales allows it."""
    AllowedNetwork._default_manager.create(network="127.0.0.0/8", note="This machine")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_check_says_how_an_address_answers(server: int) -> None:
    """ONB-30."""
    assert reach("127.0.0.1", server) == (ReachCheck.Result.ANSWERS, "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as other:
        closed = other.getsockname()[1]
    assert reach("127.0.0.1", closed)[0] == ReachCheck.Result.REFUSED
    assert reach("nobody.invalid", 80) == (ReachCheck.Result.NOT_FOUND, "")


def test_check_is_done_once_by_the_worker_and_shown(
    nordlys: Partner, havsbris: Customer, anna: Membership, sign_in: SignIn, server: int
) -> None:
    """ONB-30: the step is saved first; the result has its time."""
    load_platforms()
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.post(client, onboarding, "customer", steps.customer_fields())
    fields = {**steps.CONNECT, "host": "127.0.0.1", "port": str(server)}
    answer = steps.post(client, onboarding, "connect", fields, act="check")
    assert answer["Location"].endswith("/connect/#check")
    check = ReachCheck.objects.get()
    run_check(check.pk, at=NOW)
    run_check(check.pk, at=NOW)
    check.refresh_from_db()
    assert check.result == ReachCheck.Result.ANSWERS
    page = client.get(f"/onboarding/{onboarding.pk}/connect/").content.decode()
    assert "Answers" in page
    part = client.get(f"/onboarding/{onboarding.pk}/connect/check/").content.decode()
    assert f"127.0.0.1:{server}" in part


def test_check_needs_an_address_and_has_a_limit(havsbris: Customer, anna: Membership) -> None:
    """ONB-30."""
    load_platforms()
    onboarding = steps.begin("mivo400", havsbris, anna)
    step = step_of(onboarding, "connect")
    assert step is not None
    with pytest.raises(RuleError, match="Enter the address first"):
        request_check(onboarding, step, by=anna, at=NOW)
    onboarding.answers = {"connect": {"host": "127.0.0.1", "port": 1}}
    for _n in range(30):
        request_check(onboarding, step, by=anna, at=NOW)
    with pytest.raises(RuleError, match="At most 30 checks"):
        request_check(onboarding, step, by=anna, at=NOW)
