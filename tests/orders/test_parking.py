"""Drafts that are parked, and what is still missing before they can be placed (ORD-60)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from orders.services.checks import DetailsMissing
from orders.services.drafts import start_draft
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.orders.test_wizard import form_token_of


def test_a_draft_is_parked_above_the_limit_and_without_details(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-60: "Save as draft" demands nothing; only placing does, and says what is missing."""
    Customer.objects.filter(pk=havsbris.pk).update(credit_limit=100)
    client = sign_in(anna)
    order = start_draft(customer=havsbris, family="meeting", by=anna, at=NOW)
    url = f"/orders/{order.pk}/products/"
    hosts = f"q_{factories.product('MTG-HOST').pk}"

    def post(who: HostClient, then: str = "", **fields: str) -> Any:
        token = form_token_of(who, url)
        return who.post(url, {"form_token": token, "then": then, **fields})

    refused = post(client, **{hosts: "2", "hosts": "a@b.example"}).content.decode()
    assert "Each host licence needs the address of its host: 1 entered, 2 ordered." in refused
    parked = post(client, "draft", **{hosts: "2", "hosts": "a@b.example"})
    assert parked.status_code == 302 and parked["Location"] == f"/orders/{order.pk}/"
    order.refresh_from_db()
    assert order.details == {"hosts": ["a@b.example"], "rooms": []} and order.exposure > 100
    page = client.get(f"/orders/{order.pk}/").content.decode()
    assert "Before this order can be placed:" in page
    assert "Each host licence needs the address of its host: 1 entered, 2 ordered." in page
    assert "is missing." in page
    both = {hosts: "2", "hosts": "a@b.example\nc@b.example"}
    over = post(client, **both).content.decode()
    missing = order.exposure - 100
    assert f"available 100.00 of 100.00. {missing:,.2f} is missing." in over
    raise_it = f'href="/customers/{havsbris.pk}/edit/#id_credit_limit"'
    assert raise_it in over and raise_it not in post(sign_in(jonas), **both).content.decode()
    assert post(client, "draft", **{hosts: "", "hosts": ""}).status_code == 302
    assert not order.lines.exists()
    wrong = post(client, "draft", **{hosts: "2", "hosts": "nonsense"}).content.decode()
    assert "is not an e-mail address." in wrong and "nonsense" in wrong


def test_a_parked_order_is_placed_only_when_it_is_whole(
    anna: Membership, havsbris: Customer
) -> None:
    """ORD-60: the service refuses each family's gaps, whatever the form let pass."""
    draft = factories.make_draft(havsbris, by=anna, at=NOW, family="meeting", details={})
    with pytest.raises(DetailsMissing, match="address of its host: 0 entered, 1 ordered"):
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW, family="trunk", details={})
    with pytest.raises(DetailsMissing, match="Emergency calls need the address"):
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    users = [{"name": "Eva", "email": "eva@a.example", "seat": "FLX-PRO"}]
    draft = factories.make_draft(havsbris, by=anna, at=NOW, details={"users": users})
    with pytest.raises(DetailsMissing, match="Name one user for each seat: 1 named, 2 ordered"):
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
