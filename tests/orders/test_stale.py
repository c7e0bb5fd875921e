"""Drafts that were saved meanwhile: mine and theirs in every step (ORD-32)."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from customers.models import Customer
from orders.models import Order
from orders.services.drafts import start_draft
from orders.services.service_lines import save_service_lines
from portal.accounts.models import Membership
from portal.history.models import Entry
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.orders.test_fulfilment import running
from tests.orders.test_wizard import (
    details,
    form_token_of,
    order_of,
    product_data,
    start_url,
    to_review,
)


def differing(page: str) -> dict[str, tuple[str, str]]:
    """Return mine and theirs by label; fail if the page shows no comparison."""
    body = re.search(r'aria-labelledby="t-diff".*?</section>', page, re.S)
    assert body is not None
    rows = re.findall(r"<tr>\s*<th scope=.row.>(.*?)</th>(.*?)</tr>", body.group(), re.S)
    found = {}
    for label, cells in rows:
        mine, theirs = (
            html.unescape(re.sub(r"<br>\s*", "|", cell)).strip()
            for cell in re.findall(r"<span>(.*?)</span>", cells, re.S)
        )
        found[label] = (mine, theirs)
    return found


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page, re.S)
    assert found is not None
    return html.unescape(found.group(1))


def read(page: str) -> dict[str, str]:
    """Return the fields that say what the person reads."""
    return {name: hidden(page, name) for name in ("seen", "seen_delivery")}


def text_of(page: str) -> str:
    return " ".join(page.split())


def products_of(review: str) -> str:
    return review.replace("review", "products")


def flex(quantity: int, *users: str) -> dict[str, Any]:
    """Return a posted step 2 of Flex."""
    data: dict[str, Any] = {
        f"q_{factories.product('FLX-PRO').pk}": str(quantity),
        "users-TOTAL_FORMS": str(len(users)),
        "users-INITIAL_FORMS": "0",
    }
    for number, name in enumerate(users):
        data |= {
            f"users-{number}-name": name,
            f"users-{number}-email": f"{name.lower()}@a.example",
            f"users-{number}-seat": "FLX-PRO",
        }
    return data


def save(client: HostClient, url: str, data: dict[str, Any]) -> None:
    """Save a step with a fresh token, as another window does."""
    answer = client.post(url, {**data, "form_token": form_token_of(client, url)})
    assert answer.status_code == 302, answer.content.decode()


def test_second_step_shows_mine_and_theirs(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-32, SAFE-06, REG-35: quantities and users; then the person chooses."""
    mine, theirs = sign_in(anna), sign_in(jonas)
    products = products_of(to_review(mine, "flex", havsbris))
    token = form_token_of(mine, products)
    save(theirs, products, flex(1, "Theo"))

    answer = mine.post(products, {**flex(2, "Eva", "Bo"), "form_token": token})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"{jonas.user.name} changed this 1 minute ago. Review the differences." in page
    assert differing(page) == {
        "Products": ("2 × Product FLX-PRO", "1 × Product FLX-PRO"),
        "Users": ("Eva, eva@a.example|Bo, bo@a.example", "Theo, theo@a.example"),
    }
    assert 'value="Eva"' in page
    assert order_of(products).details["users"][0]["name"] == "Theo"

    again = {**flex(2, "Eva", "Bo"), "form_token": hidden(page, "form_token")}
    assert mine.post(products, again).status_code == 302
    assert order_of(products).lines.get().quantity == 2


