"""What the register registers with the apps below, and its own parts with each other."""

from __future__ import annotations

from customers import audit, list_filters, messages, recipients, user_section
from customers.models import Customer
from customers.onboarding import registration as onboarding
from customers.registrations import registration as registrations
from portal.accounts.places import CustomerTable, register_customers


def register() -> None:
    """Register everything; called once when the app is ready."""
    register_customers(CustomerTable(Customer._meta.db_table, "name", "is_active"))
    audit.register()
    messages.register()
    list_filters.register()
    recipients.register()
    user_section.register()
    onboarding.register()
    registrations.register()
