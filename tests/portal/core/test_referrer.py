"""Where a request says that it came from: nothing that it says leads away, or breaks a page."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from portal.core.referrer import came_from, try_again
from tests.conftest import HostClient

HERE = "http://nordlys.localhost"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (f"{HERE}/orders/?state=draft", "/orders/?state=draft"),
        (f"{HERE}//elsewhere.example/", "/elsewhere.example/"),
        (f"{HERE}/\\elsewhere.example/", "/elsewhere.example/"),
        ("http://elsewhere.example/orders/", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_try_again_leads_to_the_page_of_the_form(said: str, found: str) -> None:
    """AVAIL-04, INP-01: only to a page of this host; a link's own address stays."""
    request = RequestFactory().post("/switch/", HTTP_HOST="nordlys.localhost", HTTP_REFERER=said)
    assert (came_from(request), try_again(request)) == (found, found)
    request = RequestFactory().get("/orders/", HTTP_HOST="nordlys.localhost", HTTP_REFERER=said)
    assert try_again(request) == ""


@pytest.mark.django_db
def test_a_form_from_nowhere_is_no_error() -> None:
    """INP-01: without a session, from an address that can't be read."""
    answer = HostClient("nordlys.localhost").post("/switch/", {}, HTTP_REFERER="http://[")
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
