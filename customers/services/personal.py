"""Personal numbers of residential customers: encrypted at rest, masked everywhere (REG-31, D19)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Customer
from portal.core.encryption import Unreadable, decrypt, encrypt
from portal.core.errors import RuleError
from portal.history.services import record

SHOWN = 4


def encrypted(number: str) -> bytes | None:
    """A personal number as the customer's row keeps it."""
    return encrypt(number.encode()) if number else None


def set_personal_number(customer: Customer, number: str) -> None:
    """Keep a residential customer's personal number, or remove it (empty).

    The log says that, never what. Raises RuleError for a company, which has none.
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
    """The last four characters of the personal number, for talking to its owner; each look is
    in the log (D19). Raises RuleError when there is none or when its key is lost."""
    if customer.personal_number_encrypted is None:
        raise RuleError(_("This customer has no personal number."))
    try:
        number = decrypt(customer.personal_number_encrypted).decode()
    except Unreadable as error:
        raise RuleError(
            _("The personal number can't be read any more: the key is another one. Enter it anew.")
        ) from error
    record(customer, "personal_number_shown", customer_id=customer.pk)
    return number[-SHOWN:]
