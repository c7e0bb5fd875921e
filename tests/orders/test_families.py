"""The product step of each family, with what provisioning needs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from customers.models import Customer
from orders.families import FORMS
from orders.families.base import FamilyForm
from orders.models import Order
from orders.services.drafts import start_draft
from portal.accounts.models import Membership
from tests import factories
from tests.conftest import NOW

TODAY = date(2026, 11, 23)


def form(customer: Customer, by: Membership, family: str, data: dict[str, Any]) -> FamilyForm:
    """Return a family's bound form for a new draft; SKUs in ``data`` become quantity fields."""
    order: Order = start_draft(customer=customer, family=family, by=by, at=NOW)
    posted = {
        f"q_{factories.product(key).pk}" if key[:3].isupper() else key: value
        for key, value in data.items()
    }
    return FORMS[family](posted, order=order, today=TODAY)


EMERGENCY = {
    "emergency_street": "Norra Kungsgatan 14",
    "emergency_postal_code": "803 20",
    "emergency_city": "Gävle",
}
PORTING = {
    "TRK-PORT": "1",
    "porting_numbers": "+46 26 555 01 00 - 19\n026-555 01 20",
    "porting_provider": "Telia",
    "porting_holder": "Havsbris Konsult AB",
    "porting_contract": "4711",
    "porting_date": "2026-12-14",
}


def test_trunk_keeps_its_details(havsbris: Customer, anna: Membership) -> None:
    site = factories.make_site(havsbris)
    step = form(
        havsbris, anna, "trunk", {"TRK-10": "1", "site": str(site.pk), **EMERGENCY, **PORTING}
    )
    assert step.is_valid(), step.errors
    assert step.site() == site
    assert step.details() == {
        "emergency": {
            "street": "Norra Kungsgatan 14",
            "postal_code": "803 20",
            "city": "Gävle",
        },
        "porting": {
            "numbers": ["+46 26 555 01 00 - 19", "+46 26 555 01 20"],
            "provider": "Telia",
            "contract": "4711",
            "date": "2026-12-14",
            "holder": "Havsbris Konsult AB",
        },
    }


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        ({"TRK-10": "0", "TRK-NUM20": "1"}, None, "needs at least one of: Product TRK-10"),
        ({"emergency_street": ""}, "emergency_street", "Emergency calls need the address"),
        ({"porting_numbers": "abc"}, "porting_numbers", '"abc" is not a phone number.'),
        (
            {"porting_numbers": "026-555 01 20\n026-555 01 20"},
            "porting_numbers",
            "is listed twice",
        ),
        ({"porting_numbers": ""}, "porting_numbers", "Enter the numbers to port."),
        ({"porting_provider": ""}, "porting_provider", "Enter the present provider."),
        ({"porting_date": ""}, "porting_date", "Enter the porting date."),
        ({"porting_date": "2026-11-30"}, "porting_date", "The earliest porting date is 7 Dec 2026"),
        ({"porting_holder": ""}, "porting_holder", "Enter who holds the numbers there."),
        ({"porting_contract": ""}, "porting_contract", "Enter the customer or contract number"),
        ({"porting_date": "2027-11-24"}, "porting_date", "latest porting date is 23 Nov 2027"),
        ({"porting_date": "9999-12-31"}, "porting_date", "latest porting date is 23 Nov 2027"),
        ({"porting_date": "2026-12-12"}, "porting_date", "from Monday to Friday"),
        ({"TRK-PORT": "0"}, None, "Add number porting, or clear the numbers."),
        ({"site": "00000000-0000-0000-0000-000000000000"}, "site", "Select a valid choice"),
        ({"TRK-10": "-1"}, None, ": order 0 to "),
        ({"TRK-10": "one"}, None, "Enter a whole number."),
    ],
)
def test_trunk_says_what_is_wrong(
    change: dict[str, str],
    field: str | None,
    error: str,
    havsbris: Customer,
    anna: Membership,
) -> None:
    step = form(havsbris, anna, "trunk", {"TRK-10": "1", **EMERGENCY, **PORTING, **change})
    assert not step.is_valid()
    texts = [str(text) for errors in step.errors.values() for text in errors]
    assert any(error in text for text in texts), texts
    if field is not None:
        assert field in step.errors


@pytest.mark.parametrize(
    ("hosts", "rooms", "error"),
    [
        ("a@b.example\nnot an address", "", '"not an address" is not an e-mail address.'),
        ("a@b.example", "", "address of its host: 1 entered, 2 ordered."),
        ("a@b.example\nA@B.example", "", "is listed twice"),
        ("a@b.example\nc@b.example", "Room 1", "name of its room: 1 entered, 0 ordered."),
    ],
)
def test_meeting_counts_hosts_and_rooms(
    hosts: str, rooms: str, error: str, havsbris: Customer, anna: Membership
) -> None:
    step = form(havsbris, anna, "meeting", {"MTG-HOST": "2", "hosts": hosts, "rooms": rooms})
    assert not step.is_valid()
    assert error in str(step.errors.as_data())


def users(*rows: tuple[str, str, str]) -> dict[str, str]:
    """Return rows of the users' formset."""
    data = {"users-TOTAL_FORMS": str(len(rows)), "users-INITIAL_FORMS": "0"}
    for number, (name, email, seat) in enumerate(rows):
        data[f"users-{number}-name"] = name
        data[f"users-{number}-email"] = email
        data[f"users-{number}-seat"] = seat
    return data


def test_flex_keeps_its_users(havsbris: Customer, anna: Membership) -> None:
    rows = users(("Eva", "eva@a.example", "FLX-PRO"), ("", "", "FLX-PRO"))
    step = form(havsbris, anna, "flex", {"FLX-PRO": "1", **rows})
    assert step.is_valid(), step.errors
    assert step.details() == {
        "users": [{"name": "Eva", "email": "eva@a.example", "seat": "FLX-PRO"}]
    }


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([("Eva", "eva@a.example", "FLX-PRO")], "Name one user for each seat: 1 named, 2 ordered."),
        (
            [("Eva", "eva@a.example", "FLX-PRO"), ("Eva", "EVA@a.example", "FLX-PRO")],
            "is listed twice",
        ),
        ([("Eva", "nonsense", "FLX-PRO"), ("Bo", "b@a.example", "FLX-PRO")], "Check the users"),
        ([("", "eva@a.example", "FLX-PRO"), ("Bo", "b@a.example", "FLX-PRO")], "Check the users"),
    ],
)
def test_flex_names_all_users_or_none(
    rows: list[tuple[str, str, str]], error: str, havsbris: Customer, anna: Membership
) -> None:
    step = form(havsbris, anna, "flex", {"FLX-PRO": "2", **users(*rows)})
    assert not step.is_valid()
    assert error in str(step.errors)


def test_flex_without_names_is_fine(havsbris: Customer, anna: Membership) -> None:
    assert form(havsbris, anna, "flex", {"FLX-PRO": "2", **users()}).is_valid()


def test_broken_formset_data_is_an_error_not_a_500(havsbris: Customer, anna: Membership) -> None:
    step = form(havsbris, anna, "flex", {"FLX-PRO": "2", "users-TOTAL_FORMS": "x"})
    assert not step.is_valid()
