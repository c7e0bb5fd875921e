"""Places: which one a request is at, and what a person with several is asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from customers.models import Customer
from customers.services import deactivate_customer, reactivate_customer
from portal.accounts.choosing import PLACE_KEY
from portal.accounts.models import Membership
from portal.accounts.rights import Preset
from portal.accounts.services import end_customer_user
from tests import factories
from tests.conftest import NOW, PASSWORD, HostClient, SignIn

Count = Callable[[int], AbstractContextManager[Any]]
LOGIN, ASK = "/accounts/login/", "/place/"
WRONG = "the password is wrong"


@pytest.fixture
def both(karin: Membership, bjorkvik: Customer) -> Membership:
    """Karin's second place: at another customer, with fewer rights."""
    return factories.make_customer_user(
        bjorkvik, "karin", Preset.CUSTOMER_USER, email=karin.user.email, at=NOW
    )


def signed_in(person: Membership) -> HostClient:
    client = HostClient("nordlys.localhost")
    login = {"login": person.user.email, "password": PASSWORD}
    assert client.post(LOGIN, login)["Location"] == "/"
    return client


def company(client: HostClient) -> str:
    """Return the company whose portal a client sees now."""
    response = client.get("/my/")
    assert response.status_code == 200
    page = response.content.decode()
    return page[page.index('class="k-company">') :].split(">")[1].split("<")[0]


def test_several_places_are_asked_for_once(
    karin: Membership, both: Membership, nordlys: object
) -> None:
    """REG-45: the page that was asked for comes after the answer; nothing before it."""
    client = signed_in(karin)
    assert client.get("/my/orders/")["Location"] == "/place/?next=/my/orders/"
    assert client.post("/my/users/invite/", {"name": "x"})["Location"] == "/place/?next=/"
    page = client.get("/place/?next=/my/orders/").content.decode()
    assert "Havsbris Konsult AB" in page and "Björkvik Bygg AB" in page
    assert 'class="k-side"' not in page
    assert client.post(ASK, {"place": "", "next": "/my/"}).status_code == 200
    stranger = factories.make_customer_user(
        factories.make_customer("Zander AB", "10098", at=NOW), "sven", Preset.CUSTOMER_USER, at=NOW
    )
    for wrong in (str(stranger.pk), "x", "\x00"):
        answer = client.post(ASK, {"place": wrong})
        assert answer.status_code == 200 and "Choose one" in answer.content.decode()
    answer = client.post(ASK, {"place": str(both.pk), "next": "/my/orders/"})
    assert answer["Location"] == "/my/orders/"
    assert company(client) == "Björkvik Bygg AB"
    assert client.post(ASK, {"place": str(both.pk), "next": "//evil.example/"})["Location"] == "/"


