"""Where a button leads afterwards: never to another host (INP-20)."""

from __future__ import annotations

import pytest

from customers.models import Customer
from portal.accounts.models import Membership
from tests.conftest import HostClient, SignIn

AWAY = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "http:///evil.example/",
    "javascript:alert(1)",
    "https://nordlys.localhost@evil.example/",
    "https://brueckner.localhost/",
)


@pytest.mark.parametrize("wanted", AWAY)
def test_buttons_never_lead_to_another_host(
    wanted: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """INP-20: after choosing a customer, leaving it, and choosing a language, signed in or not."""
    client = sign_in(anna)
    data = {"next": wanted, "customer": str(havsbris.pk), "language": "de"}
    assert client.post("/switch/", data)["Location"] == f"/customers/{havsbris.pk}/"
    assert client.post("/leave/", data)["Location"] == "/"
    for each in (client, HostClient("nordlys.localhost"), HostClient("localhost")):
        assert each.post("/language/", data)["Location"] == "/"


def test_buttons_lead_back_on_this_host(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """INP-20: to the page where they were pressed."""
    client = sign_in(anna)
    data = {"next": "/orders/?state=draft", "customer": str(havsbris.pk), "language": "de"}
    for address in ("/switch/", "/leave/", "/language/"):
        assert client.post(address, data)["Location"] == "/orders/?state=draft"
