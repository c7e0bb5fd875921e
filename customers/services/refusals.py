"""All that the register would refuse of a form, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from customers.models import Customer
from customers.services.contacts_and_sites import check_domains
from customers.services.register import check_credit_right
from customers.services.rules import check_number, default_rate_plan
from portal.accounts.models import Membership
from portal.channel.services import NameTaken, taken_names
from portal.core.errors import RuleError
from portal.core.sorting import search_key


def refusals(
    data: dict[str, Any], *, by: Membership, before: Customer | None = None
) -> Iterator[RuleError]:
    """What ``create_customer`` or ``change_customer`` (of ``before``) would refuse of these
    values, each at its field, and not the first alone (USE-07).

    ``data`` holds the fields that could be read; what is missing is not judged. Saves nothing;
    the services judge again when they save.
    """
    for needed, check in _CHECKS:
        if needed <= data.keys():
            try:
                check(data, by, before)
            except RuleError as error:
                yield error


def _name(data: dict[str, Any], _by: Membership, before: Customer | None) -> None:
    key = search_key(data["name"])
    if (before is None or key != before.name_key) and taken_names({key}):
        raise NameTaken


def _number(data: dict[str, Any], _by: Membership, before: Customer | None) -> None:
    if before is None or data["number"] != before.number:
        check_number(data["number"], customer_id=before.pk if before else None)


def _credit(data: dict[str, Any], by: Membership, before: Customer | None) -> None:
    # A plan that could not be read has its error already; the limit is judged all the same.
    plan = before.rate_plan if before else data.get("rate_plan") or default_rate_plan()
    check_credit_right(by, data["credit_limit"], plan, before)


def _domains(data: dict[str, Any], _by: Membership, before: Customer | None) -> None:
    check_domains(before, data["domains"])


_Check = Callable[[dict[str, Any], Membership, Customer | None], None]
_CHECKS: list[tuple[set[str], _Check]] = [
    ({"name"}, _name),
    ({"number"}, _number),
    ({"credit_limit"}, _credit),
    ({"domains"}, _domains),
]
