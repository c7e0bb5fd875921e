"""Services for customers: create, change, deactivate, delete."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from customers.models import (
    Customer,
    PartnerSettings,
)
from customers.related_data import related_data
from customers.services.contacts_and_sites import set_domains
from customers.services.custom import log_custom_values, put_custom_values
from customers.services.personal import set_personal_number
from customers.services.refusals import refusals, refuse
from customers.services.rules import (
    NumberTaken,
    OwnCompanyExists,
    OwnCompanyStays,
    StaleCustomer,
    default_rate_plan,
    partner_settings,
    suggest_number,
)
from portal.accounts.models import Membership
from portal.accounts.services import end_customer_users
from portal.catalog.models import BusinessType, RatePlan
from portal.channel.services import claim_name, forget_registrations, release_name
from portal.core.actor import acting, current_actor
from portal.core.errors import RuleError
from portal.core.finding import look_key
from portal.core.sorting import number_sort_key, search_key, sort_key
from portal.history.services import record
from portal.tenancy.context import require_partner


def new_account_id() -> str:
    """Return a new Account ID that is easy to read out on the phone (ONB-25)."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    part = ["".join(secrets.choice(letters) for _i in range(4)) for _j in range(2)]
    return f"KT-{part[0]}-{part[1]}"


def _fill_keys(customer: Customer) -> None:
    """Set the keys for searching and sorting from the customer's name and number."""
    customer.name = " ".join(customer.name.split())
    customer.name_key = search_key(customer.name)
    customer.sort_key = sort_key(customer.name, require_partner().language)
    customer.number_key = search_key(customer.number)
    customer.look_key = look_key(customer.name)
    customer.number_sort = number_sort_key(customer.number)


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


class CustomerDetails(TypedDict, total=False):
    """Fields that may be left out when a customer is created or changed."""

    organisation_number: str
    vat_number: str
    business_type: BusinessType | None
    language: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str
    notes: str


class NewCustomer(CustomerDetails, total=False):
    """Fields that are only set on creation; a later change of type has a service of its own."""

    type: str
    lifecycle: str


class ChangedCustomer(CustomerDetails, total=False):
    """Fields that a form may change; type and rate plan have services of their own."""

    name: str
    number: str
    billing_email: str
    credit_limit: Decimal


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
    **fields: Unpack[NewCustomer],
) -> Customer:
    """Create a customer and claim its name across all partners (ACC-09 to ACC-20, REG-02).

    ``by`` is the person who creates it, None for channel sales and when a partner is created. Raise
    NameTaken, NumberTaken, NoRatePlan, the first of ``refusals``, or RuleError for a domain or the
    personal number; nothing is saved then.
    """
    partner = require_partner()
    plan = rate_plan or default_rate_plan()
    values = {"name": name, "number": number, "credit_limit": credit_limit, "rate_plan": plan}
    refuse(refusals(values, by=by, looks_up_name=False))
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
    _fill_keys(customer)
    changes = put_custom_values(customer, custom) if custom else {}
    _claim(customer)
    _insert(customer)
    set_domains(customer, domains or [])
    if personal_number:
        set_personal_number(customer, personal_number)
    log_custom_values(customer, changes)
    return customer


def _insert(customer: Customer) -> None:
    """Insert the row. Raise NumberTaken if the number was taken in the meantime."""
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError as error:
        raise NumberTaken(customer.number, _("another customer")) from error


def create_own_company(*, at: datetime, by: Membership | None) -> Customer:
    """Create the partner's own-company customer, named like the partner (ORD-08, ORD-11).

    The name was claimed when the partner was created (D3). The history names ``by``, or whoever
    acts if it is None. Raise OwnCompanyExists if there is one.
    """
    partner = require_partner()
    actor = by.user if by is not None else current_actor()
    with transaction.atomic(), acting(actor):
        PartnerSettings.objects.select_for_update().get(pk=partner_settings().pk)
        if Customer.objects.own_company().exists():
            raise OwnCompanyExists
        return create_customer(
            at=at,
            by=by,
            name=partner.name,
            number=suggest_number(),
            billing_email=partner.notification_email,
            credit_limit=Decimal(0),
            is_own_company=True,
            lifecycle=Customer.Lifecycle.CUSTOMER,
        )


def change_customer(
    customer: Customer,
    *,
    at: datetime,
    by: Membership | None,
    version: int,
    domains: list[str] | None = None,
    personal_number: str | None = None,
    custom: dict[str, Any] | None = None,
    **fields: Unpack[ChangedCustomer],
) -> Customer:
    """Change a customer's fields (REG-07) and return the saved customer.

    ``version`` is the one that the form was filled from. ``domains`` and ``personal_number`` None
    leave them unchanged, ``custom`` is by the keys of the custom fields. Type and rate plan are
    changed in ``orders.services``, which knows what is running.

    Raise StaleCustomer if somebody saved in between (REG-35), NameTaken, or the first of
    ``refusals`` (D23, REG-04).
    """
    unknown = fields.keys() - ChangedCustomer.__optional_keys__
    assert not unknown, f"not changed here: {sorted(unknown)}"
    with transaction.atomic():
        current = Customer.objects.select_for_update().get(pk=customer.pk)
        if current.version != version:
            raise StaleCustomer(current, at=at)
        if current.is_own_company:
            fields["name"] = require_partner().name
        refuse(refusals(fields, by=by, before=current, looks_up_name=False))
        for field, value in fields.items():
            setattr(current, field, value)
        _fill_keys(current)
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
    """Remove a customer from every choice; orders and services stay (REG-16, D9).

    What can't be fulfilled any more is withdrawn, and told to whom it concerns (REG-61).
    Raise OwnCompanyStays for the own company (ORD-09).
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
    for data in related_data():
        data.deactivate(current, at=at)


@transaction.atomic
def reactivate_customer(customer: Customer, *, at: datetime) -> None:
    """Let a deactivated customer be chosen again (REG-16)."""
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
def delete_customer(customer: Customer, *, at: datetime) -> None:
    """Delete a customer with its contacts, sites and domains, and free its name (ACC-11).

    The places of its users end.

    Raise OwnCompanyStays for the own company (ORD-09), RuleError if orders or quotes refer to it:
    such a customer is deactivated instead.
    """
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.is_own_company:
        raise OwnCompanyStays
    partner = require_partner()
    release_name(partner=partner, customer_id=current.pk)
    forget_registrations(partner=partner, ids=current.registrations.values_list("pk", flat=True))
    end_customer_users(partner, current.pk, at=at)
    try:
        current.delete()
    except models.ProtectedError as error:
        raise RuleError(
            _("%(name)s has orders or quotes and cannot be deleted. Deactivate it instead.")
            % {"name": current.label}
        ) from error
