"""What orders store about a customer and its contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Contact, Customer
from customers.related_data import Effect, RelatedData
from orders.goods import lines_of, without_name
from orders.models import Order, OrderCopy, Service


class OrdersOfCustomer(RelatedData):
    """Drafts, orders and running services."""

    def on_deactivation(self, customer: Customer) -> list[Effect]:
        """Return drafts, open orders and services: all of them stay (REG-16)."""
        orders = Order.objects.filter(customer=customer)
        running = Service.objects.filter(customer=customer, ended_on__isnull=True)
        return [
            Effect(
                _("Drafts"), orders.drafts().count(), _("Stay, and cannot be placed meanwhile.")
            ),
            Effect(_("Open orders"), orders.live().count(), _("Are delivered as ordered.")),
            Effect(_("Running services"), running.count(), _("Go on, and are billed.")),
        ]

    def against_deletion(self, customer: Customer) -> list[Effect]:
        """Return the orders: a customer that has any is deactivated instead."""
        count = Order.objects.filter(customer=customer).count()
        text = _("Forbid it: deactivate instead.") if count else ""
        return [Effect(_("Orders and drafts"), count, text)]

    def held_about(self, contact: Contact) -> dict[str, Any]:
        """Return the orders that are confirmed to the contact."""
        orders = Order.objects.told_to(contact).order_by("created_at", "pk")
        return {
            "orders": [
                {
                    "number": order.number,
                    "state": order.state,
                    "written": order.created_at.isoformat(),
                }
                for order in orders
            ],
            "delivery_addresses": [
                {"number": order.number, "address": ", ".join(lines_of(order.goods_address))}
                for order in orders_naming(contact)
            ],
        }

    def after_erasure(self, contact: Contact) -> list[Effect]:
        """Return the orders: they stay without the name."""
        return [
            Effect(
                _("Orders that were confirmed to this person"),
                Order.objects.told_to(contact).exclude(state=Order.State.DRAFT).count(),
                _("The order stays, without the name: it is what claims are settled by."),
            )
        ]

    def on_erasure(self, contact: Contact) -> list[Effect]:
        """Return the drafts, which ask for another contact."""
        count = Order.objects.drafts().filter(contact=contact).count()
        return [
            Effect(_("Drafts"), count, _("Ask for another contact.")),
            Effect(
                _("Delivery addresses of orders"),
                len(orders_naming(contact)),
                _("Lose the name; the place stays, as proof of where goods were sent."),
            ),
        ]

    def erase(self, contact: Contact, *, at: datetime) -> None:
        """Take the contact off the drafts, and the name out of delivery addresses (ORD-66)."""
        for order in orders_naming(contact):
            order.goods_address = without_name(order.goods_address, contact.full_name)
            if order.is_draft:
                order.touch(at)
            order.save(update_fields=["goods_address", "version", "changed_at"])
        self.take_off(contact, at=at)

    def take_off(self, contact: Contact, *, at: datetime) -> None:
        """Take the contact off the drafts, which ask for another one."""
        OrderCopy.objects.filter(order__in=Order.objects.drafts(), contact=contact).delete()
        drafts = Order.objects.drafts().filter(contact=contact)
        for order in drafts.select_for_update():
            order.contact = None
            order.touch(at)
            order.save(update_fields=["contact", "version", "changed_at"])


def orders_naming(contact: Contact) -> list[Order]:
    """Return the orders of the contact's customer whose goods are sent to their name (ORD-66)."""
    name = contact.full_name.strip()
    if not name:
        return []
    named = Q(goods_address__name__icontains=name) | Q(goods_address__street__icontains=name)
    found = Order.objects.filter(named, customer_id=contact.customer_id).exclude(goods_address={})
    return list(found.order_by("created_at", "pk"))
