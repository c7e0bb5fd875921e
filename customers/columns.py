"""The columns of the list of customers: value, order, and heading in a file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Subquery
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.badges import customer_state
from customers.finding import custom_sort
from customers.list_setup import ListSetup
from customers.models import (
    Assignment,
    Contact,
    Customer,
    CustomerDomain,
    CustomField,
    Onboarding,
)
from portal.accounts.models import Membership
from portal.core.list_columns import Column as ListColumn
from portal.core.list_columns import Names, Value, annotated, needs_of
from portal.tenancy.context import local_day


@dataclass(frozen=True)
class Column(ListColumn[Customer]):
    """A column of the list of customers; the names are people's, by the id of their membership."""

    custom: CustomField | None = None


def by_name() -> Any:
    """Return the order by name in the partner's language, which has an index (SPEED-02)."""
    return Collate(F("sort_key"), "C")


def _text(name: str) -> tuple[Any, ...]:
    return (Collate(Lower(name), "C"), by_name())


def _primary(name: str) -> Subquery:
    contacts = Contact.objects.filter(customer_id=OuterRef("pk"), is_primary=True)
    return Subquery(contacts.values(name)[:1])


def _assigned_ids() -> ArraySubquery:
    mine = Assignment.objects.filter(customer_id=OuterRef("pk"))
    return ArraySubquery(mine.order_by("created_at", "pk").values("membership_id"))


def _first_assigned() -> Any:
    mine = Assignment.objects.filter(customer_id=OuterRef("pk")).order_by("created_at", "pk")
    return Lower(Subquery(mine.values("membership__user__name")[:1]))


def _domains() -> ArraySubquery:
    hers = CustomerDomain.objects.filter(customer_id=OuterRef("pk"))
    return ArraySubquery(hers.order_by("domain").values("domain"))


def _being_onboarded() -> Exists:
    return Exists(Onboarding.objects.open().filter(customer_id=OuterRef("pk")))


def _steps(*, of_all: bool) -> Subquery:
    """Return how many steps the open onboarding has, the customer's included, or how many done."""
    open_one = Onboarding.objects.open().filter(customer_id=OuterRef("pk"))
    number = models.IntegerField()
    count: Any = Func(F("done"), function="cardinality", output_field=number)
    if of_all:
        steps = KeyTransform("steps", "flow")
        count = Func(steps, function="jsonb_array_length", output_field=number) + 1
    return Subquery(open_one.values(found=count)[:1])


def _onboarding(customer: Customer, names: Names) -> str:
    """Return how far a customer is: on the way even if it has a system already (ONB-24)."""
    count = annotated(customer, "onboarding_steps")
    if count is not None:
        done = annotated(customer, "onboarding_done")
        return _("%(n)s of %(count)s steps") % {"n": done, "count": count}
    return _("Completed") if customer.onboarded_at else _("Not started")


def _plain(attribute: str, customer: Customer, names: Names) -> Value:
    found: Value = getattr(customer, attribute)
    return found


def _assigned(customer: Customer, names: Names) -> str:
    found = (names.get(pk, "") for pk in annotated(customer, "assigned_ids"))
    return ", ".join(name for name in found if name)


def _contact(customer: Customer, names: Names) -> str:
    first, last = annotated(customer, "contact_first"), annotated(customer, "contact_last")
    return " ".join(part for part in (first, last) if part)


def _organisation(customer: Customer, names: Names) -> str:
    """Return the organisation number, masked for a private person (D19)."""
    number = customer.organisation_number
    return "•••" if number and customer.is_residential else number


def _custom(custom: CustomField, customer: Customer, names: Names) -> Value:
    found = custom.of(customer.custom_values)
    if custom.kind == CustomField.Kind.DATE and isinstance(found, str):
        try:
            return dt.date.fromisoformat(found)
        except ValueError:
            return found
    if isinstance(found, bool | int | float | str) or found is None:
        return found
    return str(found)


def _moment(attribute: str, customer: Customer, names: Names) -> dt.date:
    return local_day(getattr(customer, attribute))


