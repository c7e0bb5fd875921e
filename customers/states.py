"""Where a customer stands, in a word."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Customer


def customer_state(customer: Customer) -> tuple[str, str]:
    """(css, word) of where a customer stands."""
    if not customer.is_active:
        return "is-off", _("Inactive")
    if customer.lifecycle == Customer.Lifecycle.PROSPECT:
        return "", _("Prospect")
    return "is-ok", _("Customer")
