"""The customers themselves: create, change, deactivate, delete."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import (
    Customer,
    PartnerSettings,
)
from customers.services.contacts_and_sites import set_domains
from customers.services.custom import log_custom_values, put_custom_values
from customers.services.personal import set_personal_number
from customers.services.rules import (
    NumberTaken,
    OwnCompanyExists,
    OwnCompanyStays,
    StaleCustomer,
    check_number,
    default_rate_plan,
    partner_settings,
    suggest_number,
)
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.channel.services import claim_name, release_name
from portal.core.errors import RuleError
from portal.core.sorting import search_key, sort_key
from portal.history.services import record
from portal.tenancy.context import require_partner


def new_account_id() -> str:
    """ONB-25: an Account ID of its own for each customer, easy to read out on the phone."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    part = ["".join(secrets.choice(letters) for _i in range(4)) for _j in range(2)]
    return f"KT-{part[0]}-{part[1]}"


def fill_keys(customer: Customer) -> None:
    customer.name = " ".join(customer.name.split())
    customer.name_key = search_key(customer.name)
    if not any(letter.isalnum() for letter in customer.name_key):
        raise RuleError(gettext_lazy("Enter the customer's name."), field="name")
    customer.sort_key = sort_key(customer.name, require_partner().language)
    customer.number_key = search_key(customer.number)
    # A few letters stand for a dozen others each.
    for field, key, longest in (
        ("name", customer.name_key, 800),
        ("number", customer.number_key, 160),
    ):
        if len(key) > longest:
            raise RuleError(gettext_lazy("This is too long. Shorten it."), field=field)


def _claim(customer: Customer) -> None:
    claim_name(
        partner=require_partner(),
        customer_id=customer.pk,
        name=customer.name,
        number=customer.number,
        town=customer.city,
        is_active=customer.is_active,
        is_own_company=customer.is_own_company,
    )


def check_credit_right(
    person: Membership | None, limit: Decimal, plan: RatePlan, before: Customer | None
) -> None:
    """Without the right to set credit: at most the partner's limit, and the default plan (D23).

    ``person`` None is channel sales. Raises RuleError at the field.
    """
    if person is None or person.may("set_credit"):
        return
    allowed = partner_settings().sales_credit_limit
    if limit > allowed and (before is None or limit != before.credit_limit):
        raise RuleError(
            _("You may give a credit limit of at most %(limit)s. Ask an administrator for more.")
            % {"limit": allowed},
            field="credit_limit",
        )
    expected = before.rate_plan if before is not None else default_rate_plan()
    if plan.pk != expected.pk:
        raise RuleError(
            gettext_lazy("Only an administrator can choose another rate plan."), field="rate_plan"
        )


@transaction.atomic
def create_customer(
    *,
    at: datetime,
    by: Membership | None,
    name: str,
    number: str,
    billing_email: str,
    credit_limit: Decimal,
    rate_plan: RatePlan | None = None,
    domains: list[str] | None = None,
    is_own_company: bool = False,
    personal_number: str = "",
    custom: dict[str, Any] | None = None,
    **fields: Any,
) -> Customer:
    """Make a customer and claim her name across all partners (ACC-09 to ACC-20, REG-02).

    ``by`` is who does it, None for channel sales and for the making of a partner. Raises
    NameTaken, NumberTaken, NumberLength, NoRatePlan, or RuleError for D23; nothing is saved then.
    """
    partner = require_partner()
    plan = rate_plan or default_rate_plan()
    check_number(number)
    check_credit_right(by, credit_limit, plan, None)
    fields.setdefault("language", partner.language)
    fields.setdefault("country", partner.country)
    customer = Customer(
        id=uuid4(),
        name=name,
        number=number,
        billing_email=billing_email,
        credit_limit=credit_limit,
        rate_plan=plan,
        is_own_company=is_own_company,
        account_id=new_account_id(),
        created_at=at,
        changed_at=at,
        **fields,
    )
    fill_keys(customer)
    changes = put_custom_values(customer, custom) if custom else {}
    _claim(customer)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError as error:
        raise NumberTaken(number, _("another customer")) from error
    set_domains(customer, domains or [])
    if personal_number:
        set_personal_number(customer, personal_number)
    log_custom_values(customer, changes)
    return customer


