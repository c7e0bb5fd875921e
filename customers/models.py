"""The register: a partner's customers and what belongs to each (SPEC 1.3, 1.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from phonenumber_field.modelfields import PhoneNumberField

from portal.accounts.models import Membership
from portal.catalog.models import BusinessType, Family, RatePlan
from portal.tenancy.models import TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers in business words. Every query of a page starts with ``visible_to``."""

    def visible_to(self, person: Membership) -> CustomerQuerySet:
        """Whom this person may see: all, only the assigned (D12), or only her own (CU)."""
        if person.customer_id is not None:
            return self.filter(pk=person.customer_id)
        if person.may("view_customer"):
            return self
        if person.may("view_assigned_customer"):
            return self.filter(
                pk__in=Assignment.objects.filter(membership_id=person.pk).values("customer_id")
            )
        return self.none()

    def active(self) -> CustomerQuerySet:
        return self.filter(is_active=True)

    def selectable(self, family: str | None = None) -> CustomerQuerySet:
        """Who can be chosen for an order: active, and cleared where the family asks (ORD-24)."""
        chosen = self.active()
        if family is not None and family in families_with_registration():
            chosen = chosen.filter(pk__in=FamilyClearance.objects.valid(family))
        return chosen

    def own_company(self) -> CustomerQuerySet:
        return self.filter(is_own_company=True)


def families_with_registration() -> frozenset[str]:
    """The families whose customers channel sales has to clear first (ORD-13, ORD-16)."""
    from portal.catalog.models import ProductFamily

    rows = ProductFamily._default_manager.filter(requires_channel_registration=True)
    return frozenset(rows.values_list("code", flat=True))


