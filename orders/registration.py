"""What orders register with the apps below: called once, when all apps are ready."""

from __future__ import annotations

from customers import related_data
from customers.registrations import orders as registrations
from orders import audit, customer_sections, messages
from orders.models import Order, OrderMessage
from orders.related_data import OrdersOfCustomer
from orders.services.waiting import WaitingDrafts
from portal.files.models import keep_apart


def register() -> None:
    """Register the change log, messages, sections and related data of orders."""
    audit.register()
    # Letters of authority and files of messages are read by who may see orders.
    keep_apart(OrderMessage._meta.label_lower)
    keep_apart(Order._meta.label_lower)
    messages.register()
    customer_sections.register()
    related_data.register(OrdersOfCustomer())
    registrations.register(WaitingDrafts())
