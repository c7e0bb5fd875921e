"""The e-mails that an order was placed: to who placed it, the customer, and who is responsible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import Contact
from orders.emails.parts import goods_row, summary_of
from orders.emails.placing_words import assigned_words, customer_words, placed_words
from orders.emails.tables import ordered_table
from orders.models import Order, OrderLine
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.formats import day
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner


def _context(
    order: Order, lines: Sequence[OrderLine], words: tuple[str, str], *, prices: bool
) -> dict[str, Any]:
    """Return the templates' context for a placed order; ``words`` are subject and first sentence.

    ``prices`` is False for the customer's own contact: what the customer pays is agreed with the
    partner.
    """
    return {
        "order": order,
        "customer": order.customer,
        "partner": require_partner(),
        "family": Family(order.family).label,
        "summary": [*summary_of(order, whole=True), *goods_row(order)],
        "lines": ordered_table(order, lines, prices=prices),
        "start": day(order.start_date),
        "headline": words[0],
        "intro": words[1],
    }


def placed(order: Order, lines: Sequence[OrderLine], *, to: Membership, key: str) -> None:
    """Confirm to the person who ordered what was ordered, and for whom."""
    user = to.user
    with override(user.language):
        queue_email(
            to=user.email,
            template="orders/email/placed",
            context={
                **_context(order, lines, placed_words(order), prices=to.may("view_prices")),
                "name": user.get_short_name(),
                "button_url": require_partner().page("orders:order", order.pk),
                "button_label": _("Look at the order"),
            },
            language=user.language,
            key=f"order-placed-{key}",
            partner=require_partner(),
            about=order,
            customer_id=order.customer_id,
        )


def placed_assigned(
    order: Order,
    lines: Sequence[OrderLine],
    *,
    to: Membership,
    by: Membership,
    url: str,
    key: str,
) -> None:
    """Notify a person responsible for the customer that an order was placed (REG-21)."""
    user = to.user
    with override(user.language):
        words = assigned_words(order, by.shown_name)
        queue_email(
            to=user.email,
            template="orders/email/placed_assigned",
            context={
                **_context(order, lines, words, prices=to.may("view_prices")),
                "name": user.get_short_name(),
                "button_url": url,
                "button_label": _("Look at it"),
            },
            language=user.language,
            key=f"order-assigned-{to.pk}-{key}",
            partner=require_partner(),
            about=order,
            customer_id=order.customer_id,
        )


def placed_customer(
    order: Order, lines: Sequence[OrderLine], *, contact: Contact, key: str
) -> None:
    """Notify the customer's contact what was ordered for the customer, without prices."""
    language = order.customer.language
    with override(language):
        words = customer_words(order, require_partner().name)
        context = _context(order, lines, words, prices=False)
        queue_email(
            to=contact.email,
            template="orders/email/placed_customer",
            context={**context, "name": contact.full_name},
            language=language,
            key=f"order-placed-customer-{key}-{contact.pk}",
            partner=require_partner(),
            about=order,
            customer_id=order.customer_id,
        )
