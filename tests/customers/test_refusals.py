"""The register's rules are the same wherever a customer comes from (REG-06, REG-07, USE-07)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer, PartnerSettings
from customers.services import (
    change_customer,
    create_customer,
    partner_settings,
    refusals,
    set_domains,
)
from portal.accounts.models import Membership
from portal.accounts.rights import Right
from portal.catalog.models import RatePlan
from portal.core.errors import RuleError
from tests import factories
from tests.conftest import NOW
from tests.customers.test_imports import HEADINGS, file_of, line, told, uploaded

# Each: what is typed, at which field it is refused, and the message.
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "short": ({"number": "K-1"}, "number", "Customer number must be 4 to 10 characters."),
    "long": ({"number": "K-123456789"}, "number", "Customer number must be 4 to 10 characters."),
    "form": (
        {"number": "K-12A"},
        "number",
        "Customer number must begin with K-, followed by digits only.",
    ),
    "taken": ({"number": "K-7000"}, "number", "Customer number K-7000 is already used by Held AB."),
    "signs": ({"name": "---"}, "name", "Enter the customer's name."),
    "spread": ({"name": "\ufdfa" * 60}, "name", "This is too long. Shorten it."),
    "credit": (
        {"credit_limit": Decimal("2500.50")},
        "credit_limit",
        "You may give a credit limit of at most 2,500.00. Ask an administrator for more.",
    ),
    "plan": (
        {"rate_plan": "Master"},
        "rate_plan",
        "Only an administrator can choose another rate plan.",
    ),
    "domain": (
        {"domains": ["held.example"]},
        "domains",
        "held.example is already a domain of Held AB, K-7000.",
    ),
    "own people": (
        {"domains": ["nordlys.example"]},
        "domains",
        "nordlys.example is the domain of your own people. It can't be a customer's.",
    ),
    "no domain": ({"domains": ["foo bar"]}, "domains", '"foo bar" is not a valid domain.'),
}


@pytest.fixture
def sales(jonas: Membership) -> Membership:
    """Return somebody without the right to set credit; the register has a customer already."""
    held = factories.make_customer("Held AB", "K-7000", at=NOW)
    set_domains(held, ["held.example"])
    PartnerSettings.objects.filter(pk=partner_settings().pk).update(
        number_pattern="digits", number_prefix="K-", sales_credit_limit=Decimal(2500)
    )
    jonas.role.rights = [*jonas.role.rights, Right.IMPORT_CUSTOMER]
    jonas.role.save()
    return jonas


def values_with(changes: dict[str, Any]) -> dict[str, Any]:
    values = {
        "name": "Ny AB",
        "number": "K-1234",
        "credit_limit": Decimal(2500),
        "rate_plan": "Standard",
        "domains": ["ny.example"],
        **changes,
    }
    return {**values, "rate_plan": RatePlan._default_manager.get(name=values["rate_plan"])}


@pytest.mark.parametrize("case", BAD)
def test_form_and_service_refuse_alike(case: str, sales: Membership) -> None:
    """REG-07: the form's errors are those that creating raises, with the same message and field."""
    changes, field, sentence = BAD[case]
    values = values_with(changes)
    found = list(refusals(values, by=sales))
    assert [error.field for error in found] == [field]
    assert str(found[0]).startswith(sentence)
    before = Customer.objects.count()
    with pytest.raises(RuleError) as refused:
        create_customer(at=NOW, by=sales, billing_email="a@b.example", **values)
    assert (str(refused.value), refused.value.field) == (str(found[0]), field)
    assert Customer.objects.count() == before


@pytest.mark.parametrize("case", BAD)
def test_import_refuses_alike(case: str, sales: Membership) -> None:
    """REG-06: the check of a file refuses the same values with the same messages."""
    changes, _field, sentence = BAD[case]
    values = values_with(changes)
    row = line(1, number=values["number"], name=values["name"], credit=str(values["credit_limit"]))
    row[-1] = ", ".join(values["domains"]).replace(" ", "\u00a0")
    content = file_of([[*row, values["rate_plan"].name]], [*HEADINGS, "Rate plan"])
    (error,) = told(uploaded(content, sales))
    assert error[2].startswith(sentence.replace("foo bar", "foo\u00a0bar"))


def test_nothing_is_refused_of_good_values(sales: Membership, anna: Membership) -> None:
    """REG-07, D23: a limit equal to the allowed one passes, and for an administrator any."""
    assert not list(refusals(values_with({}), by=sales))
    more = values_with({"credit_limit": Decimal(9000), "rate_plan": "Master"})
    assert not list(refusals(more, by=anna))
    assert not list(refusals(more, by=None))


def test_unchanged_values_are_not_checked_again(sales: Membership, anna: Membership) -> None:
    """REG-05, D23: old numbers, a limit given by somebody else, own name and domains stay.

    Changed ones are checked.
    """
    PartnerSettings.objects.update(number_prefix="", number_pattern="any")
    old = factories.make_customer("Gammal AB", "ABCD", at=NOW, credit_limit="9000")
    set_domains(old, ["gammal.example"])
    PartnerSettings.objects.update(number_prefix="K-", number_pattern="digits")
    same = {
        "name": "GAMMAL AB",
        "number": "ABCD",
        "credit_limit": Decimal(9000),
        "domains": ["gammal.example"],
    }
    assert not list(refusals(same, by=sales, before=old))
    changed = {"number": "ABCE", "credit_limit": Decimal(9001)}
    assert [
        (error.field, str(error)[:26]) for error in refusals(changed, by=sales, before=old)
    ] == [
        ("number", "Only an administrator can "),
        ("number", "Customer number must begin"),
        ("credit_limit", "An administrator gave this"),
    ]
    with pytest.raises(RuleError, match="Only an administrator can change the customer number"):
        change_customer(old, at=NOW, by=sales, version=1, number="K-1111")
    assert change_customer(old, at=NOW, by=anna, version=1, number="K-1111").number == "K-1111"
