"""The state of a customer as people read it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Customer


def customer_state(customer: Customer) -> tuple[str, str]:
    """Return the CSS class and the text of a customer's state."""
    if not customer.is_active:
        return "is-off", _("Inactive")
    if customer.lifecycle == Customer.Lifecycle.PROSPECT:
        return "", _("Prospect")
    return "is-ok", _("Customer")