def test_place_decides_rights_and_rows(
    karin: Membership, both: Membership, havsbris: Customer, anna: Membership
) -> None:
    """REG-45: the membership of a request is exactly the chosen one, also its role."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    client = signed_in(karin)
    client.post(ASK, {"place": str(both.pk)})
    assert client.get(f"/my/orders/{order.pk}/").status_code == 404
    assert client.get("/my/users/").status_code == 403
    assert "Change the company" in client.get("/my/").content.decode()
    client.post(ASK, {"place": str(karin.pk)})
    assert client.get(f"/my/orders/{order.pk}/").status_code == 200
    assert client.get("/my/users/").status_code == 200
    other = signed_in(karin)
    assert other.get("/my/")["Location"].startswith(ASK)


def test_forms_of_the_other_company_are_refused(karin: Membership, both: Membership) -> None:
    """REG-45, D2: what was opened for one company is never sent for another."""
    client = HostClient("nordlys.localhost", enforce_csrf_checks=True)
    login = HostClient("nordlys.localhost")
    login.post(LOGIN, {"login": karin.user.email, "password": PASSWORD})
    client.cookies = login.cookies

    def token(page: str) -> str:
        text = client.get(page).content.decode()
        return text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    def go_to(place: Membership) -> int:
        data = {"place": str(place.pk), "csrfmiddlewaretoken": token(ASK)}
        return int(client.post(ASK, data).status_code)

    assert go_to(karin) == 302
    old = token("/my/users/invite/")
    assert client.post("/my/users/invite/", {"csrfmiddlewaretoken": old}).status_code == 200
    assert go_to(both) == 302
    answer = client.post("/my/users/invite/", {"csrfmiddlewaretoken": old})
    assert answer.status_code == 403 and "Nothing was saved" in answer.content.decode()


def test_one_place_is_not_asked_for(karin: Membership, anna: Membership, sign_in: SignIn) -> None:
    """REG-45: neither a customer's user with one, nor the partner's people."""
    client = signed_in(karin)
    assert client.get("/")["Location"] == "/my/"
    assert client.get(ASK)["Location"] == "/"
    assert company(client) == "Havsbris Konsult AB"
    assert "Change the company" not in client.get("/my/").content.decode()
    ours = sign_in(anna)
    assert ours.get("/").status_code == 200 and ours.get(ASK)["Location"] == "/"
    assert PLACE_KEY not in ours.session
    assert HostClient("nordlys.localhost").get(ASK)["Location"] == "/accounts/login/?next=/place/"


def test_choice_that_ended_is_not_replaced(
    karin: Membership, both: Membership, anna: Membership
) -> None:
    """REG-45: the person is asked again, even if one place is left."""
    client = signed_in(karin)
    client.post(ASK, {"place": str(karin.pk)})
    end_customer_user(karin, by=anna, at=NOW)
    assert client.get("/my/")["Location"] == "/place/?next=/my/"
    assert client.get(ASK).status_code == 200
    client.post(ASK, {"place": str(both.pk)})
    assert company(client) == "Björkvik Bygg AB"


def test_single_place_is_kept_as_the_choice(
    karin: Membership, bjorkvik: Customer, anna: Membership
) -> None:
    """REG-45: a place that comes later never takes over by itself."""
    client = signed_in(karin)
    assert company(client) == "Havsbris Konsult AB"
    factories.make_customer_user(
        bjorkvik, "karin", Preset.CUSTOMER_USER, email=karin.user.email, at=NOW
    )
    assert company(client) == "Havsbris Konsult AB"
    end_customer_user(karin, by=anna, at=NOW)
    assert client.get("/my/")["Location"].startswith(ASK)


def test_deactivation_ends_sessions_and_reactivation_restores(
    karin: Membership, havsbris: Customer
) -> None:
    """ONB-26: at the next request; sign-in answers like a wrong password; the place stays."""
    client = signed_in(karin)
    assert client.get("/my/").status_code == 200
    deactivate_customer(havsbris, at=NOW)
    assert client.get("/my/")["Location"] == "/accounts/login/?next=/my/"
    again = HostClient("nordlys.localhost")
    email = karin.user.email
    right = again.post(LOGIN, {"login": email, "password": PASSWORD}).content.decode()
    wrong = again.post(LOGIN, {"login": email, "password": WRONG}).content.decode()
    assert 'id="errors"' in right
    assert _bare(right) == _bare(wrong)
    reactivate_customer(havsbris, at=NOW)
    assert company(signed_in(karin)) == "Havsbris Konsult AB"


def _bare(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_deactivation_leaves_the_other_place(
    karin: Membership, both: Membership, havsbris: Customer
) -> None:
    """ONB-26: who has another place signs in there."""
    client = signed_in(karin)
    client.post(ASK, {"place": str(karin.pk)})
    deactivate_customer(havsbris, at=NOW)
    assert client.get("/my/")["Location"].startswith(ASK)
    assert company(signed_in(karin)) == "Björkvik Bygg AB"


def test_place_is_not_valid_at_another_partner(karin: Membership, brueckner: object) -> None:
    """ISO-10: like a wrong password there."""
    client = HostClient("brueckner.localhost")
    answer = client.post(LOGIN, {"login": karin.user.email, "password": PASSWORD})
    assert answer.status_code == 200 and 'id="errors"' in answer.content.decode()


def test_person_and_places_come_in_one_statement(
    karin: Membership, both: Membership, sign_in: SignIn, django_assert_num_queries: Count
) -> None:
    """SPEED-04, G1: session and person, whether or not there are several places."""
    client = sign_in(karin)
    client.get("/people/me/")
    with django_assert_num_queries(2):
        assert client.get("/people/me/").status_code == 200


@pytest.mark.parametrize("page", ["/people/me/", "/notices/", "/accounts/2fa/"])
def test_shared_pages_stand_in_the_own_frame(page: str, karin: Membership, sign_in: SignIn) -> None:
    """REG-26: account, notifications and second factor, without the partner's menu and search."""
    text = sign_in(karin).get(page).content.decode()
    assert 'class="k-branded"' in text and "/my/orders/" in text
    for word in ('role="search"', "data-search", "k-chip", "/customers/", "/quotes/", "/outbox/"):
        assert word not in text, word


def test_account_pages_of_sign_in_work(karin: Membership) -> None:
    """REG-26: password and sessions, in the own frame."""
    client = signed_in(karin)
    for page in ("/accounts/password/change/", "/accounts/sessions/"):
        text = client.get(page).content.decode()
        assert 'class="k-branded"' in text, page
    new = "another long sentence"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", words).status_code == 302
    profile = {"name": "Karin Åberg", "language": "sv"}
    assert client.post("/people/me/", profile).status_code == 302
    assert "Karin Åberg" in client.get("/my/").content.decode()