_LANGUAGES = dict(settings.LANGUAGES)
_CONTACT = {
    "contact_first": partial(_primary, "first_name"),
    "contact_last": partial(_primary, "last_name"),
}
WIDE = "k-sm-hide k-lg"
WIDE_IN_FILE = 32
COLUMNS: tuple[Column, ...] = (
    Column(
        "number",
        gettext_lazy("Number"),
        partial(_plain, "number"),
        (Collate(F("number_sort"), "C"),),
        standard=True,
        css="k-sm-hide",
    ),
    Column(
        "name",
        gettext_lazy("Name"),
        partial(_plain, "name"),
        (by_name(),),
        always=True,
        width=WIDE_IN_FILE,
    ),
    Column(
        "type",
        gettext_lazy("Type"),
        lambda customer, names: customer.get_type_display(),
        ("type", by_name()),
        standard=True,
        css=WIDE,
    ),
    Column(
        "town",
        gettext_lazy("Town"),
        partial(_plain, "city"),
        _text("city"),
        standard=True,
        css="k-sm-hide k-long",
    ),
    Column(
        "plan",
        gettext_lazy("Rate plan"),
        lambda customer, names: customer.rate_plan.name,
        ("rate_plan__position", "rate_plan__name", by_name()),
        standard=True,
        css=f"{WIDE} k-nowrap",
    ),
    Column(
        "credit",
        gettext_lazy("Credit used"),
        partial(_plain, "credit_percent"),
        ("credit_committed", by_name()),
        standard=True,
        unit="%",
    ),
    Column(
        "state",
        gettext_lazy("State"),
        lambda customer, names: customer_state(customer)[1],
        ("is_active", "lifecycle", by_name()),
        standard=True,
        css="k-corner",
    ),
    Column(
        "onboarding",
        gettext_lazy("Onboarding"),
        _onboarding,
        (_being_onboarded, "onboarded_at", by_name()),
        needs={
            "onboarding_steps": partial(_steps, of_all=True),
            "onboarding_done": partial(_steps, of_all=False),
        },
        css="k-nowrap",
    ),
    Column(
        "assigned",
        gettext_lazy("Assigned"),
        _assigned,
        (_first_assigned, by_name()),
        needs={"assigned_ids": _assigned_ids},
    ),
    Column(
        "contact",
        gettext_lazy("Primary contact"),
        _contact,
        (lambda: Lower(_primary("last_name")), lambda: Lower(_primary("first_name")), by_name()),
        needs=_CONTACT,
    ),
    Column(
        "contact_email",
        gettext_lazy("Contact's e-mail"),
        partial(_plain, "contact_email"),
        (lambda: Lower(_primary("email")), by_name()),
        needs={"contact_email": partial(_primary, "email")},
        width=WIDE_IN_FILE,
    ),
    Column(
        "contact_phone",
        gettext_lazy("Contact's phone"),
        lambda customer, names: str(annotated(customer, "contact_phone") or ""),
        (lambda: _primary("phone"), by_name()),
        needs={"contact_phone": partial(_primary, "phone")},
    ),
    Column(
        "billing_email",
        gettext_lazy("Billing e-mail"),
        partial(_plain, "billing_email"),
        _text("billing_email"),
        width=WIDE_IN_FILE,
    ),
    Column(
        "domains",
        gettext_lazy("E-mail domains"),
        lambda customer, names: ", ".join(annotated(customer, "domain_list")),
        (_domains, by_name()),
        needs={"domain_list": _domains},
    ),
    Column(
        "category",
        gettext_lazy("Business type"),
        lambda customer, names: str(customer.business_type or ""),
        ("business_type__position", "business_type__name", by_name()),
    ),
    Column(
        "organisation_number",
        gettext_lazy("Organisation number"),
        _organisation,
        _text("organisation_number"),
    ),
    Column(
        "vat_number",
        gettext_lazy("VAT number"),
        partial(_plain, "vat_number"),
        _text("vat_number"),
    ),
    Column("street", gettext_lazy("Street"), partial(_plain, "street"), _text("street")),
    Column(
        "postal_code",
        gettext_lazy("Postal code"),
        partial(_plain, "postal_code"),
        _text("postal_code"),
    ),
    Column("region", gettext_lazy("Region"), partial(_plain, "region"), _text("region")),
    Column(
        "country",
        gettext_lazy("Country"),
        lambda customer, names: str(customer.country.name),
        ("country", by_name()),
    ),
    Column(
        "language",
        gettext_lazy("Language"),
        lambda customer, names: _(str(_LANGUAGES.get(customer.language, customer.language))),
        ("language", by_name()),
    ),
    Column(
        "credit_limit",
        gettext_lazy("Credit limit"),
        partial(_plain, "credit_limit"),
        ("credit_limit", by_name()),
        css="k-num",
    ),
    Column(
        "credit_committed",
        gettext_lazy("Credit in use"),
        partial(_plain, "credit_committed"),
        ("credit_committed", by_name()),
        css="k-num",
    ),
    Column(
        "credit_available",
        gettext_lazy("Credit available"),
        partial(_plain, "credit_available"),
        (lambda: F("credit_limit") - F("credit_committed"), by_name()),
        css="k-num",
    ),
    Column("account", gettext_lazy("Account ID"), partial(_plain, "account_id"), ("account_id",)),
    Column(
        "created",
        gettext_lazy("Created"),
        partial(_moment, "created_at"),
        ("created_at",),
        css="k-nowrap",
    ),
    Column(
        "changed",
        gettext_lazy("Changed"),
        partial(_moment, "changed_at"),
        ("changed_at",),
        css="k-nowrap",
    ),
    Column(
        "notes",
        gettext_lazy("Notes"),
        partial(_plain, "notes"),
        _text("notes"),
        width=WIDE_IN_FILE,
    ),
)


CREDIT = frozenset({"credit", "credit_limit", "credit_committed", "credit_available"})


def custom_column(custom: CustomField) -> Column:
    """Return the column that shows a custom field."""
    label = _("%s (retired)") % custom.label if custom.is_retired else custom.label
    return Column(
        custom.name,
        label,
        partial(_custom, custom),
        (partial(custom_sort, custom), by_name()),
        standard=custom.in_list and not custom.is_retired,
        css="k-num" if custom.kind == CustomField.Kind.NUMBER else "k-long",
        custom=custom,
    )


def offered_columns(setup: ListSetup, person: Membership) -> list[Column]:
    """Return every column that the list can have for a person, in order.

    Those of the credit are for people who may see prices (RIGHTS-03).
    """
    prices = person.may("view_prices")
    columns = [column for column in COLUMNS if prices or column.name not in CREDIT]
    return [*columns, *(custom_column(custom) for custom in setup.fields)]


def with_needs(customers: Any, columns: list[Column]) -> Any:
    """Return the rows with everything that these columns show, in the same statement."""
    joins = ["rate_plan"]
    if any(column.name == "category" for column in columns):
        joins.append("business_type")
    return customers.select_related(*joins).annotate(**needs_of(columns))