def test_errors_do_not_hide_that_it_was_changed(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-32: a form that came back with an error keeps the version it was made for."""
    client = sign_in(anna)
    products = products_of(to_review(client, "flex", havsbris))
    token = form_token_of(client, products)
    save(client, products, flex(1))
    for step in ({"then": "rows"}, {"then": "paste"}, {"users-0-email": "x"}):
        data = {**flex(3, "Eva"), **step, "form_token": token}
        page = client.post(products, data).content.decode()
        token = hidden(page, "form_token")
    assert client.post(products, {**flex(3), "form_token": token}).status_code == 409
    assert order_of(products).lines.get().quantity == 1


def test_third_step_shows_what_was_read_and_what_is_ordered_now(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-32: products that somebody changed are not placed unread."""
    mine, theirs = sign_in(anna), sign_in(jonas)
    review = to_review(mine, "flex", havsbris)
    page = mine.get(review).content.decode()
    data = {**details(mine, review), **read(page)}
    save(theirs, products_of(review), flex(7))
    save(theirs, review, {**details(theirs, review), "reference": "Theirs", "then": "draft"})

    answer = mine.post(review, data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert differing(page) == {"Reference": ("Office move", "Theirs")}
    assert "Products you read: 2 × Product FLX-PRO. Now: 7 × Product FLX-PRO." in text_of(page)
    assert "What the delivery needs was changed." not in page
    assert order_of(review).state == "draft"

    data |= {"form_token": hidden(page, "form_token"), **read(page)}
    assert mine.post(review, data).status_code == 302
    placed = order_of(review)
    assert (placed.state, placed.reference, placed.lines.get().quantity) == (
        "submitted",
        "Office move",
        7,
    )


def test_first_step_shows_what_is_moved(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-32: the customer that was chosen, and the products that changed."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    step = review.replace("review", "customer")
    page = client.get(step).content.decode()
    data = {
        "customer": str(bjorkvik.pk),
        "form_token": hidden(page, "form_token"),
        **read(page),
    }
    save(client, products_of(review), flex(7))
    answer = client.post(step, data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert differing(page) == {
        "Customer": ("Björkvik Bygg AB, 10017", "Havsbris Konsult AB, 10042")
    }
    assert "Products you read: 2 × Product FLX-PRO. Now: 7 × Product FLX-PRO." in text_of(page)
    assert order_of(review).customer == havsbris
    data |= {"form_token": hidden(page, "form_token")}
    assert client.post(step, data).status_code == 302
    assert Order.objects.get().customer == bjorkvik


@pytest.mark.parametrize("kind", ["change", "terminate"])
def test_services_step_shows_both_totals(
    kind: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-32: a change of what runs."""
    client = sign_in(anna)
    service = running(havsbris, anna)
    order = start_draft(customer=havsbris, family="flex", by=anna, at=NOW, kind=kind)
    url = f"/orders/{order.pk}/products/"
    token = form_token_of(client, url)
    total = 5 if kind == "change" else 0
    save_service_lines(order.pk, version=1, totals={service.pk: total}, at=NOW)
    mine = {"change": "9", "terminate": ""}[kind]
    answer = client.post(url, {f"s_{service.pk}": mine, "form_token": token})
    if kind == "terminate":
        # Nothing ticked is refused before anything is compared.
        assert answer.status_code == 409
    assert differing(answer.content.decode()) == {
        service.product_name: ("9", "5") if kind == "change" else ("–", "ends")
    }


def test_nothing_that_differs_is_said(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-32: another step was changed."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    token = form_token_of(client, products_of(review))
    save(client, review, {**details(client, review), "then": "draft"})
    data = {**product_data("flex"), "form_token": token}
    answer = client.post(products_of(review), data)
    assert answer.status_code == 409
    assert differing(answer.content.decode()) == {}
    assert "what was saved there is what you have" in answer.content.decode()


def test_the_log_says_who_changed_what(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-32: one entry for a save that changed something, none for one that did not."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    save(client, products_of(review), flex(2))
    save(client, products_of(review), flex(3, "Eva", "Bo", "Cilla"))
    save(client, review, {**details(client, review), "then": "draft"})
    parts = [
        entry.additional_data["parts"]
        for entry in Entry.objects.filter(verb="order_draft_changed").order_by("id")
    ]
    assert parts == [
        ["products"],
        ["products", "delivery"],
        ["reference", "po_number", "start_date"],
    ]
    page = client.get(review.replace("review/", "")).content.decode()
    assert "Draft changed: reference, purchase order number, start date." in page


def test_start_is_no_draft_yet(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """The first step of a new order has nothing to compare with."""
    page = sign_in(anna).get(start_url("flex")).content.decode()
    assert "t-diff" not in page and 'name="seen"' not in page
