"""What support registers with the apps below: called once, when all apps are ready."""

from __future__ import annotations

from customers import related_data
from support import customer_sections, messages, portal_parts
from support.related_data import ReportsOfCustomer


def register() -> None:
    """Register the messages, sections and related data of support."""
    messages.register()
    customer_sections.register()
    portal_parts.register()
    related_data.register(ReportsOfCustomer())
