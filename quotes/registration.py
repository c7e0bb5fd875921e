"""What quotes register with the apps below: called once, when all apps are ready."""

from __future__ import annotations

from customers import related_data
from orders.groups import show_group
from orders.progress import show_confirmation
from quotes import customer_sections, messages, order_source
from quotes.overview import confirmed_before, pending_approval
from quotes.related_data import QuotesOfCustomer


def register() -> None:
    """Register the data about customers, the messages, sections, groups and steps of quotes."""
    related_data.register(QuotesOfCustomer())
    messages.register()
    customer_sections.register()
    order_source.register()
    show_group(pending_approval)
    show_confirmation(confirmed_before)
