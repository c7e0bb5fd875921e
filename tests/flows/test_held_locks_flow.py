"""AVAIL-04: a row that somebody else holds, and what the person sees who wants to save it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import unescape
from typing import Any

from orders.models import Order
from portal.accounts.models import Membership
from portal.tenancy.connection import connection
from tests import factories
from tests.conftest import NOW
from tests.isolation.physical import own_connection

Live = Callable[..., Membership]


def hidden_of(text: str) -> dict[str, str]:
    """Return the fields that the page's button sends."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
    return {name: unescape(value) for name, value in found}


def test_a_held_lock_is_said_and_what_was_typed_is_sent_again(
    live: Live, sign_in_live: Callable[[Membership], Any]
) -> None:
    """AVAIL-01, AVAIL-04: within the limit, with what was typed, and one button saves it later."""
    boss = live("heldlock")
    customer = factories.make_customer("Lås AB", "10600", at=NOW)
    order = factories.make_draft(customer, by=boss, at=NOW)
    client = sign_in_live(boss)
    address = f"/orders/{order.pk}/review/"
    form = re.search(r'name="form_token" value="([^"]+)"', client.get(address).content.decode())
    assert form is not None
    data = {
        "form_token": form[1],
        "reference": "Plan B <b>& Co</b>",
        "start_date": str(order.start_date),
        "po_number": "",
        "contact": "",
        "then": "draft",
        "password": "never shown 1",
    }
    with own_connection() as other, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 300")
        other.set_tenant(boss.partner)
        with other.cursor() as holder:
            holder.execute("BEGIN")
            holder.execute("SELECT 1 FROM orders_order WHERE id = %s FOR UPDATE", [order.pk])
        started = time.monotonic()
        refused = client.post(address, data)
        waited = time.monotonic() - started
        # A connection that was given up would have no such limit, and wait without an end.
        assert (refused.status_code, refused["Retry-After"]) == (503, "5") and waited < 3
        secretless = client.post(address, {**data, "password": ""})
        with other.cursor() as holder:
            holder.execute("ROLLBACK")
    text = refused.content.decode()
    said = "Somebody else is saving this just now. Nothing was saved. What you typed is here."
    assert said in text and "Plan B &lt;b&gt;&amp; Co&lt;/b&gt;" in text
    assert "never shown" not in text and not hidden_of(text)
    assert Order.objects.get(pk=order.pk).reference == order.reference

    again = hidden_of(secretless.content.decode())
    assert again["reference"] == data["reference"] and again["form_token"] == form[1]
    assert client.post(address, again).status_code == 302
    assert Order.objects.get(pk=order.pk).reference == data["reference"]
    connection.close()
