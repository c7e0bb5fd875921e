"""The two partners of the stateful properties: three people and two customers each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from customers.models import Customer
from customers.services import assign, set_domains
from portal.accounts.models import Membership, User
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW
from tests.flows.stateful_model import Model
from tests.flows.stateful_portal import Person, Portal
from tests.isolation.world import CANARY, member, sign_in

# Seats of 129 a month: ten of the first customer's, and never all of the second's.
LIMITS = {"a": 1300, "b": 40_000}
PEOPLE = {
    "nordlys": {"administrator": "anna", "sales": "jonas", "technician": "mikael"},
    "brueckner": {"administrator": "lena", "sales": "jan", "technician": "mia"},
}


def _customer(slug: str, letter: str, technician: Membership) -> tuple[Customer, dict[str, Any]]:
    """Create a customer that can be asked; the technician is responsible for the first one."""
    canary, limit = CANARY[slug], LIMITS[letter]
    customer = factories.make_customer(
        f"{canary} {letter} AB",
        "30001" if letter == "a" else "30002",
        at=NOW,
        credit_limit=str(limit),
        language="en",
        billing_email=f"invoice@{canary}{letter}.example",
    )
    set_domains(customer, [f"{canary}{letter}.example"])
    email = f"annika@{canary}{letter}.example"
    contact = factories.make_contact(customer, at=NOW, first_name=canary, email=email)
    if letter == "a":
        assign(customer, technician, at=NOW)
    return customer, {
        "partner": slug,
        "name": customer.name,
        "label": customer.label,
        "limit": limit,
        "contact": email,
        "contact_id": contact.pk,
        "responsible": technician.user.email if letter == "a" else "",
    }


def build() -> Portal:
    """Fill both partners, sign everybody in, and return the portal with its model."""
    User.objects.exclude(is_staff=True).update(language="en")
    people: list[Person] = []
    customers: dict[UUID, dict[str, Any]] = {}
    secret: dict[str, list[str]] = {}
    inbox: dict[str, str] = {}
    for slug, names in PEOPLE.items():
        partner = Partner.objects.get(slug=slug)
        other = Partner.objects.exclude(slug=slug).get(slug__in=PEOPLE)
        secret[slug] = [CANARY[other.slug], other.name.split()[0], other.schema_name]
        inbox[slug] = partner.notification_email
        members = {role: member(partner, name) for role, name in names.items()}
        people += [Person(role, slug, each, sign_in(each)) for role, each in members.items()]
        with in_partner(partner):
            for letter in LIMITS:
                customer, facts = _customer(slug, letter, members["technician"])
                customers[customer.pk] = facts
            own = Customer.objects.get(is_own_company=True)
            customers[own.pk] = {
                "partner": slug,
                "name": own.name,
                "label": own.label,
                "own": True,
                "limit": own.credit_limit,
                "contact": "",
                "contact_id": own.pk,
                "responsible": "",
            }
    model = Model(customers, inbox)
    labels = {facts["label"]: pk for pk, facts in customers.items()}
    return Portal(people, model, labels, secret)
