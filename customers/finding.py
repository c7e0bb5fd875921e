"""Search and filters of the list of customers (REG-08, REG-09).

The page and the export use the same settings (REG-10): both read the address through
:func:`asked_of` and get their rows from :func:`found_customers`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Lower
from django.db.models.lookups import Contains, Exact, IsNull
from django.utils.translation import gettext as _

from customers.domains import as_domain
from customers.list_setup import ListSetup
from customers.models import (
    Assignment,
    Contact,
    Customer,
    CustomerQuerySet,
    CustomField,
    Onboarding,
)
from portal.accounts.models import Membership
from portal.core.finding import Wanted, like_literally
from portal.core.list_filters import Asked, Filter, read_filters
from portal.core.sorting import search_key

# Each branch uses an index of its own; an OR over them would use none (SPEED-01).
BESIDE_NAME = """
    SELECT id FROM customers_customer
     WHERE number_key COLLATE "C" >= %s AND number_key COLLATE "C" < %s
    UNION SELECT id FROM customers_customer WHERE search_text LIKE %s
    UNION SELECT customer_id FROM customers_customerdomain WHERE domain LIKE %s
"""
BY_CONTACT = " UNION SELECT customer_id FROM customers_contact WHERE {contact}"
BY_NAME = " UNION SELECT id FROM customers_customer WHERE {name}"

# The name of a custom field in addresses (CustomField.name).
_CUSTOM = re.compile(r"f_[0-9a-f]{32}(_from|_to)?\Z")


@dataclass(frozen=True)
class CustomerFilter(Filter):
    """A filter of the list of customers; of a custom field, if it is one's."""

    custom: CustomField | None = None


CustomersAsked = Asked[CustomerFilter]


def offered_filters(setup: ListSetup) -> list[CustomerFilter]:
    """Return every filter that this partner's list has."""
    any_one = ("", _("Any"))
    people = [(str(person.id), person.name) for person in setup.people if person.is_active]
    left = [(str(person.id), person.name) for person in setup.people if not person.is_active]
    found = [
        CustomerFilter(
            "state",
            _("State"),
            "choice",
            [("", _("Active")), ("inactive", _("Inactive")), ("all", _("Active and inactive"))],
            menu=True,
        ),
        CustomerFilter(
            "type", _("Type"), "choice", [any_one, *_labels(Customer.Type.choices)], menu=True
        ),
        CustomerFilter(
            "assigned",
            _("Assigned to"),
            "choice",
            [any_one, ("me", _("Me")), ("any", _("Somebody")), ("none", _("Nobody")), *people],
            former=left,
            menu=True,
        ),
        CustomerFilter(
            "lifecycle", _("Lifecycle"), "choice", [any_one, *_labels(Customer.Lifecycle.choices)]
        ),
        CustomerFilter(
            "onboarding",
            _("Onboarding"),
            "choice",
            [
                any_one,
                ("progress", _("In progress")),
                ("completed", _("Completed")),
                ("none", _("Not started")),
            ],
        ),
        CustomerFilter("plan", _("Rate plan"), "choice", [any_one, *setup.plans]),
        CustomerFilter(
            "category",
            _("Business type"),
            "choice",
            [any_one, ("none", _("Not set")), *setup.categories],
        ),
    ]
    for custom in setup.fields:
        found += _custom_filters(custom)
    return found


def _labels(choices: Any) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in choices]


def _custom_filters(custom: CustomField) -> list[CustomerFilter]:
    kinds = CustomField.Kind
    name, label = custom.name, custom.label
    if custom.kind == kinds.YES_NO:
        words = [("", _("Any")), ("yes", _("Yes")), ("no", _("No")), ("none", _("Not set"))]
        return [CustomerFilter(name, label, "choice", words, custom=custom)]
    if custom.kind in (kinds.NUMBER, kinds.DATE):
        return [
            CustomerFilter(
                f"{name}_from", _("%s from") % label, custom.kind, end="from", custom=custom
            ),
            CustomerFilter(f"{name}_to", _("%s to") % label, custom.kind, end="to", custom=custom),
        ]
    if custom.kind == kinds.CHOICE:
        words = [(each, each) for each in custom.suggestions]
        return [CustomerFilter(name, label, "suggest", words, custom=custom)]
    return [CustomerFilter(name, label, "text", custom=custom)]


def asked_of(data: Mapping[str, str], setup: ListSetup) -> CustomersAsked:
    """Return what an address asks for. A custom field that was deleted is asked for in vain."""
    filters = offered_filters(setup)
    offered = {each.name for each in filters}
    gone = [name for name in data if _CUSTOM.match(name) and name not in offered and data[name]]
    return replace(read_filters(data, filters), unknown=gone)