class Customer(TenantModel):
    """A customer or prospect (D4: one table) below the partner's account (ACC-02)."""

    class Type(models.TextChoices):
        NORMAL = "normal", _("Normal")
        RESIDENTIAL = "residential", _("Residential")

    class Lifecycle(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        CUSTOMER = "customer", _("Customer")

    number = models.CharField(_("customer number"), max_length=40, unique=True)
    name = models.CharField(_("customer name"), max_length=200)
    # Made in Python from name and number (portal.sorting), so that every server agrees.
    name_key = models.CharField(max_length=800, editable=False)
    sort_key = models.CharField(max_length=300, editable=False)
    number_key = models.CharField(max_length=160, editable=False)
    type = models.CharField(_("type"), max_length=12, choices=Type.choices, default=Type.NORMAL)
    lifecycle = models.CharField(
        _("lifecycle"), max_length=10, choices=Lifecycle.choices, default=Lifecycle.PROSPECT
    )
    account_id = models.CharField(_("account ID"), max_length=24, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_own_company = models.BooleanField(_("own company"), default=False, editable=False)
    organisation_number = models.CharField(_("organisation number"), max_length=40, blank=True)
    business_type = models.ForeignKey(
        BusinessType,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business type"),
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = CountryField(verbose_name=_("country"))
    billing_email = models.EmailField(_("billing e-mail"))
    rate_plan = models.ForeignKey(
        RatePlan, models.PROTECT, related_name="+", verbose_name=_("rate plan")
    )
    credit_limit = models.DecimalField(
        _("credit limit"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    # D8: the exposure of all live lines and services; moved by orders.credit alone.
    credit_committed = models.DecimalField(
        _("credit in use"), max_digits=14, decimal_places=2, default=Decimal(0), editable=False
    )
    notes = models.TextField(_("notes"), blank=True)
    # REG-35: what a form was filled from; a save of an older version is asked about.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)

    objects = CustomerQuerySet.as_manager()

    contacts: RelatedManager[Contact]
    domains: RelatedManager[CustomerDomain]
    sites: RelatedManager[Site]
    clearances: RelatedManager[FamilyClearance]
    assignments: RelatedManager[Assignment]

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["is_own_company"],
                condition=Q(is_own_company=True),
                name="customer_one_own_company",
            ),
            models.CheckConstraint(condition=Q(credit_limit__gte=0), name="customer_limit_not_neg"),
            models.CheckConstraint(
                condition=Q(credit_committed__gte=0), name="customer_committed_not_neg"
            ),
            models.CheckConstraint(
                condition=Q(is_own_company=False) | Q(is_active=True), name="customer_own_active"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "id"], name="customer_by_town"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.number}"

    def customer_of_log(self) -> UUID:
        return self.pk

    @property
    def label(self) -> str:
        """Name and number, which always go together."""
        return f"{self.name}, {self.number}"

    @property
    def town(self) -> str:
        """The town, as suggestions and pickers call it."""
        return self.city

    @property
    def is_residential(self) -> bool:
        return self.type == self.Type.RESIDENTIAL

    @property
    def credit_available(self) -> Decimal:
        """What is free of the limit; below zero after the limit was lowered (ACC-17)."""
        return self.credit_limit - self.credit_committed

    @property
    def credit_percent(self) -> int:
        """How much of the limit is in use, in percent, at most 999."""
        if self.credit_limit <= 0:
            return 100 if self.credit_committed > 0 else 0
        return min(999, round(self.credit_committed * 100 / self.credit_limit))

    @property
    def address_lines(self) -> list[str]:
        """The postal address as it stands on an envelope, without the country."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return [line for line in (self.street, town, self.region) if line]

    @property
    def has_address(self) -> bool:
        """Whether the postal address is whole (ONB-04 asks for it at onboarding)."""
        return bool(self.street and self.postal_code and self.city)


class CustomerDomain(TenantModel):
    """A mail domain of a customer: one customer per partner has it (D21)."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")

    def __str__(self) -> str:
        return self.domain


class Contact(TenantModel):
    """A person at a customer, without a login."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    phone = PhoneNumberField(_("phone"), blank=True)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    is_primary = models.BooleanField(_("primary contact"), default=False)
    gets_orders = models.BooleanField(_("gets order confirmations"), default=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_primary=True), name="contact_one_primary"
            ),
        ]
        indexes = [models.Index(fields=["customer", "last_name"], name="contact_by_customer")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Site(TenantModel):
    """Where a system stands. Not the postal address, which it never changes (ONB-05)."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sites")
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    country = CountryField(verbose_name=_("country"))

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The address on one line."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (self.street, town) if part)


class ClearanceQuerySet(models.QuerySet["FamilyClearance"]):
    """Clearances in business words."""

    def valid(self, family: str) -> models.QuerySet[FamilyClearance, Any]:
        """The ids of the customers cleared for a family."""
        return self.filter(family=family, revoked_at__isnull=True).values("customer_id")


class FamilyClearance(TenantModel):
    """Channel sales cleared a customer for a family (ORD-14). Revoking blocks new orders only."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="clearances")
    family = models.CharField(_("family"), max_length=20, choices=Family.choices)
    granted_at = models.DateTimeField(_("granted"))
    granted_by = models.CharField(_("granted by"), max_length=150)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "family"],
                condition=Q(revoked_at__isnull=True),
                name="clearance_one_valid",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.family}"


class Assignment(TenantModel):
    """A person of the partner responsible for a customer (REG-17); the source of D12."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="assignments")
    membership = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["membership", "customer"], name="assignment_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.membership_id}"


class PartnerSettings(TenantModel):
    """What a partner's administrator sets for the whole partner. One row."""

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    number_min = models.PositiveSmallIntegerField(_("shortest customer number"), default=4)
    number_max = models.PositiveSmallIntegerField(_("longest customer number"), default=10)
    # ACC-13: False makes the customer form suggest the master plan.
    uses_builtin_billing = models.BooleanField(_("uses the built-in billing"), default=True)
    default_rate_plan = models.ForeignKey(
        RatePlan,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("default rate plan"),
    )
    # D23: what people without the right to set credit may give.
    sales_credit_limit = models.DecimalField(
        _("credit limit that sales may give"),
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("settings")
        verbose_name_plural = _("settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(singleton=True)
                & Q(number_min__gte=1)
                & Q(number_min__lte=F("number_max")),
                name="settings_one_row_and_lengths",
            )
        ]

    def __str__(self) -> str:
        return "settings"


def is_assigned(customer_id: UUID, person: Membership) -> bool:
    """Whether this person is assigned to the customer."""
    return Assignment.objects.filter(customer_id=customer_id, membership_id=person.pk).exists()


def may_change(customer: Customer, person: Membership) -> bool:
    """Whether this person may change the customer: all, or only the assigned (REG-24)."""
    return person.may("change_customer") or (
        person.may("change_assigned_customer") and is_assigned(customer.pk, person)
    )
