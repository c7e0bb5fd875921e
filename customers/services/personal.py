"""Personal numbers of residential customers: stored encrypted, shown masked (REG-31, D19)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Customer
from portal.core.encryption import Unreadable, decrypt, encrypt
from portal.core.errors import RuleError
from portal.history.services import record

SHOWN = 4


def encrypted(number: str) -> bytes | None:
    """Return a personal number as the customer's row stores it; None if it is empty."""
    return encrypt(number.encode()) if number else None


def set_personal_number(customer: Customer, number: str) -> None:
    """Save a residential customer's personal number, or remove it if ``number`` is empty.

    The log records the change without the number. Raise RuleError at ``personal_number`` for a
    company, which has none.
    """
    if number and not customer.is_residential:
        raise RuleError(
            _("A company has an organisation number instead of a personal number."),
            field="personal_number",
        )
    if not number and not customer.has_personal_number:
        return
    customer.personal_number_encrypted = encrypted(number)
    customer.save(update_fields=["personal_number_encrypted"])
    verb = "personal_number_set" if number else "personal_number_removed"
    record(customer, verb, customer_id=customer.pk)


def show_personal_number(customer: Customer) -> str:
    """Return the last four characters of the personal number, to identify its owner.

    Each call is recorded in the log (D19). Raise RuleError if there is no number or its key is
    lost.
    """
    if customer.personal_number_encrypted is None:
        raise RuleError(_("This customer has no personal number."))
    try:
        number = decrypt(customer.personal_number_encrypted).decode()
    except Unreadable as error:
        raise RuleError(
            _("The personal number can't be read any more: the key is another one. Enter it again.")
        ) from error
    record(customer, "personal_number_shown", customer_id=customer.pk)
    return number[-SHOWN:]