def found_customers(
    asked: CustomersAsked, *, person: Membership, setup: ListSetup, along_index: bool = False
) -> CustomerQuerySet:
    """Return the customers that ``person`` may see and that match the search and all filters.

    ``along_index``: a page of them is wanted in an order that has an index.
    """
    customers = Customer.objects.visible_to(person, few=setup.few_assigned)
    if not asked.is_possible:
        return customers.none()
    if search_key(asked.text):
        hits = _hits(asked.text, is_common=setup.is_common, along_index=along_index)
        customers = customers.filter(hits)
    if "state" not in asked.values:
        customers = customers.active()
    for each in asked.set_filters():
        condition = _condition(each, asked.values[each.name], person)
        if condition is not None:
            customers = customers.filter(condition)
    return customers


def _hits(typed: str, *, is_common: bool, along_index: bool) -> Q:
    """Return the condition that a search sets (REG-08, REG-36).

    The hits of a rare text are fetched by the indexes. A common text is checked row by row: on the
    way along an index, which ends after a page, in the contacts too; otherwise the contacts that
    match are fetched (REG-37).
    """
    wanted, text = Wanted(typed), search_key(typed)
    name, names = wanted.sql("find_key")
    contact, contacts = wanted.sql("find_key", phone=True)
    part = f"%{like_literally(text)}%"
    domain = f"%{like_literally(as_domain(text))}%"
    beside, by_contact = BESIDE_NAME, BY_CONTACT.format(contact=contact)
    values: list[Any] = [text, text + "\U0010ffff", part, domain]
    if not is_common or not wanted:
        sql = beside + by_contact + BY_NAME.format(name=name)
        return Q(pk__in=RawSQL(sql, [*values, *contacts, *names]))  # noqa: S611  no text in it
    if not along_index:
        fetched = RawSQL(beside + by_contact, [*values, *contacts])  # noqa: S611
        return wanted.q("find_key") | Q(pk__in=fetched)
    people = Contact.objects.filter(wanted.q("find_key", phone=True), customer_id=OuterRef("pk"))
    # Not EXISTS: PostgreSQL would fetch all of them.
    one = IsNull(Subquery(people.values("pk")[:1]), False)
    return wanted.q("find_key") | Q(pk__in=RawSQL(beside, values)) | Q(one)  # noqa: S611


def _condition(each: CustomerFilter, value: str, person: Membership) -> Any:
    if each.custom is not None:
        return _custom_condition(each, each.custom, value)
    if each.name == "state":
        return Q(is_active=False) if value == "inactive" else None
    if each.name == "assigned":
        return _assigned(value, person)
    if each.name == "onboarding":
        return _onboarding(value)
    if each.name == "plan":
        return Q(rate_plan_id=int(value))
    if each.name == "category":
        return Q(business_type__isnull=True) if value == "none" else Q(business_type_id=int(value))
    return Q(**{each.name: value})


def _onboarding(value: str) -> Any:
    """Return those being onboarded, those with a system in operation, or those with neither."""
    on_the_way = Exists(Onboarding.objects.open().filter(customer_id=OuterRef("pk")))
    if value == "progress":
        return on_the_way
    return ~on_the_way & Q(onboarded_at__isnull=value == "none")


def _assigned(value: str, person: Membership) -> Any:
    assignments = Assignment.objects.filter(customer_id=OuterRef("pk"))
    if value == "none":
        return ~Exists(assignments)
    if value == "any":
        return Exists(assignments)
    who = person.pk if value == "me" else UUID(value)
    return Q(pk__in=Assignment.objects.filter(membership_id=who).values("customer_id"))


def _custom_condition(each: CustomerFilter, custom: CustomField, value: str) -> Any:
    key = custom.key
    if custom.kind == CustomField.Kind.YES_NO:
        if value == "none":
            return ~Q(custom_values__has_key=key)
        return Q(custom_values__contains={key: value == "yes"})
    if each.end:
        # JSON compares numbers as numbers, and dates in ISO 8601 sort as texts.
        bound: Any = value if custom.kind == CustomField.Kind.DATE else as_number(Decimal(value))
        compare = "gte" if each.end == "from" else "lte"
        return Q(**{f"custom_values__{key}__{compare}": bound})
    if each.kind == "suggest" and value in custom.suggestions:
        return Q(custom_values__contains={key: value})
    text = Lower(KeyTextTransform(key, "custom_values"))
    typed = Lower(Value(value))
    return Exact(text, typed) if each.kind == "suggest" else Contains(text, value.lower())


def as_number(value: Decimal) -> int | float:
    """Return a number as JSON holds it; up to 15 digits it comes back as it went in."""
    return int(value) if value == value.to_integral_value() else float(value)


def custom_sort(custom: CustomField) -> Any:
    """Return what a column of a custom field is sorted by; customers without a value come last."""
    if custom.kind in (CustomField.Kind.NUMBER, CustomField.Kind.YES_NO):
        return KeyTransform(custom.key, F("custom_values"))
    return Lower(KeyTextTransform(custom.key, F("custom_values")))
