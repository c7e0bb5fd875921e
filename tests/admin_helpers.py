"""What the tests of channel sales' admin share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from orders.services.fulfilment import (
    accept_order,
    complete_order,
    fail_order,
    provision_order,
)
from portal.accounts.models import User
from portal.accounts.services import add_staff
from portal.outbox.models import OutboundEmail
from portal.tenancy.connection import connection
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from tests.conftest import NOW

LATER = NOW + timedelta(hours=3)


def member_of_staff(*groups: str, email: str = "ingrid@kontor.example") -> User:
    """Return a member of channel sales with these groups."""
    with in_public():
        return add_staff(email=email, name="Ingrid Solheim", language="en", groups=groups)


def order_url(order: Order, rest: str = "change/", slug: str = "nordlys") -> str:
    """Return the address of an order in a partner's admin."""
    return f"/admin/p/{slug}/orders/order/{order.pk}/{rest}"


def customer_url(customer: Any, rest: str = "change/", slug: str = "nordlys") -> str:
    """Return the address of a customer in a partner's admin."""
    return f"/admin/p/{slug}/customers/customer/{customer.pk}/{rest}"


def text(response: Any) -> str:
    """Return the page as text."""
    return str(response.content.decode())


def bring_to(order: Order, state: str) -> Order:
    """Take a submitted order to ``state`` by channel sales' actions."""
    steps: dict[str, list[Callable[..., Order]]] = {
        "submitted": [],
        "accepted": [accept_order],
        "provisioning": [accept_order, provision_order],
        "failed": [accept_order, provision_order, _fail],
        "completed": [accept_order, provision_order, _complete],
    }
    for step in steps[state]:
        step(order.pk, at=NOW + timedelta(minutes=5))
    order.refresh_from_db()
    assert order.state == state
    return order


def _fail(order_id: Any, *, at: Any) -> Order:
    return fail_order(order_id, reason="No power", at=at)


def _complete(order_id: Any, *, at: Any) -> Order:
    return complete_order(
        order_id, delivered_on=at.date(), vendor_reference="K-1", deliveries={}, at=at
    )


def mails_to(partner: Partner, address: str) -> int:
    """Return how many e-mails of the partner to this address there are."""
    return OutboundEmail.objects.for_partner(partner).filter(to_address=address).count()


def statements(client: Client, url: str) -> int:
    """Return how many queries a page takes, without those that set the schema."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return sum(1 for query in seen if not query["sql"].startswith("SET "))
