"""What the e-mails about a placed order say by its kind: new, a change, or the end (ORD-50)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.models import Order
from portal.core.formats import day

K = Order.Kind


def placed_words(order: Order) -> tuple[str, str]:
    """Return subject and first sentence for who placed the order."""
    subject, text = {
        K.NEW: (
            _("Order %(number)s for %(customer)s is placed"),
            _(
                "This is what you ordered for %(customer)s. Channel Sales has it now and will "
                "confirm it."
            ),
        ),
        K.CHANGE: (
            _("Change %(number)s for %(customer)s is placed"),
            _(
                "These are the changes that you ordered for %(customer)s, from %(day)s on. Channel "
                "Sales has them now and will confirm them."
            ),
        ),
        K.TERMINATE: (
            _("Termination %(number)s for %(customer)s is sent"),
            _(
                "These services of %(customer)s are to end on %(day)s, as you asked. Channel Sales "
                "has this now and will confirm it."
            ),
        ),
    }[K(order.kind)]
    return subject % _details(order), text % _details(order)


def assigned_words(order: Order, by: str) -> tuple[str, str]:
    """Return subject and first sentence for who is responsible for the customer (REG-21)."""
    subject, text = {
        K.NEW: (
            _("New order %(number)s for %(customer)s"),
            _("%(by)s placed an order for %(customer)s, which you are responsible for."),
        ),
        K.CHANGE: (
            _("New change: %(number)s for %(customer)s"),
            _(
                "%(by)s ordered changes for %(customer)s, which you are responsible for, from "
                "%(day)s on."
            ),
        ),
        K.TERMINATE: (
            _("New termination: %(number)s for %(customer)s"),
            _(
                "%(by)s asked for services of %(customer)s, which you are responsible for, to end "
                "on %(day)s."
            ),
        ),
    }[K(order.kind)]
    details = {**_details(order), "by": by}
    return subject % details, text % details


def customer_words(order: Order, partner: str) -> tuple[str, str]:
    """Return subject and first sentence for the customer's contact."""
    subject, text = {
        K.NEW: (
            _("%(partner)s has placed an order for %(name)s"),
            _(
                "%(partner)s has ordered this for %(customer)s. You need not do anything. Answer "
                "this e-mail if something is not as agreed."
            ),
        ),
        K.CHANGE: (
            _("%(partner)s has ordered a change for %(name)s"),
            _(
                "%(partner)s has ordered these changes for %(customer)s, from %(day)s on. You need "
                "not do anything. Answer this e-mail if something is not as agreed."
            ),
        ),
        K.TERMINATE: (
            _("%(partner)s has asked for services of %(name)s to end"),
            _(
                "%(partner)s has asked for these services of %(customer)s to end on %(day)s. You "
                "need not do anything. Answer this e-mail if something is not as agreed."
            ),
        ),
    }[K(order.kind)]
    details = {**_details(order), "partner": partner, "name": order.customer.name}
    return subject % details, text % details


def _details(order: Order) -> dict[str, str]:
    return {
        "number": order.number,
        "customer": order.customer.label,
        "day": day(order.start_date),
    }
