"""What is refused of a new customer that is registered (CHAN-01, CHAN-05)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.models import CustomerRegistration
from customers.registrations.services.common import AlreadyRegistered
from customers.services.look_alikes import own_holder
from customers.services.refusals import broken_rules, find_holders
from customers.services.rules import NameIsOwn, NumberTaken, partner_settings
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.core.sorting import search_key


def registration_refusals(
    values: Mapping[str, Any], *, by: Membership, before: CustomerRegistration | None = None
) -> Iterator[RuleError]:
    """Yield what is refused of a new customer's values, each at its field (CHAN-01).

    As when a customer is created, but for two: any credit limit may be asked for, and a name that
    another partner's customer has is left to channel sales (CHAN-05).
    """
    checked = {name: value for name, value in values.items() if name in ("name", "number")}
    broken = list(broken_rules(checked, by=None, settings=partner_settings()))
    yield from broken
    if "name" in values:
        known = own_holder(values["name"], person=by)
        if known is not None:
            yield NameIsOwn(known)
        else:
            yield from _open_of_name(values["name"], before)
    if "number" in values and all(error.field != "number" for error in broken):
        key = search_key(values["number"])
        holders = find_holders(numbers=[key])
        if key in holders.numbers:
            yield NumberTaken(values["number"], holders.numbers[key])


def _open_of_name(name: str, before: CustomerRegistration | None) -> Iterator[RuleError]:
    key = search_key(name)
    rows = CustomerRegistration.objects.open().filter(customer=None)
    for each in rows:
        if search_key(each.name) == key and (before is None or each.pk != before.pk):
            text = _("A registration of %(customer)s is open already.")
            yield AlreadyRegistered(text % {"customer": each.customer_label}, field="name")
            return