def create_own_company(*, at: datetime, by: Membership | None) -> Customer:
    """Make the partner's own-company customer (ORD-08, ORD-11), named like the partner.

    Raises OwnCompanyExists when there is one. The name was claimed with the partner (D3).
    """
    partner = require_partner()
    with transaction.atomic():
        PartnerSettings.objects.select_for_update().get(pk=partner_settings().pk)
        if Customer.objects.own_company().exists():
            raise OwnCompanyExists
        return create_customer(
            at=at,
            by=None,
            name=partner.name,
            number=suggest_number(),
            billing_email=partner.notification_email,
            credit_limit=Decimal(0),
            is_own_company=True,
            lifecycle=Customer.Lifecycle.CUSTOMER,
        )


# What a form may change; number, type, plan and limit have rules of their own below.
_PLAIN = (
    "name organisation_number business_type language street postal_code city region country "
    "billing_email notes"
).split()


def change_customer(
    customer: Customer,
    *,
    at: datetime,
    by: Membership | None,
    version: int,
    domains: list[str] | None = None,
    personal_number: str | None = None,
    custom: dict[str, Any] | None = None,
    **fields: Any,
) -> Customer:
    """Change a customer's fields (REG-07); ``personal_number`` None leaves hers as it is, and
    ``custom`` is by the keys of the custom fields.

    ``version`` is the one the form was filled from: raises StaleCustomer when somebody saved in
    between (REG-35). Raises NameTaken, NumberTaken, NumberLength, RuleError (D23, REG-04). Type
    and rate plan are not changed here: ``orders.services`` does, it knows what is running.
    """
    with transaction.atomic():
        current = Customer.objects.select_for_update().get(pk=customer.pk)
        if current.version != version:
            raise StaleCustomer(current, at=at)
        number = fields.pop("number", current.number)
        if number != current.number:
            if by is not None and not by.may("change_settings"):
                raise RuleError(
                    gettext_lazy("Only an administrator can change the customer number."),
                    field="number",
                )
            check_number(number, customer_id=current.pk)
            current.number = number
        limit = fields.pop("credit_limit", current.credit_limit)
        if limit != current.credit_limit:
            check_credit_right(by, limit, current.rate_plan, current)
            current.credit_limit = limit
        for field in _PLAIN:
            if field in fields:
                setattr(current, field, fields.pop(field))
        assert not fields, f"not changed here: {sorted(fields)}"
        if current.is_own_company:
            current.name = require_partner().name
        fill_keys(current)
        changes = put_custom_values(current, custom) if custom else {}
        current.version += 1
        current.changed_at = at
        _claim(current)
        current.save()
        log_custom_values(current, changes)
        if domains is not None:
            set_domains(current, domains)
        if personal_number is not None:
            set_personal_number(current, personal_number)
        return current


@transaction.atomic
def deactivate_customer(customer: Customer, *, at: datetime) -> None:
    """Take a customer out of every picker; what was ordered stays (REG-16, D9).

    Raises OwnCompanyStays for the own company (ORD-09).
    """
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.is_own_company:
        raise OwnCompanyStays
    if not current.is_active:
        return
    current.is_active = False
    current.version += 1
    current.changed_at = at
    current.save(update_fields=["is_active", "version", "changed_at"])
    _claim(current)
    record(current, "customer_deactivated", customer_id=current.pk)


@transaction.atomic
def reactivate_customer(customer: Customer, *, at: datetime) -> None:
    """Let a customer be chosen again (REG-16)."""
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.is_active:
        return
    current.is_active = True
    current.version += 1
    current.changed_at = at
    current.save(update_fields=["is_active", "version", "changed_at"])
    _claim(current)
    record(current, "customer_reactivated", customer_id=current.pk)


@transaction.atomic
def delete_customer(customer: Customer) -> None:
    """Delete a customer that nothing hangs on, and free her name (ACC-11).

    Raises OwnCompanyStays (ORD-09), or RuleError when there are orders: those are deactivated.
    """
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.is_own_company:
        raise OwnCompanyStays
    release_name(partner=require_partner(), customer_id=current.pk)
    try:
        current.delete()
    except models.ProtectedError as error:
        raise RuleError(
            _("%(name)s has orders and cannot be deleted. Deactivate it instead.")
            % {"name": current.label}
        ) from error
