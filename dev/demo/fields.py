"""The custom fields of the demo's partners (REG-28)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from customers.models import Customer, CustomField
from customers.services import change_customer, save_custom_field, save_filter
from portal.accounts.models import Membership
from portal.core.actor import acting, dated

Kind = CustomField.Kind
# Labels of the service level and its choices, of the agreement's end, and of the shared filter.
WORDS = {
    "nordlys": (
        "Service level",
        ("Office hours", "Extended", "24/7"),
        "Agreement until",
    ),
    "brueckner": ("Servicestufe", ("Bürozeiten", "Erweitert", "24/7"), "Vertrag bis"),
    "harbour": ("Service level", ("Weekdays", "Extended", "24/7"), "Contract ends"),
}
FILTERS = {
    "nordlys": "Agreements that end soon",
    "brueckner": "Verträge, die bald enden",
    "harbour": "Contracts ending soon",
}


def load_fields(
    slug: str, customers: dict[str, Customer], people: dict[str, Membership], *, now: datetime
) -> None:
    """Create two fields, filled in for most companies, and a filter shared with everybody."""
    administrator = next(person for person in people.values() if person.may("change_settings"))
    level_name, levels, until_name = WORDS[slug]
    began = now - timedelta(days=200)
    with acting(administrator.user), dated(began):
        level = save_custom_field(
            CustomField(label=level_name, kind=Kind.CHOICE, suggestions=list(levels), in_list=True)
        )
        until = save_custom_field(
            CustomField(label=until_name, kind=Kind.DATE, hidden_from_customers=True)
        )
    for position, customer in enumerate(customers.values()):
        customer.refresh_from_db()
        if customer.type == Customer.Type.RESIDENTIAL or not customer.is_active:
            continue
        values: dict[str, Any] = {level.key: levels[position % 7 % 3]}
        if customer.lifecycle == Customer.Lifecycle.CUSTOMER:
            values[until.key] = _end_of_month(now.date() + timedelta(days=40 + position * 97 % 900))
        at = began + timedelta(days=position % 9, hours=position % 7)
        with acting(administrator.user), dated(at):
            change_customer(
                customer, at=at, by=administrator, version=customer.version, custom=values
            )
    last = _end_of_month(now.date() + timedelta(days=180))
    query = f"{until.name}_to={last.isoformat()}&sort={until.name}"
    save_filter(by=administrator, name=FILTERS[slug], query=query, is_shared=True, at=began)


def _end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
