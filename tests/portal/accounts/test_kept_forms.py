"""A session that ends while a form is filled: nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from tests.conftest import PASSWORD, HostClient, SignIn

NEW = {
    "name": "Lindholm Möbler AB",
    "number": "20777",
    "type": "normal",
    "billing_email": "faktura@lindholm.example",
    "credit_limit": "1 000",
    "language": "sv",
    "country": "SE",
    "notes": "Rings on Tuesdays & Fridays only <please>",
}


def signed_out(client: HostClient) -> HostClient:
    """The session ends, the browser keeps its other cookies."""
    client.get("/customers/new/")
    del client.cookies[settings.SESSION_COOKIE_NAME]
    return client


def sign_in_again(client: HostClient, person: Membership, answer: Any) -> Any:
    form = {"login": person.user.email, "password": PASSWORD}
    return client.post(answer["Location"], form, follow=True)


def posted_from(page: str, host: str = "nordlys.localhost") -> dict[str, Any]:
    return {"headers": {"referer": f"http://{host}{page}"}}


def test_what_was_typed_is_there_after_sign_in(anna: Membership, sign_in: SignIn) -> None:
    """USE-10: the form as it was filled, and nothing saved."""
    client = signed_out(sign_in(anna))
    answer = client.post("/customers/new/", NEW, **posted_from("/customers/new/"))
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    assert "What you typed is kept" in client.get(answer["Location"]).content.decode()
    back = sign_in_again(client, anna, answer)
    text = back.content.decode()
    assert back.status_code == 200 and back.request["PATH_INFO"] == "/customers/new/"
    assert "This is what you had typed. It is not saved yet." in text
    assert 'value="Lindholm Möbler AB"' in text
    assert "Rings on Tuesdays &amp; Fridays only &lt;please&gt;" in text
    assert not Customer.objects.filter(number="20777").exists()
    assert "Lindholm" not in client.get("/customers/new/").content.decode()
    plan = RatePlan.first()
    assert plan is not None
    assert client.post("/customers/new/", {**NEW, "rate_plan": str(plan.pk)}).status_code == 302
    assert Customer.objects.filter(number="20777").exists()


def test_somebody_else_does_not_see_it(
    anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """USE-10: it belongs to the person who was signed in last in this browser."""
    client = signed_out(sign_in(anna))
    answer = client.post("/customers/new/", NEW, **posted_from("/customers/new/"))
    assert "Lindholm" not in sign_in_again(client, jonas, answer).content.decode()
    assert "Lindholm" not in client.get("/customers/new/").content.decode()


def test_it_is_kept_for_an_hour_and_encrypted(anna: Membership, sign_in: SignIn) -> None:
    """USE-10, D19: a copy of the database shows nothing of it."""
    client = signed_out(sign_in(anna))
    answer = client.post("/customers/new/", NEW, **posted_from("/customers/new/"))
    stored = client.session["kept_form"]
    assert stored["path"] == "/customers/new/" and "Lindholm" not in str(stored)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert "Lindholm" not in sign_in_again(client, anna, answer).content.decode()


def test_what_nobody_was_signed_in_for_is_not_kept(anna: Membership) -> None:
    """USE-10: without a person there is nobody to show it to, and that is said."""
    client = HostClient("nordlys.localhost")
    answer = client.post("/customers/new/", NEW, **posted_from("/customers/new/"))
    assert "nothing was saved" in client.get(answer["Location"]).content.decode()
    assert "Lindholm" not in sign_in_again(client, anna, answer).content.decode()


@pytest.mark.parametrize("origin", ["/customers/", "https://elsewhere.example/customers/"])
def test_a_button_leads_back_to_its_page(
    origin: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-10: what has nothing to fill in is not done later; a foreign page leads nowhere."""
    client = signed_out(sign_in(anna))
    referer = {"headers": {"referer": origin}} if "//" in origin else posted_from(origin)
    answer = client.post("/switch/", {"customer": str(havsbris.pk)}, **referer)
    where = "/customers/" if origin == "/customers/" else "/switch/"
    assert answer["Location"] == f"/accounts/login/?next={where}"
    assert "active_customer" not in client.session


def test_a_kept_form_notices_what_others_saved(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-10, REG-35: the version is that of the form, not of today."""
    client = sign_in(anna)
    address = f"/customers/{havsbris.pk}/edit/"
    page = client.get(address).content.decode()
    version = page.split('name="version" value="')[1].split('"')[0]
    del client.cookies[settings.SESSION_COOKIE_NAME]
    answer = client.post(address, {**NEW, "version": version}, **posted_from(address))
    Customer.objects.filter(pk=havsbris.pk).update(version=int(version) + 1)
    back = sign_in_again(client, anna, answer).content.decode()
    assert f'name="version" value="{version}"' in back
    assert client.post(address, {**NEW, "version": version}).status_code == 409
