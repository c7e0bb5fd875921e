"""Telling the customer's contacts of an order, and how it goes on (ORD-52)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from customers.models import Contact
from orders import emails
from orders.emails import news_words as news
from orders.models import Order, OrderLine


def told_content(order: Order, lines: Sequence[OrderLine]) -> str:
    """Return a mark of what the customer reads of an order: the same for the same content."""
    rows = sorted((str(line.product_id), str(line.service_id), line.quantity) for line in lines)
    said = [rows, str(order.start_date), order.reference, order.po_number]
    return sha256(json.dumps(said).encode()).hexdigest()[:32]


def told_contacts(order: Order) -> list[Contact]:
    """Return the contacts that were told of the order and can still be written to."""
    found = Contact.objects.filter(pk__in=list(order.told), customer=order.customer_id)
    return list(found.filter(erased_at__isnull=True).exclude(email="").order_by("pk"))


def tell_of_placing(order: Order, lines: Sequence[OrderLine], *, key: str) -> None:
    """Tell the receivers of a placed order (ORD-62), and whoever was told of it before what is new.

    What was placed once more without a change is not announced as new. The caller holds the lock.
    """
    content = told_content(order, lines)
    for contact in told_contacts(order):
        what = news.RESUMED if order.told[str(contact.pk)] == content else news.CHANGED
        emails.customer_news(order, what, to=contact, lines=lines, key=key)
    told = dict.fromkeys(order.told, content)
    for contact in order.receivers():
        if str(contact.pk) not in told:
            emails.placed_customer(order, lines, contact=contact, key=key)
            told[str(contact.pk)] = content
    if told != order.told:
        order.told = told
        order.save(update_fields=["told"])


def tell_customer(order: Order, what: str, *, key: str, lines: Sequence[OrderLine] = ()) -> None:
    """Tell whoever of the customer was told of an order what became of it."""
    for contact in told_contacts(order):
        emails.customer_news(order, what, to=contact, lines=lines, key=key)
