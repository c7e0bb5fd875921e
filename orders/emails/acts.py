"""The e-mails of what channel sales does with an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.emails.parts import summary_of
from orders.models import Order, OrderMessage, PortedBlock
from portal.core.formats import day
from portal.outbox.rendering import Voice
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner


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
        "decline_cancel": _("Order %(number)s for %(customer)s will not be cancelled") % details,
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
        "decline_cancel": _("Channel Sales declined to cancel it. The delivery goes on."),
        "cancel_accepted": _(
            "Nothing more will be delivered, and the order no longer counts as used credit."
        ),
    }[transition]


@dataclass(frozen=True)
class _Reader:
    """Somebody who is told of what channel sales did."""

    address: str
    name: str
    language: str


def _readers(order: Order) -> list[_Reader]:
    """Return who is told: who placed the order and who asked to cancel it, or the partner."""
    partner = require_partner()
    people = {person.pk: person for person in (order.submitted_by, order.cancel_asked_by) if person}
    if not people:
        return [_Reader(partner.notification_email, partner.name, partner.language)]
    users = [person.user for person in people.values()]
    return [_Reader(user.email, user.get_short_name(), user.language) for user in users]


def told_of(order: Order) -> list[str]:
    """Return the addresses that an act of channel sales on this order is mailed to."""
    return [reader.address for reader in _readers(order)]


def progress(order: Order, transition: str, *, reason: str, key: str) -> None:
    """Notify the people of the partner of a transition by channel sales."""
    for reader in _readers(order):
        _progress(order, transition, reader, reason=reason, key=key)


def _progress(order: Order, transition: str, to: _Reader, *, reason: str, key: str) -> None:
    partner = require_partner()
    with override(to.language):
        queue_email(
            to=to.address,
            template="orders/email/progress",
            voice=Voice.VENDOR,
            context={
                "order": order,
                "customer": order.customer,
                "partner": partner,
                "summary": summary_of(order, whole=False),
                "headline": _headline(order, transition),
                "explanation": _explanation(transition),
                "reason": reason,
                "name": to.name,
                "button_url": partner.page("orders:order", order.pk),
                "button_label": _("Look at the order"),
            },
            language=to.language,
            key=f"order-progress-{key}-{to.address.casefold()}"[:200],
            partner=partner,
            about=order,
            customer_id=order.customer_id,
        )


def porting(order: Order, blocks: Sequence[PortedBlock], *, key: str) -> None:
    """Tell the people of the partner how far the porting of these blocks is (ORD-58)."""
    partner = require_partner()
    for to in _readers(order):
        with override(to.language):
            rows = [
                (block.text, str(block.get_state_display()), day(block.on), block.note)
                for block in blocks
            ]
            queue_email(
                to=to.address,
                template="orders/email/porting",
                voice=Voice.VENDOR,
                context={
                    "order": order,
                    "customer": order.customer,
                    "blocks": rows,
                    "summary": summary_of(order, whole=False),
                    "name": to.name,
                    "button_url": partner.page("orders:order", order.pk),
                    "button_label": _("Look at the order"),
                },
                language=to.language,
                key=f"order-porting-{key}-{to.address.casefold()}"[:200],
                partner=partner,
                about=order,
                customer_id=order.customer_id,
            )


def message_to_partner(said: OrderMessage, files: list[str]) -> None:
    """Mail who placed the order, and who wrote last, what channel sales wrote (CHAN-14)."""
    order, partner = said.order, require_partner()
    readers = {reader.address.casefold(): reader for reader in _readers(order)}
    last = order.messages.exclude(author=None).order_by("-created_at", "-pk").first()
    if last is not None and last.author is not None:
        user = last.author.user
        reader = _Reader(user.email, user.get_short_name(), user.language)
        readers.setdefault(user.email.casefold(), reader)
    for address, reader in readers.items():
        with override(reader.language):
            queue_email(
                to=reader.address,
                template="orders/email/message",
                voice=Voice.VENDOR,
                context={
                    "order": order,
                    "customer": order.customer,
                    "author": said.author_name,
                    "text": said.text,
                    "files": ", ".join(files),
                    "summary": summary_of(order, whole=False),
                    "name": reader.name,
                    "button_url": partner.page("orders:order", order.pk) + "#talk",
                    "button_label": _("Look at the order"),
                },
                language=reader.language,
                key=f"order-message-{said.pk}-{address}"[:200],
                partner=partner,
                about=order,
                customer_id=order.customer_id,
            )
