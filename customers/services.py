"""The verbs of the register: create, change, deactivate, delete; contacts, sites, domains."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.domains import clean_domain
from customers.models import (
    Assignment,
    Contact,
    Customer,
    CustomerDomain,
    FamilyClearance,
    PartnerSettings,
    Site,
)
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.channel.services import claim_name, release_name
from portal.errors import RuleError
from portal.history.services import record
from portal.sorting import search_key, sort_key
from portal.tenancy.context import current_partner
from portal.tenancy.models import Partner


class NumberTaken(RuleError):
    """REG-02: the number is unique within the partner."""

    def __init__(self, number: str, name: str) -> None:
        super().__init__(
            _("Customer number %(number)s is already used by %(name)s.")
            % {"number": number, "name": name},
            field="number",
        )


class NumberLength(RuleError):
    """REG-05: the settings say how long a number is."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(
            _("Customer number must be %(low)s to %(high)s characters.")
            % {"low": low, "high": high},
            field="number",
        )


class NoRatePlan(RuleError):
    """ACC-12: without a plan there is no price."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("No rate plan is available. Ask Channel Sales."), field="rate_plan"
        )


class OwnCompanyExists(RuleError):
    """ORD-11: one own company each."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Your own-company customer already exists."))


class OwnCompanyStays(RuleError):
    """ORD-09: the own company is neither deleted nor deactivated."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("The own-company customer cannot be deleted."))


class StaleCustomer(RuleError):
    """REG-35: somebody else saved in between."""

    def __init__(self, current: Customer) -> None:
        super().__init__(
            gettext_lazy("Somebody else changed this customer in the meantime. Compare, then save.")
        )
        self.current = current


def _partner() -> Partner:
    partner = current_partner()
    assert partner is not None, "customers live in a partner's schema"
    return partner


def partner_settings() -> PartnerSettings:
    """The partner's settings, made with the defaults at the first look."""
    settings = PartnerSettings.objects.select_related("default_rate_plan").first()
    if settings is None:
        settings, _made = PartnerSettings.objects.get_or_create(singleton=True)
    return settings


def default_rate_plan(settings: PartnerSettings | None = None) -> RatePlan:
    """The plan of a customer made without choosing one (ACC-12, ACC-13).

    Raises NoRatePlan when the catalogue has none.
    """
    plan = (settings or partner_settings()).default_rate_plan or RatePlan.first()
    if plan is None:
        raise NoRatePlan
    return plan


def check_number(number: str, *, customer_id: UUID | None = None) -> None:
    """Refuse a number of the wrong length (NumberLength) or one in use (NumberTaken)."""
    settings = partner_settings()
    if not settings.number_min <= len(number) <= settings.number_max:
        raise NumberLength(settings.number_min, settings.number_max)
    holder = (
        Customer.objects.filter(number_key=search_key(number))
        .exclude(pk=customer_id or UUID(int=0))
        .first()
    )
    if holder is not None:
        raise NumberTaken(number, holder.name)


def suggest_number(settings: PartnerSettings | None = None) -> str:
    """The next free number: one more than the highest that is made of digits only."""
    settings = settings or partner_settings()
    highest = (
        Customer.objects.filter(number__regex=r"^[0-9]{1,15}$")
        .annotate(value=models.functions.Cast("number", models.BigIntegerField()))
        .aggregate(models.Max("value"))["value__max"]
    )
    start = 10 ** (max(settings.number_min, 5) - 1) + 1
    suggestion = str((highest or start - 1) + 1)
    return suggestion if len(suggestion) <= settings.number_max else ""


def _new_account_id() -> str:
    """ONB-25: an Account ID of its own for each customer, easy to read out on the phone."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    part = ["".join(secrets.choice(letters) for _i in range(4)) for _j in range(2)]
    return f"KT-{part[0]}-{part[1]}"


def _fill_keys(customer: Customer) -> None:
    customer.name = " ".join(customer.name.split())
    customer.name_key = search_key(customer.name)
    customer.sort_key = sort_key(customer.name, _partner().language)
    customer.number_key = search_key(customer.number)


def _claim(customer: Customer) -> None:
    claim_name(
        partner=_partner(),
        customer_id=customer.pk,
        name=customer.name,
        number=customer.number,
        town=customer.city,
        is_active=customer.is_active,
        is_own_company=customer.is_own_company,
    )


def _check_credit_right(
    person: Membership | None, limit: Decimal, plan: RatePlan, before: Customer | None
) -> None:
    """D23: without the right to set credit, at most the partner's limit and the default plan."""
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
    **fields: Any,
) -> Customer:
    """Make a customer and claim her name across all partners (ACC-09 to ACC-20, REG-02).

    ``by`` is who does it, None for channel sales and for the making of a partner. Raises
    NameTaken, NumberTaken, NumberLength, NoRatePlan, or RuleError for D23; nothing is saved then.
    """
    partner = _partner()
    plan = rate_plan or default_rate_plan()
    check_number(number)
    _check_credit_right(by, credit_limit, plan, None)
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
        account_id=_new_account_id(),
        created_at=at,
        changed_at=at,
        **fields,
    )
    _fill_keys(customer)
    _claim(customer)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError as error:
        raise NumberTaken(number, _("another customer")) from error
    set_domains(customer, domains or [])
    return customer


