"""Finding customers for a list: what is searched, and what stands beside the box (REG-08, REG-09).

The same settings drive the page and the export (REG-10): both read the address through
:func:`read_filters` and take their rows from :func:`found_customers`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Lower
from django.db.models.lookups import Contains, Exact, IsNull
from django.utils.formats import sanitize_separators
from django.utils.translation import gettext as _

from customers.domains import as_domain
from customers.list_setup import ListSetup
from customers.models import Assignment, Contact, Customer, CustomerQuerySet, CustomField
from portal.accounts.models import Membership
from portal.core.finding import Wanted, like_literally
from portal.core.sorting import search_key

# Each branch by an index of its own; an OR over them would use none (SPEED-01).
BESIDE_NAME = """
    SELECT id FROM customers_customer
     WHERE number_key COLLATE "C" >= %s AND number_key COLLATE "C" < %s
    UNION SELECT id FROM customers_customer WHERE search_text LIKE %s
    UNION SELECT customer_id FROM customers_customerdomain WHERE domain LIKE %s
"""
BY_CONTACT = " UNION SELECT customer_id FROM customers_contact WHERE {contact}"
BY_NAME = " UNION SELECT id FROM customers_customer WHERE {name}"
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the address, its label, and what can be chosen or typed.

    ``kind`` is "choice" (from ``choices``, whose first stands for no filter), "suggest" (from
    ``choices`` or typed), "text", "number" or "date".
    """

    name: str
    label: str
    kind: str
    choices: Choices = field(default_factory=list)
    custom: CustomField | None = None
    # "from" or "to", for the two ends of a range.
    end: str = ""

    def words(self, value: str) -> str:
        """What is said of a value that is set."""
        return dict(self.choices).get(value, value)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the search, and each filter that is set with its value."""

    text: str
    values: dict[str, str]
    filters: list[Filter]
    errors: list[str]
    few_assigned: bool = False
    # Whether the text has so many hits that it is better asked of each row (REG-37).
    is_common: bool = False

    @property
    def is_set(self) -> bool:
        return bool(self.text or self.values)

    def pairs(self) -> list[tuple[str, str]]:
        """As it stands in an address, in a fixed order."""
        found = [("q", self.text)] if self.text else []
        return found + [(each.name, self.values[each.name]) for each in self.set_filters()]

    def set_filters(self) -> Iterator[Filter]:
        return (each for each in self.filters if each.name in self.values)


def offered_filters(setup: ListSetup) -> list[Filter]:
    """Every filter that this partner's list has."""
    any_one = ("", _("Any"))
    people = [(str(person.id), person.name) for person in setup.people if person.is_active]
    found = [
        Filter(
            "state",
            _("State"),
            "choice",
            [("", _("Active")), ("inactive", _("Inactive")), ("all", _("Active and inactive"))],
        ),
        Filter("type", _("Type"), "choice", [any_one, *_labels(Customer.Type.choices)]),
        Filter(
            "assigned",
            _("Assigned to"),
            "choice",
            [any_one, ("me", _("Me")), ("any", _("Somebody")), ("none", _("Nobody")), *people],
        ),
        Filter(
            "lifecycle", _("Lifecycle"), "choice", [any_one, *_labels(Customer.Lifecycle.choices)]
        ),
        Filter("plan", _("Rate plan"), "choice", [any_one, *setup.plans]),
        Filter(
            "category",
            _("Business type"),
            "choice",
            [any_one, ("none", _("Not set")), *setup.categories],
        ),
    ]
    for custom in setup.fields:
        found += _custom_filters(custom)
    return found


def _labels(choices: Any) -> Choices:
    return [(value, str(label)) for value, label in choices]


def _custom_filters(custom: CustomField) -> list[Filter]:
    kinds = CustomField.Kind
    name, label = custom.name, custom.label
    if custom.kind == kinds.YES_NO:
        words = [("", _("Any")), ("yes", _("Yes")), ("no", _("No")), ("none", _("Not set"))]
        return [Filter(name, label, "choice", words, custom)]
    if custom.kind in (kinds.NUMBER, kinds.DATE):
        return [
            Filter(f"{name}_from", _("%s from") % label, custom.kind, [], custom, "from"),
            Filter(f"{name}_to", _("%s to") % label, custom.kind, [], custom, "to"),
        ]
    if custom.kind == kinds.CHOICE:
        words = [(each, each) for each in custom.suggestions]
        return [Filter(name, label, "suggest", words, custom)]
    return [Filter(name, label, "text", [], custom)]


