"""What was typed into the customer's box and not chosen is asked about (ORD-30)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.form_tokens import form_token
from quotes.models import Quote
from tests import factories
from tests.conftest import NOW, SignIn

ORDER, QUOTE = "/orders/new/flex/", "/quotes/new/"


def asked_of(text: str) -> str:
    return f"You typed “{text}” and chose nothing."


def details(url: str) -> dict[str, str]:
    return {"title": "Telephony", "valid_until": "2026-12-20"} if url == QUOTE else {}


@pytest.mark.parametrize("url", [ORDER, QUOTE])
def test_typed_text_is_asked_about_whatever_was_filled_in(
    url: str, anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-30: for a customer that is filled in, and for none."""
    client = sign_in(anna)
    own = Customer.objects.own_company().get()
    for filled in (str(bjorkvik.pk), str(own.pk), ""):
        data: dict[str, Any] = {"customer": filled, "own": "on", "customer_search": "havsbr"}
        page = client.post(url, data | details(url)).content.decode()
        assert asked_of("havsbr") in page
        assert f'type="radio" name="customer" value="{havsbris.pk}"' in page
        assert "not cleared" not in page and "so we put in your own company" not in page
    assert not Order.objects.exists() and not Quote.objects.exists()


@pytest.mark.parametrize("url", [ORDER, QUOTE])
def test_the_chosen_match_is_taken(
    url: str, anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-30: the radio button answers what was typed; other text since is asked about again."""
    client = sign_in(anna)
    choice = {"customer": [str(bjorkvik.pk), str(havsbris.pk)], "customer_searched": "havsbr"}
    again = client.post(url, choice | {"customer_search": "fjell"} | details(url))
    assert asked_of("fjell") in again.content.decode()
    answer = client.post(url, choice | {"customer_search": " havsbr "} | details(url))
    assert answer.status_code == 302
    made: Any = Quote if url == QUOTE else Order
    assert made.objects.get().customer_id == havsbris.pk


def test_too_little_to_search_for_is_said(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-30, ORD-19."""
    page = sign_in(anna).post(ORDER, {"customer": "", "customer_search": "ha"}).content.decode()
    assert asked_of("ha") in page and "Type at least three characters." in page


def test_a_draft_keeps_its_customer_until_the_question_is_answered(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-30, D2."""
    draft = factories.make_draft(bjorkvik, by=anna, at=NOW)
    data = {"customer": str(bjorkvik.pk), "customer_search": "havsbr"}
    data["form_token"] = form_token(draft)
    page = sign_in(anna).post(f"/orders/{draft.pk}/customer/", data).content.decode()
    assert asked_of("havsbr") in page and "changed in another window" not in page
    assert Order.objects.get().customer_id == bjorkvik.pk


def test_only_who_is_not_cleared_is_said_to_be_so(
    anna: Membership, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-13: trunks need the clearance, seats do not."""
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(bjorkvik.pk)})
    assert "not registered for SIP" in client.get("/orders/new/trunk/").content.decode()
    for address in (ORDER, f"{ORDER}?customer=00000000-0000-4000-8000-00000000dead"):
        assert "not registered" not in client.get(address).content.decode()
