"""What the e-mails say of an order by its kind: new, a change, or the end of services (ORD-50)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.models import Order
from portal.core.formats import day

K = Order.Kind


def headline(order: Order, transition: str) -> str:
    """Return what channel sales did with the order, as the subject of an e-mail."""
    words = {K.NEW: _of_new, K.CHANGE: _of_change, K.TERMINATE: _of_ending}[K(order.kind)]()
    return words[transition] % {"number": order.number, "customer": order.customer.label}


def _of_new() -> dict[str, str]:
    return {
        "accept": _("Order %(number)s for %(customer)s was accepted"),
        "reject": _("Order %(number)s for %(customer)s was rejected"),
        "return": _("Order %(number)s for %(customer)s came back for changes"),
        "provision": _("Order %(number)s for %(customer)s is being delivered"),
        "fail": _("Delivery of order %(number)s for %(customer)s failed"),
        "retry": _("Order %(number)s for %(customer)s is being delivered again"),
        "plan": _("News on the delivery of order %(number)s for %(customer)s"),
        "deliver": _("A part of order %(number)s for %(customer)s is delivered"),
        "complete": _("Order %(number)s for %(customer)s is complete"),
        "cancel_accepted": _("Order %(number)s for %(customer)s was cancelled"),
        "decline_cancel": _("Order %(number)s for %(customer)s will not be cancelled"),
    }


def _of_change() -> dict[str, str]:
    return {
        "accept": _("Change %(number)s for %(customer)s was accepted"),
        "reject": _("Change %(number)s for %(customer)s was rejected"),
        "return": _("Change %(number)s for %(customer)s came back to be corrected"),
        "provision": _("Change %(number)s for %(customer)s is being carried out"),
        "fail": _("Change %(number)s for %(customer)s failed"),
        "retry": _("Change %(number)s for %(customer)s is being carried out again"),
        "plan": _("News on change %(number)s for %(customer)s"),
        "deliver": _("A part of change %(number)s for %(customer)s is made"),
        "complete": _("Change %(number)s for %(customer)s is complete"),
        "cancel_accepted": _("Change %(number)s for %(customer)s was cancelled"),
        "decline_cancel": _("Change %(number)s for %(customer)s will not be cancelled"),
    }


def _of_ending() -> dict[str, str]:
    return {
        "accept": _("Termination %(number)s for %(customer)s was accepted"),
        "reject": _("Termination %(number)s for %(customer)s was rejected"),
        "return": _("Termination %(number)s for %(customer)s came back to be corrected"),
        "provision": _("Termination %(number)s for %(customer)s is being carried out"),
        "fail": _("Termination %(number)s for %(customer)s failed"),
        "retry": _("Termination %(number)s for %(customer)s is being carried out again"),
        "plan": _("News on termination %(number)s for %(customer)s"),
        "deliver": _("A part of termination %(number)s for %(customer)s is done"),
        "complete": _("Termination %(number)s for %(customer)s is complete"),
        "cancel_accepted": _("Termination %(number)s for %(customer)s was cancelled"),
        "decline_cancel": _("Termination %(number)s for %(customer)s will not be cancelled"),
    }


def explanation(order: Order, transition: str) -> str:
    """Return what that means, and what happens next."""
    words = (
        _explained()
        | {K.CHANGE: _change_explained, K.TERMINATE: _ending_explained}.get(
            K(order.kind), dict[str, str]
        )()
    )
    if transition == "plan":
        return _planned(order)
    return words[transition] % {"day": day(order.completed_on)}


def _planned(order: Order) -> str:
    if order.expected_on is None:
        return _("Channel Sales has entered how the goods are sent.")
    text = {
        K.NEW: _("Channel Sales expects to have delivered on %(day)s."),
        K.CHANGE: _("Channel Sales expects to make the change on %(day)s."),
        K.TERMINATE: _("Channel Sales expects to end the services on %(day)s."),
    }[K(order.kind)]
    return text % {"day": day(order.expected_on)}


def _explained() -> dict[str, str]:
    free = _("Nothing will be delivered, and the order no longer counts as used credit.")
    return {
        "accept": _("Channel Sales accepted the order. Next: delivery."),
        "reject": free,
        "return": _("It is a draft again. Change what is asked for, then place it once more."),
        "provision": _("Channel Sales has started the delivery."),
        "fail": _("Channel Sales will try again or cancel the order. You need not do anything."),
        "retry": _("Channel Sales has started the delivery once more."),
        "deliver": _("This much is delivered, and is billed from its day. The rest follows."),
        "complete": _(
            "Everything is delivered, the last of it on %(day)s. Each product is billed from the "
            "day of its delivery."
        ),
        "decline_cancel": _("Channel Sales declined to cancel it. The delivery goes on."),
        "cancel_accepted": _(
            "Nothing more will be delivered, and the order no longer counts as used credit."
        ),
    }


def _change_explained() -> dict[str, str]:
    free = _("Nothing changes, and the order no longer counts as used credit.")
    return {
        "accept": _(
            "Channel Sales accepted the change. Until it is made, the old quantities hold."
        ),
        "reject": free,
        "provision": _("Channel Sales has begun to make the change."),
        "fail": _(
            "The old quantities still hold. Channel Sales will try again or cancel the order. "
            "You need not do anything."
        ),
        "retry": _("Channel Sales has begun once more to make the change."),
        "deliver": _("These changes are made, and are billed from their day. The rest follows."),
        "complete": _("The new quantities hold from %(day)s, and are billed from then."),
        "decline_cancel": _("Channel Sales declined to cancel it. The change goes on."),
        "cancel_accepted": free,
    }


def _ending_explained() -> dict[str, str]:
    go_on = _("The services go on as they are, and are billed as before.")
    return {
        "accept": _("Channel Sales accepted the termination. Until the end, the services go on."),
        "reject": go_on,
        "return": _("It is a draft again. Change what is asked for, then send it once more."),
        "provision": _("Channel Sales has begun to end the services."),
        "fail": _(
            "The services still go on. Channel Sales will try again or cancel the termination. "
            "You need not do anything."
        ),
        "retry": _("Channel Sales has begun once more to end the services."),
        "deliver": _("These services have ended. The others go on until their own day."),
        "complete": _("The services ended on %(day)s. They are billed up to the day before."),
        "decline_cancel": _("Channel Sales declined to cancel it. The services will end."),
        "cancel_accepted": go_on,
    }
