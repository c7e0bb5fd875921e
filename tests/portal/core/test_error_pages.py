"""Errors while signed in: within the menu, with a way on, and true of this case."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection

from customers.models import Customer
from portal.accounts.models import Membership
from tests.conftest import HostClient, SignIn


def page(client: HostClient, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def test_not_found_stands_within_the_menu(anna: Membership, sign_in: SignIn) -> None:
    """USE-11: the menu, the search and ways on are there."""
    for address in (f"/customers/{uuid4()}/", "/nothing/here/"):
        status, text = page(sign_in(anna), address)
        assert status == 404
        assert "There is nothing here" in text and "k-side" in text and "/orders/" in text


def test_a_missing_right_is_named(mikael: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """ANS-02, USE-11: the right by its name, within the menu; no way that the role has not."""
    status, text = page(sign_in(mikael), "/orders/new/")
    assert status == 403
    assert "does not include the right “Write orders”" in text and "k-side" in text
    assert 'class="btn" href="/orders/"' not in text


def test_strangers_see_errors_without_a_menu(sign_in: SignIn) -> None:
    """USE-11: a menu would lead them to the sign-in."""
    status, text = page(HostClient("nordlys.localhost"), "/nothing/here/")
    assert status == 404 and "k-side" not in text and "To the start page" in text


@pytest.mark.usefixtures("stopped_clock")
def test_too_many_says_of_what(anna: Membership, sign_in: SignIn) -> None:
    """INP-14: a search says nothing of guessing accounts; it stands within the menu."""
    client = sign_in(anna)
    for _each in range(61):
        answer = client.get("/search/?q=abc")
    text = answer.content.decode()
    assert answer.status_code == 429 and "k-side" in text
    assert "Too many searches in a minute." in text and "guessing" not in text
    assert "Try again in a minute." in text
    cache.clear()


@pytest.mark.parametrize("kind", ["search", "imports", "names", "sign_in"])
@pytest.mark.usefixtures("stopped_clock")
def test_each_limit_has_its_own_words(kind: str, anna: Membership, sign_in: SignIn) -> None:
    """INP-14: what there was too much of, in the reader's words."""
    client = sign_in(anna)
    if kind == "imports":
        answers = [client.post("/customers/import/", {}) for _each in range(31)]
        assert "At most 30 files can be uploaded in an hour." in answers[-1].content.decode()
    elif kind == "names":
        form = {"name": "Brückner IT GmbH", "number": "77001", "type": "normal"}
        answers = [client.post("/customers/new/", form) for _each in range(21)]
        assert "At most 20 names that are in use can be tried" in answers[-1].content.decode()
    elif kind == "sign_in":
        stranger = HostClient("nordlys.localhost")
        form = {"login": "anna@nordlys.example", "password": "wrong"}
        answers = [stranger.post("/accounts/login/", form) for _each in range(6)]
        assert "protects accounts against guessing" in answers[-1].content.decode()
    else:
        answers = [client.get("/search/?q=abc") for _each in range(61)]
    assert answers[-1].status_code == 429


def test_a_lock_behind_the_step_is_not_said_to_be_before_it(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """AVAIL-04: the view had answered: what it did is not denied, nor offered to be sent again."""
    client = sign_in(anna)
    client.raise_request_exception = False

    def cancelled(run: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "accounts_session"'):
            sql, rest = "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)", (None, *rest[1:])
        return run(sql, *rest)

    with connection.execute_wrapper(cancelled):
        page = "http://nordlys.localhost/customers/?state=active"
        answer = client.post("/switch/", {"customer": str(havsbris.pk)}, HTTP_REFERER=page)
    text = answer.content.decode()
    # "/switch/" itself could only be posted to.
    assert 'href="/customers/?state=active"' in text
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Your step may be done" in text and "Nothing was saved" not in text
    assert "<form" not in text and str(havsbris.pk) not in text
