"""A customer with support contacts, and reports of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Contact, Customer
from customers.services import assign, set_support_roles
from portal.accounts.models import Membership
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from support.models import ProblemReport
from support.services.reporting import Problem, report_problem
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def customer(nordlys: Partner) -> Customer:
    return factories.make_customer("Havsbris Redovisning AB", "10042", at=NOW)


def add_contact(customer: Customer, name: str, *roles: str) -> Contact:
    """Add a contact with these roles in support."""
    contact = factories.make_contact(
        customer,
        at=NOW,
        first_name=name,
        last_name="Lind",
        email=f"{name.lower()}@havsbris.example",
    )
    set_support_roles(contact, roles, at=NOW)
    return contact


@pytest.fixture
def karin(customer: Customer) -> Contact:
    return add_contact(customer, "Karin", "maintainer", "on_site")


@pytest.fixture
def per(customer: Customer) -> Contact:
    return add_contact(customer, "Per", "other")


Make = Callable[..., ProblemReport]


@pytest.fixture
def report(
    customer: Customer, karin: Contact, mikael: Membership, anna: Membership
) -> ProblemReport:
    """A report that Anna made; Karin got it, and Mikael is responsible."""
    assign(customer, mikael, at=NOW)
    return report_problem(customer, problem(), by=anna, at=NOW)


def problem(**more: Any) -> Problem:
    """Return what somebody says of a problem."""
    fields: dict[str, Any] = {
        "subject": "No calls from outside",
        "description": "Since this morning nobody reaches us.",
        "severity": ProblemReport.Severity.MAJOR,
        **more,
    }
    return Problem(**fields)


def mails(partner: Partner, template: str = "") -> list[OutboundEmail]:
    """Return the e-mails about reports, oldest first."""
    found = OutboundEmail.objects.for_partner(partner).filter(about_type="support.problemreport")
    if template:
        found = found.filter(template=f"support/email/{template}")
    return list(found.order_by("created_at", "to_address"))


def addresses(partner: Partner, template: str = "") -> list[str]:
    """Return whom these went to."""
    return sorted(mail.to_address for mail in mails(partner, template))