def create_own_company(*, at: datetime, by: Membership | None) -> Customer:
    """Make the partner's own-company customer (ORD-08, ORD-11), named like the partner.

    Raises OwnCompanyExists when there is one. The name was claimed with the partner (D3).
    """
    partner = _partner()
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
    **fields: Any,
) -> Customer:
    """Change a customer's fields (REG-07).

    ``version`` is the one the form was filled from: raises StaleCustomer when somebody saved in
    between (REG-35). Raises NameTaken, NumberTaken, NumberLength, RuleError (D23, REG-04). Type
    and rate plan are not changed here: ``orders.services`` does, it knows what is running.
    """
    with transaction.atomic():
        current = Customer.objects.select_for_update().get(pk=customer.pk)
        if current.version != version:
            raise StaleCustomer(current)
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
            _check_credit_right(by, limit, current.rate_plan, current)
            current.credit_limit = limit
        for field in _PLAIN:
            if field in fields:
                setattr(current, field, fields.pop(field))
        assert not fields, f"not changed here: {sorted(fields)}"
        if current.is_own_company:
            current.name = _partner().name
        _fill_keys(current)
        current.version += 1
        current.changed_at = at
        _claim(current)
        current.save()
        if domains is not None:
            set_domains(current, domains)
        return current


def set_domains(customer: Customer, domains: list[str]) -> None:
    """Make these the customer's mail domains (ONB-08, D21).

    Raises RuleError at ``domains`` when one is no domain, a free-mail provider's, or another
    customer's.
    """
    try:
        wanted = {clean_domain(text) for text in domains if text.strip()}
    except RuleError as error:
        error.field = "domains"
        raise
    have = {row.domain: row for row in customer.domains.all()}
    for domain in sorted(wanted - have.keys()):
        taken = CustomerDomain.objects.filter(domain=domain).select_related("customer").first()
        if taken is not None:
            raise RuleError(
                _("%(domain)s is already a domain of %(name)s.")
                % {"domain": domain, "name": taken.customer.label},
                field="domains",
            )
        CustomerDomain.objects.create(customer=customer, domain=domain)
    for domain in have.keys() - wanted:
        have[domain].delete()


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
    release_name(partner=_partner(), customer_id=current.pk)
    try:
        current.delete()
    except models.ProtectedError as error:
        raise RuleError(
            _("%(name)s has orders and cannot be deleted. Deactivate it instead.")
            % {"name": current.label}
        ) from error


@transaction.atomic
def save_contact(customer: Customer, contact: Contact, *, at: datetime) -> Contact:
    """Add or change a contact; the primary one replaces the one before."""
    contact.customer = customer
    if contact._state.adding:
        contact.created_at = at
    if contact.is_primary:
        for other in customer.contacts.filter(is_primary=True).exclude(pk=contact.pk):
            other.is_primary = False
            other.save(update_fields=["is_primary"])
    contact.save()
    return contact


def delete_contact(contact: Contact) -> None:
    """Delete a contact; orders that were confirmed to her keep her name.

    Raises RuleError while an order that is still a draft would be confirmed to her.
    """
    try:
        with transaction.atomic():
            contact.delete()
    except models.ProtectedError as error:
        raise RuleError(
            _("%(name)s stands on orders and stays with the customer.")
            % {"name": contact.full_name}
        ) from error


def save_site(customer: Customer, site: Site) -> Site:
    """Add or change a site; the postal address is not touched (ONB-05).

    Raises RuleError at ``name`` when the customer has a site of that name.
    """
    site.customer = customer
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError as error:
        raise RuleError(
            gettext_lazy("There is already a site with this name."), field="name"
        ) from error
    return site


@transaction.atomic
def grant_clearance(
    customer: Customer, family: str, *, at: datetime, granted_by: str
) -> FamilyClearance:
    """Channel sales clears a customer for a family (ORD-14); again is no error."""
    clearance, made = FamilyClearance.objects.get_or_create(
        customer=customer,
        family=family,
        revoked_at=None,
        defaults={"granted_at": at, "granted_by": granted_by},
    )
    if made:
        record(customer, "clearance_granted", customer_id=customer.pk, family=family)
    return clearance


@transaction.atomic
def revoke_clearance(clearance: FamilyClearance, *, at: datetime) -> None:
    """Take a clearance back: blocks new orders, touches no running service."""
    current = FamilyClearance.objects.select_for_update().get(pk=clearance.pk)
    if current.revoked_at is None:
        current.revoked_at = at
        current.save(update_fields=["revoked_at"])
        record(
            current.customer,
            "clearance_revoked",
            customer_id=current.customer_id,
            family=current.family,
        )


def assign(customer: Customer, person: Membership, *, at: datetime) -> None:
    """Make a person responsible for a customer (REG-17); again is no error."""
    Assignment.objects.get_or_create(
        customer=customer, membership=person, defaults={"created_at": at}
    )


def change_settings(settings: PartnerSettings, **fields: Any) -> PartnerSettings:
    """Change the partner's settings (REG-05, ACC-13, D23); existing numbers stay valid."""
    for name, value in fields.items():
        setattr(settings, name, value)
    settings.version += 1
    settings.save()
    return settings
