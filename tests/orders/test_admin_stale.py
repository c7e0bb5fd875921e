"""An act of channel sales on an order that changed since its page was opened (CHAN-12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from orders.models import Order
from orders.seen import Seen, changes_since, seen_of
from orders.services.drafts import save_details, save_products
from orders.services.fulfilment import accept_order, return_order
from orders.services.locking import OrderMoved
from orders.services.placing import submit_order
from orders.services.recreating import cancel_order
from portal.accounts.models import Membership, User
from tests.admin_helpers import LATER, bring_to, order_url, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_order, product


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


@pytest.fixture
def order(havsbris: Customer, jonas: Membership) -> Order:
    """A Flex order that Jonas placed for Havsbris."""
    return make_order(havsbris, by=jonas, at=NOW)


def page_seen(client: HostClient, order: Order, action: str) -> str:
    """Return what the hidden field of an act's page holds."""
    form = client.get(order_url(order, f"do/{action}/")).context["form"]
    return str(form["seen"].value())


def replace(order: Order, quantities: dict[str, int], start: date, *, by: Membership) -> Order:
    """Return the order to the partner, who changes it and places it again."""
    at = NOW + timedelta(hours=1)
    draft = return_order(order.pk, reason="Which floor?", at=at)
    draft = save_products(
        draft.pk,
        version=draft.version,
        quantities={product(sku).pk: n for sku, n in quantities.items()},
        details={},
        site=None,
        at=at,
    )
    draft = save_details(
        draft.pk,
        version=draft.version,
        at=at,
        reference="Second floor",
        po_number="HB-1",
        start_date=start,
        contact=None,
    )
    return submit_order(draft.pk, version=draft.version, by=by, at=at)


def test_an_act_for_a_changed_order_is_refused_and_names_the_changes(
    client: HostClient, order: Order, jonas: Membership
) -> None:
    """CHAN-12: the page is the order's as it is now, with each change; nothing happened."""
    seen = page_seen(client, order, "accept")
    replace(order, {"FLX-PRO": 50, "FLX-D30": 1}, date(2026, 12, 9), by=jonas)

    response = client.post(order_url(order, "do/accept/"), {"seen": seen})

    assert response.status_code == 409
    assert response.context["changes"] == [
        "Product FLX-PRO: quantity 2 → 50",
        "Added: Product FLX-D30 × 1",
        "Start date: 7 Dec 2026 → 9 Dec 2026",
        "Reference: Office move → Second floor",
        # The devices are sent somewhere.
        "What the delivery needs was changed.",
    ]
    page = text(response)
    assert "Changed since you opened the page" in page
    assert "changed this" in page
    order.refresh_from_db()
    assert order.state == "submitted"
    # From the page as it is now, it goes through.
    again = client.post(
        order_url(order, "do/accept/"), {"seen": page_seen(client, order, "accept")}
    )
    assert again.status_code == 302


@pytest.mark.parametrize("seen", ["", "forged", "WzEse31d:1abc:xyz"])
def test_an_act_without_the_version_is_refused(seen: str, client: HostClient, order: Order) -> None:
    """CHAN-12: a request that was not sent from a page of ours decides nothing."""
    response = client.post(order_url(order, "do/accept/"), {"seen": seen})
    assert response.status_code == 409
    order.refresh_from_db()
    assert order.state == "submitted"


def test_what_was_typed_stands_on_the_page_of_the_refusal(
    client: HostClient, order: Order, jonas: Membership
) -> None:
    """CHAN-12."""
    seen = page_seen(client, order, "reject")
    replace(order, {"FLX-PRO": 3}, date(2026, 12, 7), by=jonas)
    data = {"seen": seen, "reason": "The street has no fibre yet."}
    response = client.post(order_url(order, "do/reject/"), data)
    assert response.status_code == 409
    assert response.context["typed"] == [("Reason", "The street has no fibre yet.")]
    assert "The street has no fibre yet." in text(response)


def test_a_cancelled_order_says_so_with_its_old_state(client: HostClient, order: Order) -> None:
    """CHAN-12."""
    seen = page_seen(client, order, "accept")
    cancel_order(order.pk, reason="not_needed", text="", at=NOW + timedelta(hours=1))
    response = client.post(order_url(order, "do/accept/"), {"seen": seen})
    assert response.status_code == 409
    assert "This order is cancelled and cannot be accepted." in text(response)
    assert response.context["changes"] == ["State: Submitted → Cancelled"]


def test_a_form_that_is_sent_again_with_an_error_keeps_its_version(
    client: HostClient, order: Order, jonas: Membership
) -> None:
    """CHAN-12: the second attempt is still for what was seen at first."""
    seen = page_seen(client, order, "reject")
    replace(order, {"FLX-PRO": 3}, date(2026, 12, 7), by=jonas)
    response = client.post(order_url(order, "do/reject/"), {"seen": seen, "reason": ""})
    assert response.status_code == 200
    assert response.context["form"]["seen"].value() == seen


def test_the_service_refuses_without_any_page(order: Order, jonas: Membership) -> None:
    """CHAN-12."""
    seen = seen_of(order)
    moved = replace(order, {"FLX-D30": 2}, date(2026, 12, 7), by=jonas)
    with pytest.raises(OrderMoved) as refused:
        accept_order(order.pk, seen=seen, at=LATER)
    assert refused.value.changes == [
        "Left out: Product FLX-PRO × 2",
        "Added: Product FLX-D30 × 2",
        "Reference: Office move → Second floor",
        # The devices are sent somewhere.
        "What the delivery needs was changed.",
    ]
    assert changes_since(seen_of(moved), moved) == []
    assert changes_since(Seen(), moved) == []


def test_every_act_has_the_version_in_its_form(client: HostClient, order: Order) -> None:
    """CHAN-12."""
    for act in ("accept", "return", "reject"):
        assert Seen.unsealed(page_seen(client, order, act)) == seen_of(order), act
    bring_to(order, "accepted")
    for act in ("provision", "cancel_accepted"):
        assert Seen.unsealed(page_seen(client, order, act)) == seen_of(order), act
