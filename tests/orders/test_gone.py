"""A draft that is none any more while somebody fills in its form (ORD-36)."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pytest

from customers.models import Customer
from orders.models import Order
from orders.services.cancelling import cancel
from orders.services.drafts import OrderGone, save_details
from orders.services.moving import delete_draft, move_draft
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from portal.core.actor import acting
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.orders.test_stale import flex, hidden, products_of
from tests.orders.test_wizard import details, form_token_of, order_of, start_url, to_review

TYPED = "Product FLX-PRO: 3"
NAMES = ("Eva", "Bo", "Cy")


def page(answer: Any) -> str:
    return html.unescape(" ".join(answer.content.decode().split()))


def filled(client: HostClient, products: str, quantity: int = 3) -> dict[str, Any]:
    """Return step 2 as somebody has it open and filled in."""
    return {**flex(quantity, *NAMES), "form_token": form_token_of(client, products)}


def test_a_deleted_draft_says_so_and_shows_what_was_typed(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-36: what happened, by whom, what was typed, and a new draft of it."""
    client = sign_in(anna)
    products = products_of(to_review(client, "flex", havsbris))
    order, data = order_of(products), filled(client, products)
    with acting(jonas.user):
        delete_draft(order.pk)

    answer = client.post(products, data)
    shown = page(answer)
    assert answer.status_code == 409
    assert f"Draft {order.number} for {havsbris.label} was deleted" in shown
    assert f"· {jonas.user.name}" in shown and "Draft deleted." in shown
    assert TYPED in shown and "User 1: Eva, eva@a.example" in shown

    again = {name: hidden(answer.content.decode(), name) for name in ("order_id", "typed")}
    started = client.post(start_url("flex"), {"customer": str(havsbris.pk), **again})
    draft = Order.objects.get(pk=again["order_id"])
    assert (draft.customer, draft.lines.count()) == (havsbris, 0)
    kept = client.get(started["Location"]).content.decode()
    assert 'value="3"' in kept and 'value="Eva"' in kept
    saved = client.post(
        started["Location"], {**flex(3, *NAMES), "form_token": hidden(kept, "form_token")}
    )
    assert saved.status_code == 302, page(saved)


def test_a_moved_draft_leads_to_the_one_in_its_place(
    anna: Membership, jonas: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """ORD-36: and offers no second draft."""
    client = sign_in(anna)
    products = products_of(to_review(client, "flex", havsbris))
    order, data = order_of(products), filled(client, products)
    with acting(jonas.user):
        moved, _dropped = move_draft(order.pk, bjorkvik, version=order.version, by=jonas, at=NOW)
    answer = client.post(products, data)
    shown = page(answer)
    assert answer.status_code == 409
    assert f"Draft {order.number} was moved to {bjorkvik.label}" in shown
    assert f'href="/orders/{moved.pk}/"' in shown and TYPED in shown
    assert 'name="typed"' not in shown


def test_an_order_placed_meanwhile_shows_what_was_typed(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-36: in step 2 and step 3; reading the page leads to the order, as before."""
    client = sign_in(anna)
    review = to_review(client, "flex", havsbris)
    products, order = products_of(review), order_of(review)
    data = filled(client, products)
    last = {**details(client, review), "reference": "Etage 4", "po_number": "P-77"}
    with acting(jonas.user):
        submit_order(order.pk, version=order.version, by=jonas, at=NOW, details=_details(order))
    for url, posted, typed in (
        (products, data, TYPED),
        (review, last, "Purchase order number: P-77"),
        (review, {**last, "then": "draft"}, "Reference: Etage 4"),
    ):
        answer = client.post(url, posted)
        shown = page(answer)
        assert answer.status_code == 409
        assert f"Order {order.number} for {havsbris.label} is no draft any more" in shown
        assert "Order placed." in shown and f"· {jonas.user.name}" in shown
        assert typed in shown and f'href="/orders/{order.pk}/"' in shown
        assert 'name="typed"' not in shown
        assert client.get(url)["Location"] == f"/orders/{order.pk}/"


def _details(order: Order) -> dict[str, Any]:
    return {"reference": "", "po_number": "", "start_date": date(2027, 3, 1), "contact": None}


def test_a_cancelled_order_can_be_started_anew(
    anna: Membership, jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-36: nothing of it is delivered."""
    client = sign_in(anna)
    products = products_of(to_review(client, "flex", havsbris))
    order, data = order_of(products), filled(client, products)
    submit_order(order.pk, version=order.version, by=jonas, at=NOW, details=_details(order))
    order.refresh_from_db()
    cancel(order, reason=Order.CancelReason.OTHER, text="no", at=NOW, transition="cancel")
    shown = page(client.post(products, data))
    assert 'name="typed"' in shown and "Order cancelled." in shown


def test_who_never_saw_the_draft_gets_404(
    anna: Membership,
    mikael: Membership,
    lena: Membership,
    havsbris: Customer,
    sign_in: SignIn,
) -> None:
    """ORD-36, ANS-01: with a stolen token, too; and without a token for anybody."""
    client = sign_in(anna)
    products = products_of(to_review(client, "flex", havsbris))
    data = filled(client, products)
    delete_draft(order_of(products).pk)
    assert client.post(products, {**data, "form_token": ""}).status_code == 404
    assert client.get(products).status_code == 404
    mikael.role.rights = [*mikael.role.rights, "add_order", "view_order"]
    mikael.role.save()
    assert sign_in(mikael).post(products, data).status_code == 404
    assert sign_in(lena).post(products, data).status_code == 404


def test_what_is_saved_in_a_deleted_draft_is_refused(anna: Membership, havsbris: Customer) -> None:
    """ORD-36: if it was deleted between loading and locking it."""
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    delete_draft(order.pk)
    for again in (
        lambda: delete_draft(order.pk),
        lambda: save_details(order.pk, version=order.version, at=NOW, **_details(order)),
    ):
        with pytest.raises(OrderGone, match="This draft was deleted meanwhile"):
            again()
