"""The e-mails that tell the customer how an order goes on that it was told of (ORD-52).

They are in words for the customer: no reason, price or reference of the vendor (REG-46).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import override

from customers.models import Contact
from orders.emails.news_words import CHANGED, COMPLETED, DELIVERED, MISTAKEN, news_words
from orders.emails.parts import goods_row, summary_of
from orders.emails.tables import delivered_table, ordered_table
from orders.models import Order, OrderLine
from portal.core.formats import day
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner


def customer_news(
    order: Order, what: str, *, to: Contact, lines: Sequence[OrderLine], key: str
) -> None:
    """Tell a contact of the customer what became of an order that they were told of.

    ``lines`` are those that the news is about: what is ordered now, or what was delivered.
    """
    partner, language = require_partner(), order.customer.language
    mistaken = what == MISTAKEN
    with override(language):
        subject, text = news_words(order, what)
        details = {
            "number": order.number,
            "name": order.customer.name,
            "customer": order.customer.label,
            "partner": partner.name,
            "day": day(order.completed_on),
        }
        table = None
        if what == CHANGED:
            table = ordered_table(order, lines, prices=False)
        elif what in (DELIVERED, COMPLETED):
            table = delivered_table(order, lines)
        queue_email(
            to=to.email,
            template="orders/email/customer_news",
            context={
                "order": order,
                "customer": order.customer,
                "partner": partner,
                "name": to.full_name,
                "headline": subject % details,
                "intro": text % details,
                "summary": [
                    *summary_of(order, whole=not mistaken, references=not mistaken),
                    *(goods_row(order) if table else []),
                ],
                "lines": table,
            },
            language=language,
            key=f"order-news-{key}-{to.pk}",
            partner=partner,
            about=order,
            customer_id=order.customer_id,
        )
