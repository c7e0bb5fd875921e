"""What the tests of onboarding post: the fields of each step, as a browser sends them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from customers.models import Customer, Onboarding
from customers.onboarding.flow import flow_of
from customers.onboarding.services import begin_onboarding
from portal.accounts.models import Membership
from portal.catalog.models import Platform, RatePlan
from tests.conftest import NOW

Fields = dict[str, str]
MAINTAINER, ON_SITE = "maintainer", "on_site"
GATEWAY: Fields = {
    "name": "GW-1",
    "serial": "gw10023456",
    "mac": "0008.5d4a.1102",
    "mode": "dhcp",
}
PBX: Fields = {"type": "430", "version": "7.2", "address": "10.20.4.10", "extensions": "100-149"}
CONNECT: Fields = {
    "host": "gw1.havsbris.example",
    "port": "8443",
    "user": "service",
    "password": "Br1ght-Key",
}
SYNC: Fields = {"source": "entra", "schedule": "night", "numbers": "on"}
BOTH = (
    ("Karin Lind", "karin@havsbris.example", MAINTAINER),
    ("Per Ek", "per@havsbris.example", ON_SITE),
)


def people(kind: str, rows: tuple[tuple[str, ...], ...]) -> Fields:
    """Return the fields of a list of people: (name, e-mail) or (name, e-mail, role)."""
    found: Fields = {
        f"{kind}-TOTAL_FORMS": str(len(rows)),
        f"{kind}-INITIAL_FORMS": "0",
    }
    for at, row in enumerate(rows):
        for name, value in zip(("name", "email", "role"), row, strict=False):
            found[f"{kind}-{at}-{name}"] = value
    return found


def customer_fields(
    *,
    support: tuple[tuple[str, ...], ...] = BOTH,
    admins: tuple[tuple[str, ...], ...] = (),
    **fields: Any,
) -> Fields:
    """Return the fields of the customer's step of a known customer."""
    return {
        "street": "Storgatan 5",
        "postal_code": "803 20",
        "city": "Gävle",
        "region": "",
        "country": "SE",
        "business_type": "",
        "domains": "havsbris.example",
        **people("support", support),
        **people("admins", admins),
        **fields,
    }


def new_fields(**fields: str) -> Fields:
    """Return the fields of the customer's step of a new customer."""
    return customer_fields() | {
        "type": "normal",
        "name": "Havsbris Redovisning AB",
        "number": "10042",
        "language": "en",
        "rate_plan": str(RatePlan._default_manager.get(name="Standard").pk),
        "credit_limit": "1000",
        "billing_email": "faktura@havsbris.example",
        "organisation_number": "",
        "vat_number": "",
        **fields,
    }


def begin(code: str, customer: Customer | None, by: Membership) -> Onboarding:
    platform = Platform._default_manager.get(code=code)
    assert flow_of(platform)["steps"]
    return begin_onboarding(platform, customer=customer, by=by, at=NOW)


def post(
    client: Client, onboarding: Onboarding, step: str, fields: Fields, act: str = "next"
) -> Any:
    """Send a step as it is saved now."""
    saved = Onboarding.objects.select_related("customer").get(pk=onboarding.pk)
    version = saved.version
    if step == "customer" and saved.customer is not None:
        fields = {"customer_version": str(saved.customer.version), **fields}
    if step not in ("customer", "summary"):
        fields = {f"f-{name}": value for name, value in fields.items()}
    return client.post(
        f"/onboarding/{onboarding.pk}/{step}/", {**fields, "act": act, "version": str(version)}
    )


def complete(client: Client, onboarding: Onboarding) -> Any:
    """Press the button of the summary."""
    return post(client, onboarding, "summary", {})


def all_steps(client: Client, onboarding: Onboarding, **people_of: Any) -> None:
    """Go through every step of the first platform."""
    for step, fields in (
        ("customer", customer_fields(**people_of)),
        ("gateway", GATEWAY),
        ("pbx", PBX),
        ("connect", CONNECT),
    ):
        answer = post(client, onboarding, step, fields)
        assert answer.status_code == 302, answer.content.decode()
