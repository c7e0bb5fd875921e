"""Telling the customer's contacts of an order, and how it goes on (ORD-52)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from customers.models import Contact
from orders import emails
from orders.emails import news_words as news
from orders.goods import lines_of
from orders.models import Order, OrderLine


def told_content(order: Order, lines: Sequence[OrderLine]) -> str:
    """Return a mark of what the customer reads of an order: the same for the same content."""
    rows = sorted((str(line.product_id), str(line.service_id), line.quantity) for line in lines)
    said: list[object] = [rows, str(order.start_date), order.reference, order.po_number]
    if order.goods_address:
        said.append(lines_of(order.goods_address))
    return sha256(json.dumps(said).encode()).hexdigest()[:32]


def told_contacts(order: Order) -> list[Contact]:
    """Return the contacts that were told of the order and can still be written to."""
    return contacts_told([order])[order.pk]


def contacts_told(orders: Sequence[Order]) -> dict[UUID, list[Contact]]:
    """Return for each order the contacts that `told_contacts` does, with one statement for all."""
    wanted = {key for order in orders for key in order.told}
    found: dict[tuple[str, UUID], Contact] = {}
    if wanted:
        present = Contact.objects.filter(
            pk__in=wanted, erased_at__isnull=True, left_at__isnull=True
        )
        for each in present.exclude(email="").order_by("pk"):
            found[str(each.pk), each.customer_id] = each
    return {
        order.pk: [
            contact
            for (key, customer), contact in found.items()
            if key in order.told and customer == order.customer_id
        ]
        for order in orders
    }


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


# The acts of channel sales of which the customer's contacts are told as well.
TOLD_ACTS = frozenset({"reject", "return", "deliver", "complete", "cancel_accepted"})


def addresses_of(order: Order, act: str, contacts: Sequence[Contact] | None = None) -> list[str]:
    """Return who gets an e-mail of an act of channel sales: the partner's, then the customer's.

    ``contacts`` are those told of the order, where they are known already.
    """
    told = emails.told_of(order)
    if act not in TOLD_ACTS:
        return told
    customers = told_contacts(order) if contacts is None else contacts
    return [*told, *(contact.email for contact in customers)]


def tell_customer(order: Order, what: str, *, key: str, lines: Sequence[OrderLine] = ()) -> None:
    """Tell whoever of the customer was told of an order what became of it."""
    for contact in told_contacts(order):
        emails.customer_news(order, what, to=contact, lines=lines, key=key)
