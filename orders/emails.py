"""The e-mails of orders: one function each (CV-17: every e-mail goes through queue_email)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import Contact
from orders.models import Order, OrderLine
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.formats import amount, day
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner
from portal.tenancy.models import Partner

__all__ = ["day", "placed", "placed_assigned", "placed_customer", "progress"]


def _partner() -> Partner:
    partner = require_partner()
    return partner


def _context(order: Order, lines: Sequence[OrderLine], *, prices: bool) -> dict[str, Any]:
    """Return the templates' context for a placed order.

    ``prices`` is False for the customer's own contact: what the customer pays is agreed with the
    partner.
    """
    rows = []
    for line in lines:
        row: dict[str, Any] = {"name": line.product.title, "quantity": str(line.quantity)}
        if line.service is not None:
            ends = order.kind == Order.Kind.TERMINATE
            before = line.service.quantity
            row["quantity"] = _("ends") if ends else f"{before} → {line.quantity}"
        if prices:
            row["one_off"] = amount(line.one_off_total)
            row["monthly"] = amount(line.monthly_total)
        rows.append(row)
    context: dict[str, Any] = {
        "order": order,
        "customer": order.customer,
        "partner": _partner(),
        "family": Family(order.family).label,
        "summary": _summary(order, whole=True),
        "lines": rows,
        "start": day(order.start_date),
        "prices": prices and order.kind != Order.Kind.TERMINATE,
    }
    if prices:
        context["one_off"] = amount(order.one_off)
        context["monthly"] = amount(order.monthly)
    return context


def _summary(order: Order, *, whole: bool) -> list[tuple[str, str]]:
    """Return what both parts of an e-mail say of the order (OUT-22); ``whole``: with its dates."""
    family = str(Family(order.family).label)
    what = [order.number, family, *([str(Order.Kind(order.kind).label)] if whole else [])]
    rows = [(_("Customer"), order.customer.label), (_("Order"), ", ".join(what))]
    if whole:
        rows.append((_("Start date"), day(order.start_date)))
    if order.reference:
        rows.append((_("Reference"), order.reference))
    if whole and order.po_number:
        rows.append((_("Purchase order number"), order.po_number))
    return rows


def placed(order: Order, lines: Sequence[OrderLine], *, to: Membership, key: str) -> None:
    """Confirm to the person who ordered what was ordered, and for whom."""
    user = to.user
    with override(user.language):
        queue_email(
            to=user.email,
            template="orders/email/placed",
            context={
                **_context(order, lines, prices=to.may("view_prices")),
                "name": user.get_short_name(),
                "button_url": _partner().page("orders:order", order.pk),
                "button_label": _("Look at the order"),
            },
            language=user.language,
            key=f"order-placed-{key}",
            partner=_partner(),
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
        queue_email(
            to=user.email,
            template="orders/email/placed_assigned",
            context={
                **_context(order, lines, prices=to.may("view_prices")),
                "name": user.get_short_name(),
                "by": by.shown_name,
                "button_url": url,
                "button_label": _("Look at it"),
            },
            language=user.language,
            key=f"order-assigned-{to.pk}-{key}",
            partner=_partner(),
            about=order,
            customer_id=order.customer_id,
        )


def placed_customer(
    order: Order, lines: Sequence[OrderLine], *, contact: Contact, key: str
) -> None:
    """Notify the customer's contact what was ordered for the customer, without prices."""
    language = order.customer.language
    with override(language):
        queue_email(
            to=contact.email,
            template="orders/email/placed_customer",
            context={**_context(order, lines, prices=False), "name": contact.full_name},
            language=language,
            key=f"order-placed-customer-{key}",
            partner=_partner(),
            about=order,
            customer_id=order.customer_id,
        )


def _headline(order: Order, transition: str) -> str:
    details = {"number": order.number, "customer": order.customer.label}
    return {
        "accept": _("Order %(number)s for %(customer)s was accepted") % details,
        "reject": _("Order %(number)s for %(customer)s was rejected") % details,
        "return": _("Order %(number)s for %(customer)s came back for changes") % details,
        "provision": _("Order %(number)s for %(customer)s is being delivered") % details,
        "fail": _("Delivery of order %(number)s for %(customer)s failed") % details,
        "retry": _("Order %(number)s for %(customer)s is being delivered again") % details,
        "complete": _("Order %(number)s for %(customer)s is complete") % details,
        "cancel_accepted": _("Order %(number)s for %(customer)s was cancelled") % details,
    }[transition]


def _explanation(transition: str) -> str:
    return {
        "accept": _("Channel Sales accepted the order. Next: delivery."),
        "reject": _("Nothing will be delivered, and the order no longer counts as used credit."),
        "return": _("It is a draft again. Change what is asked for, then place it once more."),
        "provision": _("Channel Sales has started the delivery."),
        "fail": _("Channel Sales will try again or cancel the order. You need not do anything."),
        "retry": _("Channel Sales has started the delivery once more."),
        "complete": _("Everything is delivered. Billing starts with the date of delivery."),
        "cancel_accepted": _(
            "Nothing more will be delivered, and the order no longer counts as used credit."
        ),
    }[transition]


def progress(order: Order, transition: str, *, reason: str, key: str) -> None:
    """Notify the person who placed the order of a transition by channel sales."""
    partner = _partner()
    person = order.submitted_by
    language = person.user.language if person else partner.language
    with override(language):
        queue_email(
            to=person.user.email if person else partner.notification_email,
            template="orders/email/progress",
            context={
                "order": order,
                "customer": order.customer,
                "partner": partner,
                "summary": _summary(order, whole=False),
                "headline": _headline(order, transition),
                "explanation": _explanation(transition),
                "reason": reason,
                "name": person.user.get_short_name() if person else partner.name,
                "button_url": partner.page("orders:order", order.pk),
                "button_label": _("Look at the order"),
            },
            language=language,
            key=f"order-progress-{key}",
            partner=partner,
            about=order,
            customer_id=order.customer_id,
        )