def read_filters(data: Mapping[str, str], setup: ListSetup) -> Asked:
    """What an address asks for. What it can't mean is left out and said in ``errors``."""
    filters = offered_filters(setup)
    values: dict[str, str] = {}
    errors: list[str] = []
    for each in filters:
        typed = " ".join(data.get(each.name, "").replace("\x00", "").split())[:200]
        if not typed:
            continue
        try:
            values[each.name] = _read(each, typed)
        except ValueError:
            errors.append(
                _("%(label)s: “%(typed)s” can't be looked for, so it was left out.")
                % {"label": each.label, "typed": typed}
            )
    text = " ".join(data.get("q", "").replace("\x00", "").split())[:200]
    return Asked(text, values, filters, errors, setup.few_assigned, setup.is_common)


def _read(each: Filter, typed: str) -> str:
    """The value as addresses have it; ValueError when it is none."""
    if each.kind == "choice":
        if typed not in dict(each.choices):
            raise ValueError(typed)
        return typed
    if each.kind == "date":
        return dt.date.fromisoformat(typed).isoformat()
    if each.kind == "number":
        try:
            number = Decimal(str(sanitize_separators(typed)))
        except InvalidOperation as error:
            raise ValueError(typed) from error
        if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
            raise ValueError(typed)
        return f"{number:f}"
    return typed


def found_customers(
    asked: Asked, *, person: Membership, along_index: bool = False
) -> CustomerQuerySet:
    """The customers that ``person`` may see and that the search and all filters leave.

    ``along_index``: a page of them is wanted in an order that has an index.
    """
    customers = Customer.objects.visible_to(person, few=asked.few_assigned)
    if search_key(asked.text):
        customers = customers.filter(_hits(asked, along_index))
    if "state" not in asked.values:
        customers = customers.active()
    for each in asked.set_filters():
        condition = _condition(each, asked.values[each.name], person)
        if condition is not None:
            customers = customers.filter(condition)
    return customers


def _hits(asked: Asked, along_index: bool) -> Q:
    """Return the condition that a search sets (REG-08, REG-36).

    A rare text is fetched by the indexes. A common one is asked of each row: on the way along an
    index, which ends after a page, of its contacts too; otherwise these are fetched (REG-37).
    """
    wanted, text = Wanted(asked.text), search_key(asked.text)
    name, names = wanted.sql("find_key")
    contact, contacts = wanted.sql("find_key", phone=True)
    part = f"%{like_literally(text)}%"
    domain = f"%{like_literally(as_domain(text))}%"
    beside, by_contact = BESIDE_NAME, BY_CONTACT.format(contact=contact)
    values: list[Any] = [text, text + "\U0010ffff", part, domain]
    if not asked.is_common or not wanted:
        sql = beside + by_contact + BY_NAME.format(name=name)
        return Q(pk__in=RawSQL(sql, [*values, *contacts, *names]))  # noqa: S611  no text in it
    if not along_index:
        fetched = RawSQL(beside + by_contact, [*values, *contacts])  # noqa: S611
        return wanted.q("find_key") | Q(pk__in=fetched)
    people = Contact.objects.filter(wanted.q("find_key", phone=True), customer_id=OuterRef("pk"))
    # Not EXISTS: PostgreSQL would fetch all of them.
    one = IsNull(Subquery(people.values("pk")[:1]), False)
    return wanted.q("find_key") | Q(pk__in=RawSQL(beside, values)) | Q(one)  # noqa: S611


def _condition(each: Filter, value: str, person: Membership) -> Any:
    if each.custom is not None:
        return _custom_condition(each, each.custom, value)
    if each.name == "state":
        return Q(is_active=False) if value == "inactive" else None
    if each.name == "assigned":
        return _assigned(value, person)
    if each.name == "plan":
        return Q(rate_plan_id=int(value))
    if each.name == "category":
        return Q(business_type__isnull=True) if value == "none" else Q(business_type_id=int(value))
    return Q(**{each.name: value})


def _assigned(value: str, person: Membership) -> Any:
    assignments = Assignment.objects.filter(customer_id=OuterRef("pk"))
    if value == "none":
        return ~Exists(assignments)
    if value == "any":
        return Exists(assignments)
    who = person.pk if value == "me" else UUID(value)
    return Q(pk__in=Assignment.objects.filter(membership_id=who).values("customer_id"))


def _custom_condition(each: Filter, custom: CustomField, value: str) -> Any:
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
    """A number as JSON holds it; up to 15 digits it comes back as it went in."""
    return int(value) if value == value.to_integral_value() else float(value)


def custom_sort(custom: CustomField) -> Any:
    """What a column of a custom field is sorted by; customers without a value come last."""
    if custom.kind in (CustomField.Kind.NUMBER, CustomField.Kind.YES_NO):
        return KeyTransform(custom.key, F("custom_values"))
    return Lower(KeyTextTransform(custom.key, F("custom_values")))
